import fc from "fast-check";

import {
  AllocationError,
  type Cidr,
  cidr,
  contains,
  overlaps,
  planInspection,
  planVpc,
  ZONE_SLOTS,
} from "../../../lib/addresses";

const PLANS: readonly [what: string, plan: (vpc: Cidr, zones: readonly string[]) => Cidr[], tooLong: number][] = [
  [
    "a VPC",
    (vpc, zones) => planVpc(vpc, zones).flatMap((zone) => [zone.private, zone.public, zone.endpoints, zone.transit]),
    24,
  ],
  [
    "an inspection VPC",
    (vpc, zones) =>
      planInspection(vpc, zones).flatMap((zone) => [zone.appliance, zone.attachment, zone.endpoint, zone.nat]),
    25,
  ],
];

/** Ranges of 10.0.0.0/8 that a VPC may have. */
const vpcs = fc.tuple(fc.integer({ min: 16, max: 22 }), fc.nat(2 ** 14 - 1)).map(([prefixLength, block]) => {
  const size = 2 ** (32 - prefixLength);
  const first = 10 * 2 ** 24 + (block % 2 ** (prefixLength - 8)) * size;
  return cidr(`${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${prefixLength}`);
});
const zoneLists = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), {
  minLength: 1,
  maxLength: ZONE_SLOTS,
});

describe.each(PLANS)("the plan of %s", (_, subnets, tooLong) => {
  it("gives every zone four tiers inside the range that do not overlap", () => {
    fc.assert(
      fc.property(vpcs, zoneLists, (vpc, zones) => {
        const all = subnets(vpc, zones);
        expect(all).toHaveLength(zones.length * 4);
        expect(all.every((subnet) => contains(vpc, subnet))).toBe(true);
        expect(all.some((one, i) => all.some((other, j) => i < j && overlaps(one, other)))).toBe(false);
      }),
    );
  });

  it("moves nothing when a zone is appended", () => {
    fc.assert(
      fc.property(vpcs, zoneLists, (vpc, zones) => {
        const earlier = subnets(vpc, zones.slice(0, -1)).map(({ text }) => text);
        expect(
          subnets(vpc, zones)
            .map(({ text }) => text)
            .slice(0, earlier.length),
        ).toEqual(earlier);
      }),
    );
  });

  it("shows the plan when there are more zones than slots, or the range is too small", () => {
    expect(() => subnets(cidr("10.20.0.0/16"), ["a", "b", "c", "d", "e"])).toThrow(AllocationError);
    expect(() => subnets(cidr(`10.20.0.0/${tooLong}`), ["a"])).toThrow(/ a" \(\/28\) finds no room.*\n.* a /);
  });
});

it("gives workloads, and appliances, half of a zone's share", () => {
  const half = 16 + Math.log2(ZONE_SLOTS) + 1;
  const range = cidr("10.20.0.0/16");
  expect(planVpc(range, ["a"])[0]?.private.prefixLength).toBe(half);
  expect(planInspection(range, ["a"])[0]?.appliance.prefixLength).toBe(half);
});
