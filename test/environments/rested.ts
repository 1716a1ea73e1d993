import { defineEnvironment } from "../../lib/environment";

const region = "eu-central-1";
const account = "111122223333";

/** Functions kept ready behind a REST API with a web ACL, in a network that exists; the account has no role for logs of APIs yet. */
export default defineEnvironment({
  name: "rested",
  state: { kind: "local" },
  notify: { alarmTopicArns: [`arn:aws:sns:${region}:${account}:alarms`] },
  aws: {
    accountId: account,
    region,
    network: {
      existing: {
        vpcId: "vpc-0123456789abcdef0",
        cidr: "10.20.0.0/16",
        publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
        egress: ["203.0.113.7/32"],
      },
    },
  },
  lattice: {
    services: {
      shop: {
        domain: "shop.internal.example.com",
        certificateArn: `arn:aws:acm:${region}:${account}:certificate/22345678-1234-1234-1234-123456789012`,
        targets: { web: { kind: "ip", port: 8080, ids: ["10.20.30.40"] } },
        defaultTo: { web: 1 },
      },
    },
    ingress: {
      kind: "lambda",
      front: "restApi",
      certificateArn: `arn:aws:acm:${region}:${account}:certificate/12345678-1234-1234-1234-123456789012`,
      webAclArn: `arn:aws:wafv2:${region}:${account}:regional/webacl/edge/12345678-1234-1234-1234-123456789012`,
      accountLogRole: "made",
      memoryMb: 1769,
      provisionedConcurrency: 2,
      reservedConcurrency: 50,
      throttle: { ratePerSecond: 50, burst: 100 },
      bearerHeader: "x-client-authorization",
    },
    hosts: {
      "shop.example.com": { service: "shop", paths: ["/v1", "/v2"], timeoutSeconds: 24 },
      "admin.example.com": { service: "shop", methods: ["GET", "POST"], retries: 0 },
    },
  },
});
