import { defineEnvironment } from "../../lib/environment";

/** Egress inspected in two zones by baked appliances, also of VPCs of others, who put in endpoints that an operator accepts. */
export default defineEnvironment({
  name: "spoked",
  state: { kind: "local" },
  aws: {
    accountId: "111122223333",
    region: "eu-west-1",
    network: {
      cidr: "10.60.0.0/18",
      zones: ["b", "a"],
      egress: "inspection",
      transitGatewayId: "tgw-0123456789abcdef0",
    },
  },
  inspection: {
    network: { cidr: "10.70.0.0/22" },
    betweenSpokes: "inspected",
    spokes: {
      payments: { attachmentId: "tgw-attach-0123456789abcdef1", cidrs: ["10.80.0.0/16", "10.81.0.0/16"] },
      partner: { attachmentId: "tgw-attach-0123456789abcdef2", accept: true, cidrs: ["10.90.0.0/16"] },
    },
    share: { principals: ["444455556666", "arn:aws:organizations::111122223333:organization/o-abcdefghij"] },
    endpointService: { acceptance: "manual", allowedPrincipals: ["arn:aws:iam::444455556666:root"] },
    tcpIdleTimeoutSeconds: 1800,
    deregistrationDelaySeconds: 2000,
    targetFailover: "no_rebalance",
    fleet: {
      architecture: "x86_64",
      instanceTypes: ["c6in.large", "c5n.large"],
      minPerZone: 2,
      maxPerZone: 6,
      maxLifetimeDays: 7,
    },
    image: { baked: { amiId: "ami-0123456789abcdef1" }, os: "al2023" },
    rules: { sources: ["https://rules.example.com/suricata-7.tar.gz"], updateHours: 6, maxAgeDays: 2 },
    logs: { flows: true, dns: false },
  },
});
