import fc from "fast-check";

import { AllocationError, type Cidr, cidr, CLUSTER_SLOTS, contains, overlaps, planVnet } from "../../../lib/addresses";

/** Ranges of 10.0.0.0/8 that a VNet may have. */
const vnets = fc.tuple(fc.integer({ min: 16, max: 22 }), fc.nat(2 ** 14 - 1)).map(([prefixLength, block]) => {
  const size = 2 ** (32 - prefixLength);
  const first = 10 * 2 ** 24 + (block % 2 ** (prefixLength - 8)) * size;
  return cidr(`${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${prefixLength}`);
});

const slots = Array.from({ length: CLUSTER_SLOTS }, (_, slot) => slot);

const subnets = (vnet: Cidr): readonly Cidr[] => {
  const plan = planVnet(vnet, 26);
  return [
    plan.firewall,
    ...slots.map((slot) => plan.cluster(slot)).flatMap(({ nodes, apiServer }) => [nodes, apiServer]),
  ];
};

describe("the plan of a VNet", () => {
  it("places the firewall and all slots inside the range, apart from each other", () => {
    fc.assert(
      fc.property(vnets, (vnet) => {
        const all = subnets(vnet);
        expect(all).toHaveLength(1 + 2 * CLUSTER_SLOTS);
        expect(all.every((subnet) => contains(vnet, subnet))).toBe(true);
        expect(all.some((one, i) => all.some((other, j) => i < j && overlaps(one, other)))).toBe(false);
      }),
      { numRuns: 20 },
    );
  });

  it("moves no cluster when the firewall's subnet grows", () => {
    const clusters = (length: number) => slots.map((slot) => planVnet(cidr("10.40.0.0/16"), length).cluster(slot));
    expect(clusters(20)).toEqual(clusters(26));
  });

  it("gives nodes half of a slot, and the API server a /28 in the other half", () => {
    const plan = planVnet(cidr("10.40.0.0/16"), 26);
    expect(plan.firewall.text).toBe("10.40.0.0/26");
    expect(plan.cluster(0)).toMatchObject({ nodes: { text: "10.40.16.0/21" }, apiServer: { text: "10.40.24.0/28" } });
    expect(plan.cluster(14).nodes.text).toBe("10.40.240.0/21");
  });

  it("refuses what does not fit, and slots that there are not", () => {
    expect(() => planVnet(cidr("10.40.0.0/20"), 23)).toThrow(AllocationError);
    expect(() => planVnet(cidr("10.40.0.0/24"), 26)).toThrow(AllocationError);
    expect(() => planVnet(cidr("10.40.0.0/16"), 26).cluster(15)).toThrow(/slot 15/);
  });
});
