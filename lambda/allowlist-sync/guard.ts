import { approvalFault, type Approval } from "./approval";
import { addressesIn, textDigest, textOf } from "./description";
import type { Knowledge } from "./knowledge";

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

/** What the guard says to the removals that a look asks for. */
export type Verdict =
  | { readonly kind: "free" }
  /** An operator consented to this plan. */
  | { readonly kind: "approved"; readonly approval: Approval; readonly count: number }
  /** Nothing is removed until an operator consents to the plan of this digest. */
  | {
      readonly kind: "held";
      readonly digest: string;
      readonly addresses: readonly string[];
      /** Why approvals of this plan count for nothing. */
      readonly faults: readonly { readonly approval: Approval; readonly reason: string }[];
    };

/** Other approved plans of which the waiting one may be the rest; each costs a read of the bucket. */
const MAX_PLANS = 20;

/** What a look at table and sets found. */
export interface Question {
  /** Addresses in sets that no cluster names. */
  readonly unclaimed: readonly string[];
  /** Number of addresses in all sets. */
  readonly present: number;
  readonly approvals: readonly Approval[];
  readonly isWanted: (address: string) => boolean;
}

/** Judges the removals of one pass, however many looks and rounds it takes. */
export interface Guard {
  judge(question: Question): Promise<Verdict>;
  /** Hears how many addresses went under a verdict. */
  removed(count: number, verdict: Verdict): void;
}

/**
 * The guard of one pass. It takes both families together: two halves of one mistake must not pass where the whole would not.
 *
 * @param now milliseconds since 1970
 */
export function createGuard(
  limits: GuardLimits,
  knowledge: Pick<Knowledge, "recallPlan" | "rememberPlan" | "isUsed">,
  now: () => number,
): Guard {
  let removed = 0;
  let presentAtFirst: number | undefined;

  const inForce = (approval: Approval): boolean => approvalFault(approval, now()) === undefined;
  const faultOf = async (approval: Approval): Promise<string | undefined> => {
    const fault = approvalFault(approval, now());
    if (fault !== undefined) return fault;
    const isUsed = await knowledge.isUsed(approval).catch(() => undefined);
    if (isUsed === undefined) return "the bucket does not say whether it was carried out before";
    return isUsed ? "it was carried out before" : undefined;
  };

  return {
    async judge({ unclaimed, present, approvals, isWanted }) {
      presentAtFirst ??= present;
      const loss = removed + unclaimed.length;
      if (loss <= limits.maxAddresses) return { kind: "free" };

      const text = textOf(unclaimed);
      const digest = textDigest(text);
      const isLarge = loss > limits.maxShare * presentAtFirst;
      // A plan that has waited goes on waiting, though new addresses have made it a smaller share meanwhile.
      if (!isLarge && (await knowledge.recallPlan(digest)) === undefined) return { kind: "free" };

      const faults: { readonly approval: Approval; readonly reason: string }[] = [];
      const exact = approvals.filter((approval) => approval.digest === digest);
      const others = approvals.filter((approval) => !exact.includes(approval) && inForce(approval));
      for (const approval of [...exact, ...others.slice(0, MAX_PLANS)]) {
        const isThis = approval.digest === digest;
        if (!isThis && !isRestOf(await knowledge.recallPlan(approval.digest), unclaimed, isWanted)) continue;
        const reason = await faultOf(approval);
        if (reason === undefined) return { kind: "approved", approval, count: unclaimed.length };
        faults.push({ approval, reason });
      }
      knowledge.rememberPlan(digest, text);
      return { kind: "held", digest, addresses: addressesIn(text), faults };
    },

    removed(count, verdict) {
      if (verdict.kind === "free") removed += count;
    },
  };
}

/**
 * Whether these addresses are what is left of a plan: an approved pass may end half-way. All others of the plan must be gone, not
 * wanted again: then it would be another plan than the one that was approved.
 */
function isRestOf(
  plan: string | undefined,
  unclaimed: readonly string[],
  isWanted: (address: string) => boolean,
): boolean {
  if (plan === undefined) return false;
  const planned = addressesIn(plan);
  const all = new Set(planned);
  return unclaimed.every((address) => all.has(address)) && !planned.some(isWanted);
}
