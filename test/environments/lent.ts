import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";
const account = "111122223333";
const owner = "444455556666";
const sha256 = "0123456789abcdef".repeat(4);
const service = (id: string): string => `arn:aws:vpc-lattice:${region}:${owner}:service/svc-${id}`;

/** Proxies into a service network of somebody else by an endpoint, behind a login, with egress through inspection. */
export default defineEnvironment({
  name: "lent",
  state: { kind: "local" },
  aws: {
    accountId: account,
    region,
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"], egress: "inspection" },
    dockerHub: {
      credentialSecretArn: `arn:aws:secretsmanager:${region}:${account}:secret:ecr-pullthroughcache/hub-AbCdEf`,
    },
  },
  inspection: {
    network: { cidr: "10.30.0.0/20" },
    image: {
      plain: "ubuntu-24.04",
      amiId: "ami-0123456789abcdef0",
      gwlbtun: { url: "https://artifacts.example.com/gwlbtun-3.2-arm64", sha256 },
      cloudwatchAgent: { url: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb", sha256 },
    },
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
      kind: "fleet",
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      scheme: "internal",
      ingress: { cidrs: ["10.20.0.0/16", "10.64.0.0/12"] },
      httpRedirect: false,
      login: {
        oidc: {
          issuer: "https://login.example.com",
          authorizationEndpoint: "https://login.example.com/authorize",
          tokenEndpoint: "https://login.example.com/token",
          userInfoEndpoint: "https://login.example.com/userinfo",
          clientId: "lattice",
          clientSecret: {
            existing: {
              secretArn: `arn:aws:secretsmanager:${region}:${account}:secret:lattice/oidc-client-AbCdEf`,
              jsonKey: "secret",
            },
          },
        },
      },
      size: { cpu: 512, memoryMb: 1024 },
    },
    hosts: {
      "billing.example.com": { service: "billing" },
      "status.example.com": { service: "status", sign: false, methods: ["GET", "HEAD"] },
    },
  },
});
