import { defineEnvironment } from "../../lib/environment";

/** States in a bucket of its own making, that of the stack that makes it among them; pull requests plan, one environment of GitHub applies. */
export default defineEnvironment({
  name: "stored",
  protect: true,
  state: { kind: "s3", bucket: "acme-stored-states", region: "eu-west-1", prefix: "team/fences" },
  bootstrap: {
    state: "environment",
    github: { repository: "acme/fences", oidcProvider: "existing" },
    bucket: { oldVersionsDays: 365, accessLogs: { bucket: "acme-access-logs" } },
  },
  access: { operators: ["198.51.100.0/24"] },
  aws: {
    accountId: "666677778888",
    region: "eu-west-1",
    network: { cidr: "10.90.0.0/20", zones: ["a", "b"], nat: "single" },
  },
  allowlist: {},
});
