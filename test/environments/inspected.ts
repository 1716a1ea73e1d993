import { defineEnvironment } from "../../lib/environment";

const sha256 = "0123456789abcdef".repeat(4);

/** Egress decided in three zones by appliances that install what they need, with an edge that leaves through them. */
export default defineEnvironment({
  name: "inspected",
  state: { kind: "local" },
  protect: true,
  notify: { alarmTopicArns: ["arn:aws:sns:eu-central-1:111122223333:alarms"] },
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b", "c"], egress: "inspection" },
  },
  inspection: {
    action: "ips",
    onFailure: "closed",
    policy: {
      default: "deny",
      allowDomains: ["*.ubuntu.com"],
      allowCidrs: [{ cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432, "8000-8100"] }],
      spokes: {
        own: {
          allowDomains: [
            "api.wallarm.com",
            "node-data0.eu1.wallarm.com",
            "node-data1.eu1.wallarm.com",
            "kong.internal.example.com",
            "registry-1.docker.io",
            "auth.docker.io",
            "production.cloudflare.docker.com",
            "production.cloudfront.docker.com",
            "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
          ],
        },
        billing: {
          allowDomains: ["*.payments.example.com"],
          allowCidrs: [
            { cidr: "203.0.113.7/32", protocol: "icmp" },
            { cidr: "203.0.113.7/32", protocol: "udp", ports: [123] },
          ],
        },
      },
    },
    network: { cidr: "10.30.0.0/20" },
    spokes: { billing: { attachmentId: "tgw-attach-0123456789abcdef9", cidrs: ["10.50.0.0/16"] } },
    image: {
      plain: "ubuntu-24.04",
      amiId: "ami-0123456789abcdef0",
      gwlbtun: { url: "https://artifacts.example.com/gwlbtun-3.2-arm64", sha256 },
      cloudwatchAgent: { url: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb", sha256 },
    },
  },
  wallarm: {
    api: {
      domain: "api.example.com",
      upstream: "https://kong.internal.example.com",
      cloud: "eu",
      token: {
        existing: {
          secretArn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:wallarm/node-token-AbCdEf",
        },
      },
      certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
    },
  },
});
