import { AliasRecord } from "../../../../lib/aws/dns/alias-record";
import { UpstreamRecord } from "../../../../lib/aws/dns/upstream-record";
import type { Template } from "../../../support/template";
import { build } from "../load-balancer/edge";

const TYPE = "aws_route53_record";

describe("an alias record", () => {
  const alias = (dualStack: boolean): Template =>
    build((stack) => {
      const target = { dnsName: "edge-1.eu-central-1.elb.amazonaws.com", zoneId: "ZELB" };
      new AliasRecord(stack, "alias", { zoneId: "Z1", name: "api.example.com", target, dualStack });
    });

  it("follows the addresses of its target", () => {
    const template = alias(false);
    expect(template.count(TYPE)).toBe(1);
    template.resource(TYPE, {
      zone_id: "Z1",
      name: "api.example.com",
      type: "A",
      alias: { name: "edge-1.eu-central-1.elb.amazonaws.com", zone_id: "ZELB", evaluate_target_health: false },
      ttl: undefined,
      records: undefined,
    });
  });

  it("has a twin for IPv6", () => {
    const template = alias(true);
    expect(template.resources(TYPE).map(({ attributes }) => attributes.type)).toEqual(["A", "AAAA"]);
    const [ipv4, ipv6] = template.resources(TYPE);
    expect({ ...ipv6?.attributes, type: "A", "//": null }).toEqual({ ...ipv4?.attributes, "//": null });
  });

  it("takes nobody's name away", () => {
    alias(true).expectAbsent(TYPE, { allow_overwrite: true });
  });
});

describe("a record of an upstream", () => {
  it.each([
    ["10.20.3.4", "A"],
    ["kong.internal.example.com", "CNAME"],
    // Such a name has no meaning as an address to DNS, though C's inet_aton would read one.
    ["10.20", "CNAME"],
  ])("that is %s has the type %s", (target, type) => {
    const template = build((stack) => {
      new UpstreamRecord(stack, "upstream", { zoneId: "Z2", name: "kong.example.com", target });
    });
    template.resource(TYPE, { zone_id: "Z2", name: "kong.example.com", type, records: [target], alias: undefined });
    expect(template.resource(TYPE).attributes.ttl).toBeLessThanOrEqual(60);
  });
});
