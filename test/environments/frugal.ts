import { defineEnvironment } from "../../lib/environment";

/** As cheap as it gets: one NAT gateway for all zones, what costs nothing past it, and the smallest edge, all of it on Spot. */
export default defineEnvironment({
  name: "frugal",
  state: { kind: "local" },
  aws: {
    accountId: "777788889999",
    region: "eu-west-1",
    network: {
      cidr: "10.80.0.0/20",
      zones: ["c", "a"],
      nat: "single",
      gatewayEndpoints: ["s3", "dynamodb"],
      interfaceEndpoints: "none",
    },
  },
  wallarm: {
    try: {
      domain: "try.example.net",
      upstream: "http://shop.internal.example.net",
      cloud: "eu",
      token: { revision: 1 },
      certificateArn: "arn:aws:acm:eu-west-1:777788889999:certificate/12345678-1234-1234-1234-123456789012",
      httpRedirect: false,
      size: { cpu: 512, memoryMb: 2048 },
      scaling: { minPerZone: 1, maxPerZone: 1, spotPercent: 100 },
    },
  },
});
