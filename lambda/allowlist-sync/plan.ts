import { compare, type Comparison } from "./compare";
import { FAMILIES } from "./contract";
import { perFamily, sumFamilies, type PerFamily } from "./families";
import type { Guard, Verdict } from "./guard";
import { isDescribed, type HeldSet, type Holdings } from "./holdings";
import type { Reading } from "./items";
import { place, type Placement, type SetChange } from "./placement";

/** What one look at table and sets decided. */
export interface Plan {
  readonly verdict: Verdict;
  readonly placements: PerFamily<Placement>;
  /** What the sets of a family will hold, and could. */
  readonly fill: PerFamily<{ readonly addresses: number; readonly capacity: number }>;
}

/** A set that has to be written. */
export interface Write {
  readonly set: HeldSet;
  readonly change: SetChange;
}

/** What a decision takes besides table and sets. */
export interface PlanDependencies {
  readonly guard: Guard;
  /** Most addresses that a set takes. */
  readonly maxPerSet: number;
}

/** Both families' sets beside the table; see {@link compare}. */
export function compareAll(held: Holdings, reading: Reading, earlier?: Reading): PerFamily<Comparison> {
  return perFamily((family) => {
    const contents = held[family].map(({ addresses }) => addresses);
    return compare(family, contents, reading, earlier);
  });
}

/** All addresses in the sets that no cluster names. */
export function unclaimedIn(compared: PerFamily<Comparison>): readonly string[] {
  return FAMILIES.flatMap((family) => compared[family].sets.flatMap(({ unclaimed }) => unclaimed));
}

/** Whether some address is kept because an earlier reading alone names it. */
export function sparesAny(compared: PerFamily<Comparison>): boolean {
  return FAMILIES.some((family) => compared[family].sets.some(({ spared }) => spared > 0));
}

/** Decides what each set shall hold. Additions never wait for the guard. */
export async function makePlan(
  { guard, maxPerSet }: PlanDependencies,
  compared: PerFamily<Comparison>,
  { approvals, wanted }: Reading,
): Promise<Plan> {
  const unclaimed = unclaimedIn(compared);
  const kept = sumFamilies((family) => compared[family].sets.reduce((sum, set) => sum + set.kept.length, 0));
  const verdict = await guard.judge({
    unclaimed,
    present: kept + unclaimed.length,
    approvals,
    isWanted: (address) => FAMILIES.some((family) => wanted[family].has(address)),
  });
  const placements = perFamily((family) => place(compared[family], verdict.kind === "held", maxPerSet));
  const fill = perFamily((family) => {
    const { sets } = compared[family];
    const sizes = sets.map(
      (set, index) => placements[family].changes[index]?.target.length ?? set.kept.length + set.unclaimed.length,
    );
    return { addresses: sizes.reduce((sum, size) => sum + size, 0), capacity: sets.length * maxPerSet };
  });
  return { verdict, placements, fill };
}

/**
 * The sets to write: first those that only gain, then those that gain and lose, at last those that only lose, so that what a cluster
 * leaves by is open before what it left by is closed.
 */
export function writesOf({ placements }: Plan, held: Holdings): readonly Write[] {
  const writes = FAMILIES.flatMap((family) =>
    held[family].flatMap((set, index): readonly Write[] => {
      const change = placements[family].changes[index];
      if (change !== undefined) return [{ set, change }];
      // A set with the right content under another description is written too: from then on it needs no read.
      return isDescribed(set) ? [] : [{ set, change: unchanged(set) }];
    }),
  );
  const rank = ({ change }: Write): number => (change.removed.length === 0 ? 0 : change.added.length > 0 ? 1 : 2);
  return writes.sort((a, b) => rank(a) - rank(b));
}

function unchanged({ addresses }: HeldSet): SetChange {
  return { added: [], removed: [], clusters: [], target: addresses };
}
