import type { Family } from "./contract";
import type { Reading } from "./items";

/** What the addresses of one set are, seen from the table. */
export interface ComparedSet {
  /** Some cluster names them. */
  readonly kept: readonly string[];
  /** No cluster names them. */
  readonly unclaimed: readonly string[];
  /** An earlier set holds them too. */
  readonly repeated: readonly string[];
}

/** What a cluster wants and no set holds. */
export interface Missing {
  readonly cluster: string;
  /** Each once. */
  readonly addresses: readonly string[];
  /** Index of the set that holds the most of the cluster's other addresses, if one does. */
  readonly home: number | undefined;
}

/** Table and sets of one family side by side. */
export interface Comparison {
  readonly family: Family;
  /** In order of the sets. */
  readonly sets: readonly ComparedSet[];
  /** In order of the clusters' names. */
  readonly missing: readonly Missing[];
  /** Missing addresses that may stand under several clusters. */
  readonly shared: ReadonlySet<string>;
}

/** Where each address is, by index of its set. */
type Places = ReadonlyMap<string, number>;

/**
 * Compares the sets of one family with the table.
 *
 * @param contents what each set holds
 * @param before an earlier reading of the table, if there is one: what it names is kept, what it alone names is not missing
 */
export function compare(
  family: Family,
  contents: readonly (readonly string[])[],
  reading: Reading,
  before?: Reading,
): Comparison {
  const wanted = reading.wanted[family];
  const wantedBefore = before?.wanted[family];
  const places = new Map<string, number>();
  let found = 0;

  const sets = contents.map((addresses, index) => {
    const set = { kept: [] as string[], unclaimed: [] as string[], repeated: [] as string[] };
    for (const address of addresses) {
      if (places.has(address)) {
        set.repeated.push(address);
        continue;
      }
      places.set(address, index);
      const isWanted = wanted.has(address);
      if (isWanted) found += 1;
      set[isWanted || wantedBefore?.has(address) === true ? "kept" : "unclaimed"].push(address);
    }
    return set;
  });

  // Usually nothing is missing, and then the table need not be walked again.
  if (found === wanted.size) return { family, sets, missing: [], shared: new Set() };
  return { family, sets, ...findMissing(family, reading, places) };
}

function findMissing(family: Family, { clusters }: Reading, places: Places): Pick<Comparison, "missing" | "shared"> {
  const isMissing = (address: string): boolean => !places.has(address);
  const missing: Missing[] = [];
  const shared = new Set<string>();
  for (const [cluster, { [family]: claims }] of clusters) {
    const again = claims.again.filter(isMissing);
    for (const address of again) shared.add(address);
    const own = claims.first.filter(isMissing);
    const addresses = again.length === 0 ? own : [...new Set([...own, ...again])];
    if (addresses.length > 0) missing.push({ cluster, addresses, home: homeOf([claims.first, claims.again], places) });
  }
  return { missing: missing.sort((a, b) => (a.cluster < b.cluster ? -1 : 1)), shared };
}

/** The set that holds the most of these addresses. */
function homeOf(lists: readonly (readonly string[])[], places: Places): number | undefined {
  // Nothing is anywhere when the sets are filled for the first time.
  if (places.size === 0) return undefined;
  const counts = new Map<number, number>();
  for (const addresses of lists) {
    for (const address of addresses) {
      const place = places.get(address);
      if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
