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
  /** How many are kept because the earlier reading alone names them. */
  readonly spared: number;
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

/** Index of the set that holds each wanted address, by the address's number; {@link NOWHERE} if none does. */
type Places = Int32Array;

const NOWHERE = -1;

/**
 * Compares the sets of one family with the table.
 *
 * @param contents what each set holds
 * @param earlier an earlier reading of the table, if there is one: what it names is kept, what it alone names is not missing
 */
export function compare(
  family: Family,
  contents: readonly (readonly string[])[],
  reading: Reading,
  earlier?: Reading,
): Comparison {
  const wanted = reading.wanted[family];
  const wantedEarlier = earlier?.wanted[family];
  const places = new Int32Array(wanted.size).fill(NOWHERE);
  const others = new Set<string>();
  let found = 0;

  const sets = contents.map((addresses, index): ComparedSet => {
    const unclaimed: string[] = [];
    const repeated: string[] = [];
    const leaving = new Set<number>();
    let spared = 0;
    addresses.forEach((address, position) => {
      const number = wanted.get(address);
      if (number === undefined ? others.has(address) : places[number] !== NOWHERE) {
        repeated.push(address);
        leaving.add(position);
      } else if (number !== undefined) {
        places[number] = index;
        found += 1;
      } else {
        others.add(address);
        if (wantedEarlier?.has(address) === true) {
          spared += 1;
        } else {
          unclaimed.push(address);
          leaving.add(position);
        }
      }
    });
    // Usually a set keeps all it has: then its own list serves, and a million addresses are not listed twice.
    const kept = leaving.size === 0 ? addresses : addresses.filter((_, position) => !leaving.has(position));
    return { kept, unclaimed, repeated, spared };
  });

  // Usually nothing is missing, and then the clusters need not be walked.
  if (found === wanted.size) return { family, sets, missing: [], shared: new Set() };
  return { family, sets, ...findMissing(family, reading, places) };
}

function findMissing(
  family: Family,
  { wanted, clusters }: Reading,
  places: Places,
): Pick<Comparison, "missing" | "shared"> {
  const addresses = [...wanted[family].keys()];
  const isMissing = (number: number): boolean => places[number] === NOWHERE;
  const missing: Missing[] = [];
  const shared = new Set<string>();
  for (const [cluster, { [family]: claims }] of clusters) {
    const own = claims.first.filter(isMissing);
    const again = claims.again.filter(isMissing);
    if (own.length === 0 && again.length === 0) continue;
    for (const text of textsOf(again, addresses)) shared.add(text);
    const numbers = again.length === 0 ? own : [...new Set([...own, ...again])];
    const isNew = numbers.length === claims.first.length + claims.again.length;
    const home = isNew ? undefined : homeOf([...claims.first, ...claims.again], places);
    missing.push({ cluster, addresses: textsOf(numbers, addresses), home });
  }
  return { missing: missing.sort((a, b) => (a.cluster < b.cluster ? -1 : 1)), shared };
}

function textsOf(numbers: readonly number[], addresses: readonly string[]): readonly string[] {
  return numbers.flatMap((number) => addresses[number] ?? []);
}

/** The set that holds the most of these addresses. */
function homeOf(numbers: readonly number[], places: Places): number | undefined {
  const counts = new Map<number, number>();
  for (const number of numbers) {
    const place = places[number] ?? NOWHERE;
    if (place !== NOWHERE) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
