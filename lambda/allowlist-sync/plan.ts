import { FAMILIES, MAX_ADDRESSES_PER_SET, type Family } from "./contract";
import { sumFamilies, type PerFamily } from "./families";
import type { Claims } from "./items";

/**
 * How much one pass may remove; it takes both limits exceeded to hold the removals. An empty table is judged like any other: of few
 * addresses the last may go, many are held.
 */
export interface GuardLimits {
  /** Share of the addresses that the sets hold now, 0 to 1. */
  readonly maxShare: number;
  /** Number of addresses. */
  readonly maxAddresses: number;
}

/** A cluster whose new addresses found no room. */
export interface Refusal {
  readonly cluster: string;
  readonly family: Family;
  readonly addresses: readonly string[];
}

/** What becomes of one set. The lists are sorted. */
export interface SetPlan {
  readonly family: Family;
  /** What the set holds after the pass. */
  readonly target: ReadonlySet<string>;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Addresses that no cluster names and the guard keeps. */
  readonly held: readonly string[];
  readonly refusals: readonly Refusal[];
}

/** What one round decided. */
export interface Plan {
  readonly sets: readonly SetPlan[];
  /** Addresses present that no cluster names, whether the guard lets them go or not. */
  readonly unclaimed: number;
  readonly guardHolds: boolean;
}

/**
 * Decides what each set shall hold.
 *
 * Additions never wait for the guard, and what is present and claimed always stays, so the only addresses that a
 * plan takes away are those that no cluster names.
 */
export function makePlan(
  claims: PerFamily<Claims>,
  contents: PerFamily<ReadonlySet<string>>,
  limits: GuardLimits,
): Plan {
  const present = sumFamilies((family) => contents[family].size);
  const unclaimed = sumFamilies((family) => without(contents[family], claims[family]).length);
  // Over both families together: two halves of one mistake must not pass where the whole would not.
  const guardHolds = unclaimed > limits.maxAddresses && unclaimed > limits.maxShare * present;
  return {
    sets: FAMILIES.map((family) => planSet(family, claims[family], contents[family], guardHolds)),
    unclaimed,
    guardHolds,
  };
}

function planSet(family: Family, claims: Claims, content: ReadonlySet<string>, guardHolds: boolean): SetPlan {
  const unclaimed = without(content, claims);
  const target = new Set(content);
  if (!guardHolds) for (const address of unclaimed) target.delete(address);

  const added: string[] = [];
  const missing = clustersMissing(claims, content);
  for (const addresses of missing.values()) {
    // A cluster's new addresses are admitted whole or not at all: half of them would make it fail at random.
    const needed = addresses.filter((address) => !target.has(address));
    if (target.size + needed.length > MAX_ADDRESSES_PER_SET) continue;
    for (const address of needed) target.add(address);
    added.push(...needed);
  }

  const refusals: Refusal[] = [];
  for (const [cluster, addresses] of missing) {
    // Asked again at the end: another cluster that found room may have brought a shared address in.
    const refused = addresses.filter((address) => !target.has(address));
    if (refused.length > 0) refusals.push({ cluster, family, addresses: refused });
  }

  return {
    family,
    target,
    added: added.sort(),
    removed: guardHolds ? [] : unclaimed,
    held: guardHolds ? unclaimed : [],
    refusals,
  };
}

/** For each cluster that wants more than the content has, in order of the ids: what it misses, sorted. */
function clustersMissing(claims: Claims, content: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, string[]>();
  for (const address of without(new Set(claims.keys()), content)) {
    for (const cluster of claims.get(address) ?? []) {
      const addresses = missing.get(cluster);
      if (addresses === undefined) missing.set(cluster, [address]);
      else addresses.push(address);
    }
  }
  return new Map([...missing].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function without(addresses: ReadonlySet<string>, others: { has(address: string): boolean }): readonly string[] {
  return [...addresses].filter((address) => !others.has(address)).sort();
}
