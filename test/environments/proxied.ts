import { defineEnvironment } from "../../lib/environment";

const sha256 = "0123456789abcdef".repeat(4);

/**
 * Egress of three spokes in two zones by appliances with two arms, whose proxies decide on names, and open the connections of some with an
 * authority of the user's own.
 */
export default defineEnvironment({
  name: "proxied",
  state: { kind: "local" },
  protect: true,
  notify: { alarmTopicArns: ["arn:aws:sns:eu-central-1:111122223333:alarms"] },
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"], egress: "inspection" },
  },
  inspection: {
    mode: "two-arm",
    proxy: {
      bump: {
        caSecretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:inspection/ca-AbCdEf",
        kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/12345678-1234-1234-1234-123456789012",
        domains: ["*.payments.example.com", "api.example.com"],
      },
    },
    policy: {
      default: "deny",
      allowDomains: ["*.ubuntu.com", "api.example.com"],
      allowCidrs: [{ cidr: "198.51.100.0/24", protocol: "tcp", ports: [443, 5432] }],
      spokes: {
        billing: { allowDomains: ["*.payments.example.com"] },
        search: { allowCidrs: [{ cidr: "10.50.0.0/16", protocol: "tcp", ports: [8443] }] },
      },
    },
    network: { cidr: "10.30.0.0/20" },
    betweenSpokes: "inspected",
    spokes: {
      billing: { attachmentId: "tgw-attach-0123456789abcdef9", cidrs: ["10.50.0.0/16", "10.51.0.0/16"] },
      search: { attachmentId: "tgw-attach-0123456789abcdef8", cidrs: ["10.52.0.0/16"] },
    },
    fleet: { minPerZone: 2 },
    image: {
      plain: "ubuntu-24.04",
      amiId: "ami-0123456789abcdef0",
      gwlbtun: { url: "https://artifacts.example.com/gwlbtun-3.2-arm64", sha256 },
      cloudwatchAgent: { url: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb", sha256 },
    },
  },
});
