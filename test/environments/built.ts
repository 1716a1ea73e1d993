import { defineEnvironment } from "../../lib/environment";

const sha256 = "0123456789abcdef".repeat(4);

/** Egress inspected in two zones by appliances that start from images which are baked here, and stay with one; rules from one mirror. */
export default defineEnvironment({
  name: "built",
  state: { kind: "local" },
  protect: true,
  notify: { alarmTopicArns: ["arn:aws:sns:eu-central-1:111122223333:alarms"] },
  tags: { owner: "networks" },
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"], egress: "inspection" },
  },
  inspection: {
    network: { cidr: "10.30.0.0/20" },
    fleet: { minPerZone: 2, maxLifetimeDays: 30 },
    image: {
      built: {
        os: "ubuntu-24.04",
        amiId: "ami-0123456789abcdef2",
        gwlbtun: { url: "https://artifacts.example.com/gwlbtun-3.2-arm64", sha256 },
        cloudwatchAgent: { url: "https://artifacts.example.com/amazon-cloudwatch-agent-arm64.deb", sha256 },
        schedule: { weekday: "tuesday", hour: 4 },
      },
    },
    rules: { sources: ["https://rules.example.com/suricata-7.tar.gz", "https://rules.example.com/own.rules"] },
  },
});
