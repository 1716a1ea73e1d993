import example from "../../environments/example";
import { defineEnvironment } from "../../lib/environment";

const sha256 = "0123456789abcdef".repeat(4);

/** Every stack that there is, as they run in HCP Terraform, which account and subscription let in. */
export default defineEnvironment({
  ...example,
  name: "remote",
  protect: true,
  state: { kind: "hcp", organization: "acme", project: "Ringfence remote" },
  bootstrap: { state: "environment", hcp: {} },
  aws: {
    accountId: "111122223333",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b", "c"], egress: "inspection" },
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
});
