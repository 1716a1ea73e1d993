import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";
const account = "111122223333";
const owner = "444455556666";
const service = (id: string): string => `arn:aws:vpc-lattice:${region}:${owner}:service/svc-${id}`;

/** A function behind an internal load balancer that has people log in, into a service network of somebody else by an endpoint. */
export default defineEnvironment({
  name: "fronted",
  protect: true,
  state: { kind: "local" },
  aws: {
    accountId: account,
    region,
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
  },
  lattice: {
    network: {
      existing: { serviceNetworkArn: `arn:aws:vpc-lattice:${region}:${owner}:servicenetwork/sn-0123456789abcdef0` },
    },
    reach: "endpoint",
    services: {
      billing: { existing: { serviceArn: service("0123456789abcdef0"), domain: "billing.internal.example.com" } },
      status: {
        existing: {
          serviceArn: service("0123456789abcdef1"),
          domain: "status.internal.example.com",
          listener: { protocol: "http", port: 8080 },
        },
      },
    },
    ingress: {
      kind: "lambda",
      front: "alb",
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      scheme: "internal",
      ingress: { cidrs: ["10.20.0.0/16", "10.64.0.0/12"] },
      httpRedirect: false,
      desyncMode: "strictest",
      login: {
        oidc: {
          issuer: "https://login.example.com",
          authorizationEndpoint: "https://login.example.com/authorize",
          tokenEndpoint: "https://login.example.com/token",
          userInfoEndpoint: "https://login.example.com/userinfo",
          clientId: "lattice",
          clientSecret: {
            existing: { secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:lattice/oidc-client-AbCdEf` },
          },
        },
      },
    },
    hosts: {
      "billing.example.com": { service: "billing", timeoutSeconds: 55 },
      "status.example.com": { service: "status", sign: false, methods: ["GET", "HEAD"] },
    },
  },
});
