import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";
const account = "111122223333";
const certificate = (id: string): string =>
  `arn:aws:acm:${region}:${account}:certificate/${id}-1234-1234-1234-123456789012`;

/** A service network of its own with services of three kinds, behind proxies that sign; requests bring a token. */
export default defineEnvironment({
  name: "latticed",
  protect: true,
  state: { kind: "local" },
  notify: { alarmTopicArns: [`arn:aws:sns:${region}:${account}:alarms`] },
  aws: { accountId: account, region, network: { cidr: "10.20.0.0/16", zones: ["a", "b"] } },
  lattice: {
    network: { allow: [{ callers: "account" }, { callers: "organization", organization: "o-a1b2c3d4e5" }] },
    accessLogs: { s3BucketArn: "arn:aws:s3:::acme-lattice-logs" },
    share: { principals: ["444455556666", "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5"] },
    services: {
      // Instances behind a name of their own; who reads is told apart from who writes.
      shop: {
        domain: "shop.internal.example.com",
        certificateArn: certificate("22345678"),
        zoneId: "Z1123456789ABCDEFGHIJ",
        allow: [
          { callers: "proxy" },
          {
            callers: [`arn:aws:iam::${account}:role/orders`, "arn:aws:iam::444455556666:root"],
            organization: "o-a1b2c3d4e5",
            methods: ["GET", "HEAD"],
            paths: ["/v1/*", "/v2/*"],
          },
        ],
        targets: {
          web: {
            kind: "instance",
            port: 8080,
            ids: ["i-0123456789abcdef0", "i-0123456789abcdef1"],
            healthCheck: { path: "/health", matcher: "200-299" },
          },
        },
        defaultTo: { web: 1 },
      },
      // A canary by weight and by header, and gRPC beside it.
      orders: {
        targets: {
          main: { kind: "ip", port: 50051, protocolVersion: "grpc", ids: ["10.20.30.40", "10.20.30.41"] },
          canary: {
            kind: "ip",
            port: 50051,
            protocolVersion: "grpc",
            ids: ["10.20.30.50"],
            healthCheck: { port: 8080, path: "/ready" },
          },
          edge: {
            kind: "alb",
            protocol: "https",
            protocolVersion: "http2",
            ids: [`arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/orders/50dc6c495c0c9188`],
          },
        },
        routes: [
          { headers: [{ name: "x-canary", exact: "yes" }], to: { canary: 1 } },
          { path: { exact: "/health" }, method: "GET", to: { edge: 1 } },
        ],
        defaultTo: { main: 90, canary: 10 },
      },
      // A function, which the network's policy alone protects.
      mail: {
        auth: "none",
        targets: { send: { kind: "lambda", ids: [`arn:aws:lambda:${region}:${account}:function:mail:live`] } },
        routes: [{ path: { prefix: "/send" }, method: "POST", to: { send: 1 } }],
        defaultTo: { status: 404 },
      },
    },
    ingress: {
      kind: "fleet",
      zoneId: "Z0123456789ABCDEFGHIJ",
      webAclArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/edge/12345678-1234-1234-1234-123456789012`,
      login: {
        jwt: {
          issuer: "https://login.example.com",
          jwksUrl: "https://login.example.com/.well-known/jwks.json",
          claims: { scope: { format: "space-separated-values", values: ["orders.read", "orders.write"] } },
        },
      },
      architecture: "arm64",
    },
    hosts: {
      "shop.example.com": { service: "shop", paths: ["/v1", "/v2"], methods: ["GET", "HEAD", "POST"], retries: 2 },
      "*.tenants.example.com": { service: "shop", timeoutSeconds: 30 },
      "orders.example.com": { service: "orders", protocol: "grpc" },
      "mail.example.com": { service: "mail", paths: ["/send"], methods: ["POST"], retries: 0 },
    },
  },
});
