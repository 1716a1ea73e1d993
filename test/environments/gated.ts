import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";

/** A function behind an HTTP API, with records and certificates of its own; its requests go nowhere but to VPC Lattice. */
export default defineEnvironment({
  name: "gated",
  state: { kind: "local" },
  aws: { accountId: "111122223333", region, network: { cidr: "10.20.0.0/16", zones: ["a", "b"] } },
  lattice: {
    services: {
      shop: {
        targets: { web: { kind: "ip", port: 8080, ids: ["10.20.30.40"], healthCheck: { path: "/health" } } },
        defaultTo: { web: 1 },
      },
      mail: {
        allow: [{ callers: "proxy", methods: ["POST"], paths: ["/send"] }],
        targets: { send: { kind: "lambda", ids: [`arn:aws:lambda:${region}:111122223333:function:mail:live`] } },
        defaultTo: { send: 1 },
      },
    },
    ingress: { kind: "lambda", front: "httpApi", zoneId: "Z0123456789ABCDEFGHIJ" },
    hosts: {
      "shop.example.com": { service: "shop", timeoutSeconds: 25 },
      "*.tenants.example.com": { service: "shop", retries: 0 },
      "mail.example.com": { service: "mail", paths: ["/send"], methods: ["POST"] },
    },
  },
});
