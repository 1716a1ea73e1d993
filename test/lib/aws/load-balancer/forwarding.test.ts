import fc from "fast-check";

import { forwardingRules } from "../../../../lib/aws/load-balancer/forwarding";

const hostsOf = (count: number, prefix = "host"): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}.example.com`);
const forwarding = (id: string, count: number) => ({
  id,
  hosts: hostsOf(count, id),
  targetGroup: { arn: `arn:${id}` },
});

const counts = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 4 });
const rulesFor = (sizes: readonly number[]) =>
  forwardingRules(
    sizes.map((count, place) => forwarding(`group${place}`, count)),
    100,
  );

test("every host stands in one rule, in its order, with no more beside it than AWS takes", () => {
  fc.assert(
    fc.property(counts, (sizes) => {
      const rules = rulesFor(sizes);
      expect(rules.flatMap(({ hosts }) => hosts)).toEqual(
        sizes.flatMap((count, place) => hostsOf(count, `group${place}`)),
      );
      for (const { hosts } of rules) expect(hosts.length).toBeLessThanOrEqual(5);
    }),
  );
});

test("a forwarding is asked after those before it, at numbers that only it has", () => {
  fc.assert(
    fc.property(counts, (sizes) => {
      const priorities = rulesFor(sizes).map(({ priority }) => priority);
      expect([...new Set(priorities)].sort((one, other) => one - other)).toEqual(priorities);
    }),
  );
});

test("a forwarding that grows takes no number from another, and none of another's rules changes", () => {
  const before = forwardingRules([forwarding("hosts", 5), forwarding("grpc-hosts", 3)], 100);
  const after = forwardingRules([forwarding("hosts", 6), forwarding("grpc-hosts", 3)], 100);
  expect(after).toEqual(expect.arrayContaining([...before]));
  expect(after.map(({ id }) => id)).toEqual(["hosts-1", "hosts-2", "grpc-hosts-1"]);
});

test("a forwarding has no more rules than a load balancer", () => {
  expect(() => forwardingRules([forwarding("hosts", 501)], 100)).toThrow(
    new RangeError("hosts: a forwarding has 500 hosts at most, not 501"),
  );
});
