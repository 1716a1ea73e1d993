import { defineEnvironment } from "../../lib/environment";

/** A network alone, as cheap as it gets: one NAT gateway for all zones, and what costs nothing past it. */
export default defineEnvironment({
  name: "frugal",
  state: { kind: "local" },
  aws: {
    accountId: "777788889999",
    region: "eu-west-1",
    network: { cidr: "10.80.0.0/20", zones: ["c", "a"], nat: "single", gatewayEndpoints: ["s3", "dynamodb"] },
  },
});
