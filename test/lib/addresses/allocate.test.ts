import fc from "fast-check";
import {
  allocate,
  AllocationError,
  cidr,
  contains,
  IntervalSet,
  overlaps,
  type SubnetRequest,
} from "../../../lib/addresses";

function requests(...prefixLengths: readonly number[]): readonly SubnetRequest[] {
  return prefixLengths.map((prefixLength, index) => ({ name: `subnet-${index}`, prefixLength }));
}

function refusal(parent: string, asked: readonly SubnetRequest[]): AllocationError {
  try {
    allocate(cidr(parent), asked);
  } catch (error) {
    if (error instanceof AllocationError) return error;
    throw error;
  }
  throw new Error("the plan was expected to be refused");
}

describe("allocate", () => {
  test("places each subnet in the lowest free place aligned to its size", () => {
    const plan = allocate(cidr("10.20.0.0/20"), requests(22, 28, 22, 24));
    expect(plan.subnets.map(({ cidr: { text } }) => text)).toEqual([
      "10.20.0.0/22",
      "10.20.4.0/28",
      "10.20.8.0/22",
      "10.20.5.0/24",
    ]);
    expect(plan.free.map(({ text }) => text)).toEqual([
      "10.20.4.16/28",
      "10.20.4.32/27",
      "10.20.4.64/26",
      "10.20.4.128/25",
      "10.20.6.0/23",
      "10.20.12.0/22",
    ]);
  });

  test("divides IPv6 alike", () => {
    const plan = allocate(cidr("2001:db8::/56"), requests(64, 60, 64));
    expect(plan.subnets.map(({ cidr: { text } }) => text)).toEqual([
      "2001:db8::/64",
      "2001:db8:0:10::/60",
      "2001:db8:0:1::/64",
    ]);
  });

  test("gives the whole parent away when that is asked for", () => {
    const plan = allocate(cidr("10.0.0.0/8"), [{ name: "all", prefixLength: 8 }]);
    expect(plan.subnet("all").text).toBe("10.0.0.0/8");
    expect(plan.free).toEqual([]);
  });

  test("leaves the whole parent free when nothing is asked for", () => {
    expect(allocate(cidr("10.0.0.0/8"), []).free).toEqual([cidr("10.0.0.0/8")]);
  });

  test("finds a subnet by name, and says which names there are", () => {
    const plan = allocate(cidr("10.0.0.0/24"), [
      { name: "public a", prefixLength: 26 },
      { name: "private a", prefixLength: 25 },
    ]);
    expect(plan.subnet("private a").text).toBe("10.0.0.128/25");
    expect(() => plan.subnet("private b")).toThrow(
      new RangeError('10.0.0.0/24 has no subnet "private b"; it has "public a", "private a"'),
    );
    expect(() => plan.subnet("toString")).toThrow(RangeError);
  });

  test("shows the whole plan when a subnet finds no room", () => {
    const error = refusal("10.0.0.0/24", [
      { name: "public", prefixLength: 26 },
      { name: "private", prefixLength: 25 },
      { name: "database", prefixLength: 25 },
    ]);
    expect(error.request).toEqual({ name: "database", prefixLength: 25 });
    expect(error.message.split("\n")).toEqual([
      '"database" (/25) finds no room in 10.0.0.0/24',
      "  public   10.0.0.0/26    10.0.0.0 to 10.0.0.63",
      "  (free)   10.0.0.64/26   10.0.0.64 to 10.0.0.127",
      "  private  10.0.0.128/25  10.0.0.128 to 10.0.0.255",
    ]);
  });

  test("refuses a name used twice", () => {
    const error = refusal("10.0.0.0/24", [
      { name: "public", prefixLength: 26 },
      { name: "public", prefixLength: 27 },
    ]);
    expect(error.message).toMatch(/^two subnets of 10\.0\.0\.0\/24 are named "public"; rename one\n {2}public /);
  });

  test.each([23, 0, -1, 33, 25.5, NaN])("refuses /%p of a /24", (prefixLength) => {
    expect(refusal("10.0.0.0/24", [{ name: "odd", prefixLength }]).message).toContain(
      `"odd" asks for /${prefixLength} of 10.0.0.0/24; write a whole number from 24 to 32`,
    );
  });

  test.each([
    { parent: "10.0.0.64/26", bits: 32 },
    { parent: "2001:db8:0:8::/61", bits: 128 },
    { parent: "2001:db8::ffff:ffff:ffff:ffc0/122", bits: 128 },
  ])("in $parent does what trying every place in turn does", ({ parent, bits }) => {
    const network = cidr(parent);
    const deepest = Math.min(bits, network.prefixLength + 6);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: network.prefixLength + 1, max: deepest }), fc.constant(deepest)), {
          maxLength: 30,
        }),
        (prefixLengths) => {
          const { offsets, failed } = tryEveryPlace(prefixLengths.map((prefixLength) => 2 ** (deepest - prefixLength)));
          const asked = requests(...prefixLengths);
          if (failed !== undefined) expect(refusal(parent, asked).request.name).toBe(`subnet-${failed}`);
          const plan = allocate(network, asked.slice(0, offsets.length));
          const unit = 1n << BigInt(bits - deepest);
          expect(plan.subnets.map(({ cidr: { first } }) => (first - network.first) / unit)).toEqual(
            offsets.map(BigInt),
          );
        },
      ),
    );
  });

  test("never overlaps, leaves the parent or moves an earlier subnet, and accounts for every address", () => {
    const parent = cidr("10.0.0.0/16");
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 19, max: 32 }), { minLength: 1, maxLength: 8 }), (prefixLengths) => {
        const asked = requests(...prefixLengths);
        const plan = allocate(parent, asked);
        const all = [...plan.subnets.map((subnet) => subnet.cidr), ...plan.free];
        for (const [index, one] of all.entries()) {
          expect(contains(parent, one)).toBe(true);
          expect(all.slice(index + 1).filter((other) => overlaps(one, other))).toEqual([]);
          expect(cidr(one.text)).toEqual(one);
        }
        expect(IntervalSet.of("ipv4", all).toCidrs()).toEqual([parent]);
        expect(plan.subnets.map(({ cidr: { prefixLength } }) => prefixLength)).toEqual(prefixLengths);
        expect(allocate(parent, asked.slice(0, -1)).subnets).toEqual(plan.subnets.slice(0, -1));
      }),
    );
  });
});

/** First fit over 64 units: the offset of each subnet, up to the first that finds no place. */
function tryEveryPlace(sizes: readonly number[]): { readonly offsets: readonly number[]; readonly failed?: number } {
  const taken = new Set<number>();
  const offsets: number[] = [];
  for (const [index, size] of sizes.entries()) {
    const units = (offset: number): readonly number[] => Array.from({ length: size }, (_, unit) => offset + unit);
    let offset = 0;
    while (offset < 64 && units(offset).some((unit) => taken.has(unit))) offset += size;
    if (offset >= 64) return { offsets, failed: index };
    for (const unit of units(offset)) taken.add(unit);
    offsets.push(offset);
  }
  return { offsets };
}
