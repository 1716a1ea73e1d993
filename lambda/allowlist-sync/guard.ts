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
      /** Approvals of this plan that count for nothing. */
      readonly faults: readonly Fault[];
    };

/** An approval that counts for nothing, and why. */
export interface Fault {
  readonly approval: Approval;
  readonly reason: string;
}

interface Consent {
  readonly approval: Approval | undefined;
  readonly faults: readonly Fault[];
}

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
  knowledge: Pick<Knowledge, "recallPlan" | "rememberPlan" | "isWaiting" | "rememberWaiting" | "isUsed">,
  now: () => number,
): Guard {
  let removed = 0;
  let presentAtFirst: number | undefined;

  const isInForce = (approval: Approval): boolean => approvalFault(approval, now()) === undefined;
  const faultOf = async (approval: Approval): Promise<string | undefined> => {
    const fault = approvalFault(approval, now());
    if (fault !== undefined) return fault;
    const isUsed = await knowledge.isUsed(approval).catch(() => undefined);
    if (isUsed === undefined) return "the bucket does not say whether it was carried out before";
    return isUsed ? "it was carried out before" : undefined;
  };

  /** The approval that covers the plan, or why those that name it do not. */
  const findApproval = async (digest: string, { approvals, unclaimed, isWanted }: Question): Promise<Consent> => {
    const exact = approvals.filter((approval) => approval.digest === digest);
    const others = approvals
      .filter((approval) => approval.digest !== digest && isInForce(approval))
      .slice(0, MAX_PLANS);
    const faults: Fault[] = [];
    for (const approval of [...exact, ...others]) {
      const covers =
        approval.digest === digest || isRestOf(await knowledge.recallPlan(approval.digest), unclaimed, isWanted);
      if (!covers) continue;
      const reason = await faultOf(approval);
      if (reason === undefined) return { approval, faults };
      faults.push({ approval, reason });
    }
    return { approval: undefined, faults };
  };

  const judge = async (question: Question): Promise<Verdict> => {
    const { unclaimed, present } = question;
    presentAtFirst ??= present;
    const loss = removed + unclaimed.length;
    if (loss <= limits.maxAddresses) return { kind: "free" };

    const text = textOf(unclaimed);
    const digest = textDigest(text);
    // A plan that waits goes on waiting, though new addresses have made it a smaller share meanwhile.
    if (loss <= limits.maxShare * presentAtFirst && !(await knowledge.isWaiting(digest))) return { kind: "free" };

    const { approval, faults } = await findApproval(digest, question);
    if (approval !== undefined) return { kind: "approved", approval, count: unclaimed.length };
    knowledge.rememberPlan(digest, text);
    return { kind: "held", digest, addresses: addressesIn(text), faults };
  };

  return {
    async judge(question) {
      const verdict = await judge(question);
      knowledge.rememberWaiting(verdict.kind === "held" ? verdict.digest : undefined);
      return verdict;
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
