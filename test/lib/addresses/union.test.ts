import fc from "fast-check";
import { cidr, contains, lastAddress, overlaps, union } from "../../../lib/addresses";
import { ipv4Spellings, ipv6Spellings } from "./spellings";
import { blockPlaces, blocks, fewestBlocks, networkOf, places, UNIVERSES, unitsOf } from "./universe";

function texts(...networks: readonly string[]): readonly string[] {
  return union(networks.map(cidr)).map(({ text }) => text);
}

describe("union", () => {
  test("of nothing is nothing", () => {
    expect(union([])).toEqual([]);
  });

  test("drops what is repeated or held already, and joins halves all the way up", () => {
    expect(texts("10.0.0.0/24", "10.0.0.0/24", "10.0.0.128/25")).toEqual(["10.0.0.0/24"]);
    expect(texts("10.0.2.0/23", "10.0.1.0/24", "10.0.0.128/25", "10.0.0.0/25")).toEqual(["10.0.0.0/22"]);
    expect(texts("2001:db8:0:8000::/49", "2001:db8::/49", "2001:db8:1::/48")).toEqual(["2001:db8::/47"]);
  });

  test("does not join neighbours that are halves of different wholes", () => {
    expect(texts("10.0.1.0/24", "10.0.2.0/24")).toEqual(["10.0.1.0/24", "10.0.2.0/24"]);
  });

  test("sorts by address as a number, IPv4 first", () => {
    expect(texts("ffff::/16", "200.0.0.0/8", "::1/128", "9.0.0.0/8", "100.0.0.0/8", "8000::/16")).toEqual([
      "9.0.0.0/8",
      "100.0.0.0/8",
      "200.0.0.0/8",
      "::1/128",
      "8000::/16",
      "ffff::/16",
    ]);
  });

  test("keeps a whole family as two halves, since /0 is refused", () => {
    expect(texts("128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2")).toEqual(["0.0.0.0/1", "128.0.0.0/1"]);
    expect(texts("8000::/1", "::/1", "2001:db8::/32")).toEqual(["::/1", "8000::/1"]);
  });

  test("writes networks that nobody spelled, where the number of digits changes", () => {
    expect(texts("9.10.99.100/32", "9.10.99.101/32")).toEqual(["9.10.99.100/31"]);
    expect(texts("100.0.200.0/25", "100.0.200.128/25")).toEqual(["100.0.200.0/24"]);
    expect(texts("2001:db8::100/128", "2001:db8::101/128")).toEqual(["2001:db8::100/127"]);
  });

  test("leaves its argument as it was", () => {
    const given = Object.freeze(["10.0.1.0/24", "10.0.0.0/24"].map(cidr));
    union(given);
    expect(given.map(({ text }) => text)).toEqual(["10.0.1.0/24", "10.0.0.0/24"]);
  });

  describe.each(UNIVERSES)("in $title", (universe) => {
    test("holds exactly the same addresses in the fewest networks", () => {
      fc.assert(
        fc.property(fc.array(blocks(universe), { maxLength: 40 }), (members) => {
          const result = union(members.map((block) => networkOf(universe, block)));
          expect(places(result)).toEqual(blockPlaces(universe, fewestBlocks(universe, unitsOf(members))));
          expect(result.map(({ text }) => cidr(text))).toEqual(result);
        }),
      );
    });
  });

  test("over all networks depends neither on order nor on repetition, and keeps what it is given", () => {
    const networks = fc
      .array(fc.oneof(ipv4Spellings, ipv6Spellings), { maxLength: 60 })
      .map((spellings) => spellings.map(({ text }) => cidr(text)));
    const shuffled = networks.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([list, again]) => {
        const result = union(list);
        expect(union(again)).toEqual(result);
        expect(union(result)).toEqual(result);
        for (const given of list) expect(result.filter((kept) => contains(kept, given))).toHaveLength(1);
      }),
    );
  });
});

describe("relations", () => {
  test.each([
    { outer: "10.0.0.0/8", inner: "10.1.0.0/16", holds: true },
    { outer: "10.0.0.0/8", inner: "10.0.0.0/8", holds: true },
    { outer: "10.1.0.0/16", inner: "10.0.0.0/8", holds: false },
    { outer: "10.0.0.0/8", inner: "11.0.0.0/16", holds: false },
    { outer: "0.0.0.0/1", inner: "127.255.255.255/32", holds: true },
    { outer: "0.0.0.0/1", inner: "128.0.0.0/32", holds: false },
    { outer: "2001:db8::/32", inner: "2001:db8:ffff::/48", holds: true },
    { outer: "2001:db8::/33", inner: "2001:db8:ffff::/48", holds: false },
    // The same bits in the other family are other addresses.
    { outer: "::/64", inner: "0.0.0.1/32", holds: false },
    { outer: "128.0.0.0/1", inner: "8000::/1", holds: false },
  ])("$outer contains $inner: $holds", ({ outer, inner, holds }) => {
    expect(contains(cidr(outer), cidr(inner))).toBe(holds);
  });

  test.each(UNIVERSES)("agree with the order of numbers in $title", (universe) => {
    fc.assert(
      fc.property(blocks(universe), blocks(universe), (one, other) => {
        const [a, b] = [networkOf(universe, one), networkOf(universe, other)];
        expect(contains(a, b)).toBe(a.first <= b.first && lastAddress(b) <= lastAddress(a));
        expect(overlaps(a, b)).toBe(a.first <= lastAddress(b) && b.first <= lastAddress(a));
      }),
    );
  });
});
