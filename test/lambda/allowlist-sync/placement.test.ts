import fc from "fast-check";
import { compare } from "../../../lambda/allowlist-sync/compare";
import type { Family } from "../../../lambda/allowlist-sync/contract";
import { createItemReader, type Reading } from "../../../lambda/allowlist-sync/items";
import { place, type Placement } from "../../../lambda/allowlist-sync/placement";
import { hosts } from "./world";

const MAX = 6;
const POOL = hosts(60);

type Clusters = Readonly<Record<string, readonly string[]>>;

function reading(clusters: Clusters): Reading {
  const reader = createItemReader();
  reader.add(Object.entries(clusters).map(([id, cidrs]) => ({ id: { S: id }, ips: { L: cidrs.map((S) => ({ S })) } })));
  return reader.reading();
}

interface Case {
  readonly contents: readonly (readonly string[])[];
  readonly clusters: Clusters;
  readonly keepsUnclaimed: boolean;
}

/** Sets that hold some addresses of the pool, each at most once, and a table that wants some of the pool. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    order: fc.shuffledSubarray([...POOL], { minLength: 30, maxLength: 30 }),
    sizes: fc.array(fc.nat(MAX), { minLength: 1, maxLength: 5 }),
    clusters: fc.dictionary(
      fc.constantFrom("a", "b", "c", "d", "e", "f"),
      fc.uniqueArray(fc.constantFrom(...POOL), { minLength: 1, maxLength: 14 }),
      { maxKeys: 6 },
    ),
    keepsUnclaimed: fc.boolean(),
  })
  .map(({ order, sizes, clusters, keepsUnclaimed }) => {
    let start = 0;
    const contents = sizes.map((size) => order.slice(start, (start += size)));
    return { contents, clusters, keepsUnclaimed };
  });

function run({ contents, clusters, keepsUnclaimed }: Case): Placement & { readonly after: readonly string[][] } {
  const placement = place(compare("ipv4", contents, reading(clusters)), keepsUnclaimed, MAX);
  const after = contents.map((content, index) => [...(placement.changes[index]?.target ?? content)]);
  return { ...placement, after };
}

const wantedBy = (clusters: Clusters): Set<string> => new Set(Object.values(clusters).flat());

describe("whatever the sets hold and the table wants", () => {
  const always = (check: (given: Case, result: ReturnType<typeof run>) => void): void => {
    fc.assert(
      fc.property(cases, (given) => {
        check(given, run(given));
      }),
      { numRuns: 1_000 },
    );
  };

  test("nothing that is wanted moves or goes", () => {
    always(({ contents, clusters }, { after }) => {
      const wanted = wantedBy(clusters);
      for (const [index, content] of contents.entries()) {
        for (const address of content) if (wanted.has(address)) expect(after[index]).toContain(address);
      }
    });
  });

  test("nothing comes in that no cluster wants, and nothing stays but by the guard", () => {
    always(({ contents, clusters, keepsUnclaimed }, { after }) => {
      const wanted = wantedBy(clusters);
      const unclaimed = after.flat().filter((address) => !wanted.has(address));
      const before = contents.flat().filter((address) => !wanted.has(address));
      expect(unclaimed.sort()).toEqual(keepsUnclaimed ? before.sort() : []);
    });
  });

  test("no set is overfilled and no address is in two of them", () => {
    always((_, { after }) => {
      for (const content of after) expect(content.length).toBeLessThanOrEqual(MAX);
      expect(new Set(after.flat()).size).toBe(after.flat().length);
    });
  });

  test("what is wanted is in a set or refused by name, and only what had no room is refused", () => {
    always(({ contents, clusters }, { after, refusals }) => {
      const present = new Set(after.flat());
      const refused = new Map(refusals.map(({ cluster, addresses }) => [cluster, addresses]));
      for (const [cluster, addresses] of Object.entries(clusters)) {
        const absent = addresses.filter((address) => !present.has(address));
        expect([...(refused.get(cluster) ?? [])].sort()).toEqual(absent.sort());
      }
      const room = contents.length * MAX - present.size;
      // Refused in order of the names: whoever comes last may find less room than was there.
      for (const { addresses } of refusals.slice(-1)) expect(addresses.length).toBeGreaterThan(room);
    });
  });

  test("a set changes only if something comes in or goes", () => {
    always(({ contents }, { changes, after }) => {
      for (const [index, change] of changes.entries()) {
        const isSame = String([...(after[index] ?? [])].sort()) === String([...(contents[index] ?? [])].sort());
        expect(change === undefined).toBe(isSame);
      }
    });
  });

  test("no fewer sets could hold the change", () => {
    always(({ contents, clusters, keepsUnclaimed }, { changes, after }) => {
      const wanted = wantedBy(clusters);
      const loses = contents.map((content) => !keepsUnclaimed && content.some((address) => !wanted.has(address)));
      const free = contents.map(
        (content) => MAX - content.filter((address) => keepsUnclaimed || wanted.has(address)).length,
      );
      const present = new Set(contents.flat());
      const added = after.flat().filter((address) => !present.has(address)).length;

      // Every choice of sets that includes all those that lose something.
      let fewest = Infinity;
      for (let choice = 0; choice < 2 ** contents.length; choice += 1) {
        const chosen = contents.map((__, index) => (choice & (1 << index)) !== 0);
        if (loses.some((does, index) => does && chosen[index] === false)) continue;
        const room = free.reduce((sum, space, index) => sum + (chosen[index] === true ? space : 0), 0);
        if (room >= added) fewest = Math.min(fewest, chosen.filter(Boolean).length);
      }
      expect(changes.filter((change) => change !== undefined)).toHaveLength(fewest);
    });
  });
});

describe("where new addresses go", () => {
  const into = (given: Omit<Case, "keepsUnclaimed">): readonly (readonly string[])[] =>
    run({ ...given, keepsUnclaimed: false }).changes.map((change) => change?.added ?? []);
  const pool = (from: number, to: number): readonly string[] => POOL.slice(from, to);

  test("a new cluster into one set, the first of equals", () => {
    expect(into({ contents: [[], [], []], clusters: { a: pool(0, 3) } })).toEqual([pool(0, 3), [], []]);
  });

  test("several clusters whole into one set that has room for all, though others are emptier", () => {
    const clusters = { old: pool(0, 5), a: pool(10, 12), b: pool(20, 22) };
    const [first, second] = into({ contents: [pool(0, 2), pool(2, 5)], clusters });
    expect(first).toHaveLength(4);
    expect(second).toEqual([]);
  });

  test("a changed cluster into the set that it leaves something of", () => {
    const clusters = { old: pool(0, 1), a: pool(10, 12) };
    const contents = [pool(0, 1), [], pool(20, 23)];
    expect(into({ contents, clusters })).toEqual([[], [], pool(10, 12)]);
  });

  test("a growing cluster beside its other addresses", () => {
    const clusters = { a: pool(0, 4), b: pool(10, 12) };
    expect(into({ contents: [[], pool(10, 12), pool(0, 2)], clusters })).toEqual([[], [], pool(2, 4)]);
  });

  test("a new cluster not into the last places of a set while another has room: those who live there may grow", () => {
    const [nearlyFull, half, added] = [hosts(47), hosts(25, 100), hosts(2, 200)];
    const intoSetsOf50 = (contents: readonly (readonly string[])[]): readonly (readonly string[])[] => {
      const compared = compare("ipv4", contents, reading({ old: contents.flat(), new: added }));
      return place(compared, false, 50).changes.map((change) => change?.added ?? []);
    };
    expect(intoSetsOf50([nearlyFull.slice(1), half])).toEqual([added, []]);
    expect(intoSetsOf50([[...nearlyFull, "192.0.2.1/32"], half])).toEqual([[], added]);
    expect(intoSetsOf50([[...nearlyFull, "192.0.2.1/32"]])).toEqual([added]);
  });

  test("a cluster larger than a set into as few as hold it", () => {
    const added = into({ contents: [[], [], [], []], clusters: { a: pool(0, 15) } });
    expect(added.map(({ length }) => length)).toEqual([6, 6, 3, 0]);
  });

  test("clusters stay whole where sets that are written anyway have room for them", () => {
    const clusters = { a: pool(0, 4), b: pool(10, 14), c: pool(20, 22), d: pool(30, 32) };
    const added = into({ contents: [[], []], clusters });
    for (const addresses of Object.values(clusters)) {
      expect(added.filter((set) => set.some((address) => addresses.includes(address)))).toHaveLength(1);
    }
  });

  test("an address that two sets hold leaves the later one", () => {
    const { changes } = run({
      contents: [pool(0, 2), pool(1, 3)],
      clusters: { a: pool(0, 3) },
      keepsUnclaimed: true,
    });
    expect(changes).toEqual([undefined, expect.objectContaining({ added: [], removed: [], target: pool(2, 3) })]);
  });
});

test("both families are compared by the same code with their own sets", () => {
  const table = reading({ a: ["10.0.0.1/32", "2001:db8::/48"] });
  const missing = (family: Family): readonly string[] =>
    compare(family, [[]], table).missing.flatMap((m) => m.addresses);
  expect(missing("ipv4")).toEqual(["10.0.0.1/32"]);
  expect(missing("ipv6")).toEqual(["2001:db8::/48"]);
});

test("what the earlier of two readings alone names stays in a set that gains, and is not missing where it lacks", () => {
  const [kept = "", spared = "", added = "", gone = "", elsewhere = ""] = hosts(5);
  const earlier = reading({ a: [kept, spared, elsewhere] });
  const compared = compare("ipv4", [[kept, spared, gone]], reading({ a: [kept, added] }), earlier);
  const [change] = place(compared, false, MAX).changes;
  expect(change).toMatchObject({ added: [added], removed: [gone], target: [kept, spared, added] });
  expect(compared.sets[0]?.spared).toBe(1);
});
