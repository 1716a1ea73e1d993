import fc from "fast-check";
import { cidr, type Family, IntervalSet, union } from "../../../lib/addresses";
import {
  type Block,
  blockPlaces,
  blocks,
  fewestBlocks,
  networkOf,
  placeOf,
  places,
  type Universe,
  UNIVERSES,
  unitsOf,
} from "./universe";

function setOf(family: Family, ...networks: readonly string[]): IntervalSet {
  return IntervalSet.of(family, networks.map(cidr));
}

function texts(set: IntervalSet): readonly string[] {
  return set.toCidrs().map(({ text }) => text);
}

describe("an interval set", () => {
  test("of nothing is empty", () => {
    const none = setOf("ipv6");
    expect(none.isEmpty).toBe(true);
    expect(none.size).toBe(0n);
    expect(none.toCidrs()).toEqual([]);
    expect(none.contains(cidr("::1/128"))).toBe(false);
  });

  test("knows how many addresses it holds", () => {
    expect(setOf("ipv4", "10.0.0.0/8", "10.0.0.0/9", "192.0.2.1/32").size).toBe(2n ** 24n + 1n);
    expect(setOf("ipv6", "::/1", "8000::/1").size).toBe(2n ** 128n);
  });

  test("holds a network that two of its neighbours make up together", () => {
    const set = setOf("ipv4", "10.0.1.0/24", "10.0.2.0/24", "10.0.0.0/24", "10.0.3.0/24");
    expect(set.contains(cidr("10.0.0.0/22"))).toBe(true);
    expect(set.contains(cidr("10.0.0.0/21"))).toBe(false);
  });

  test("takes a hole out of the whole family, and puts it back", () => {
    const whole = setOf("ipv4", "0.0.0.0/1", "128.0.0.0/1");
    const hole = setOf("ipv4", "64.0.0.0/2");
    expect(texts(whole.difference(hole))).toEqual(["0.0.0.0/2", "128.0.0.0/1"]);
    expect(texts(whole.difference(hole).union(hole))).toEqual(["0.0.0.0/1", "128.0.0.0/1"]);
    expect(whole.difference(whole).isEmpty).toBe(true);
  });

  test("is left as it was by arithmetic", () => {
    const set = setOf("ipv4", "10.0.0.0/24");
    set.union(setOf("ipv4", "10.0.1.0/24"));
    set.difference(set);
    expect(texts(set)).toEqual(["10.0.0.0/24"]);
  });

  test("does not mix families", () => {
    const ipv4 = setOf("ipv4", "10.0.0.0/8");
    expect(() => setOf("ipv4", "10.0.0.0/8", "2001:db8::/32")).toThrow("2001:db8::/32 is no ipv4 network");
    expect(() => ipv4.union(setOf("ipv6"))).toThrow(TypeError);
    expect(() => ipv4.difference(setOf("ipv6"))).toThrow(TypeError);
    expect(() => ipv4.intersection(setOf("ipv6"))).toThrow(TypeError);
    expect(setOf("ipv6", "::/1", "8000::/1").contains(cidr("10.0.0.0/8"))).toBe(false);
  });

  describe.each(UNIVERSES)("in $title", (universe) => {
    const members = fc.array(blocks(universe), { maxLength: 12 });

    test("has the union, difference and intersection of plain sets of units", () => {
      fc.assert(
        fc.property(members, members, (a, b) => {
          const [here, there] = [a, b].map((list) => intervalSet(universe, list));
          if (here === undefined || there === undefined) throw new Error("two lists make two sets");
          const [inA, inB] = [unitsOf(a), unitsOf(b)];
          expect(places(here.union(there).toCidrs())).toEqual(expected(universe, [...inA, ...inB]));
          expect(places(here.difference(there).toCidrs())).toEqual(
            expected(
              universe,
              [...inA].filter((unit) => !inB.has(unit)),
            ),
          );
          expect(places(here.intersection(there).toCidrs())).toEqual(
            expected(
              universe,
              [...inA].filter((unit) => inB.has(unit)),
            ),
          );
        }),
      );
    });

    test("counts and contains as a plain set of units does", () => {
      fc.assert(
        fc.property(members, blocks(universe), (list, probe) => {
          const set = intervalSet(universe, list);
          const units = unitsOf(list);
          const bits = universe.family === "ipv4" ? 32 : 128;
          const unitSize = 1n << BigInt(bits - placeOf(universe, { unit: 0, level: 0 }).prefixLength);
          expect(set.size).toBe(BigInt(units.size) * unitSize);
          expect(set.isEmpty).toBe(units.size === 0);
          expect(set.contains(networkOf(universe, probe))).toBe([...unitsOf([probe])].every((unit) => units.has(unit)));
        }),
      );
    });

    test("becomes the same networks as their union", () => {
      fc.assert(
        fc.property(members, (list) => {
          const networks = list.map((block) => networkOf(universe, block));
          expect(IntervalSet.of(universe.family, networks).toCidrs()).toEqual(union(networks));
        }),
      );
    });
  });
});

function intervalSet(universe: Universe, members: readonly Block[]): IntervalSet {
  return IntervalSet.of(
    universe.family,
    members.map((block) => networkOf(universe, block)),
  );
}

function expected(universe: Universe, units: Iterable<number>): readonly string[] {
  return blockPlaces(universe, fewestBlocks(universe, new Set(units)));
}
