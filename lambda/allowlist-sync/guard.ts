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

/** What the guard says to the removals of a pass. */
export type Verdict =
  | { readonly kind: "free" }
  /** An operator consented to this plan. */
  | { readonly kind: "approved"; readonly approval: Approval; readonly count: number }
  /** Nothing is removed until an operator consents to the plan of this digest. */
  | {
      readonly kind: "held";
      readonly digest: string;
      readonly addresses: readonly string[];
      /** Approvals of this plan that count for nothing, and why. */
      readonly faults: readonly { readonly approval: Approval; readonly reason: string }[];
    };

/**
 * Judges the removals of both families together: two halves of one mistake must not pass where the whole would not.
 *
 * An approval names the digest of exactly what would be removed. A pass that was approved may end half-way; what is then left is a part
 * of the approved plan, and goes under the same approval.
 *
 * @param unclaimed addresses that would be removed
 * @param present number of addresses in all sets
 * @param now milliseconds since 1970
 */
export async function judge(
  unclaimed: readonly string[],
  present: number,
  approvals: readonly Approval[],
  limits: GuardLimits,
  { recallPlan, rememberPlan }: Pick<Knowledge, "recallPlan" | "rememberPlan">,
  now: number,
): Promise<Verdict> {
  if (unclaimed.length <= limits.maxAddresses || unclaimed.length <= limits.maxShare * present) return { kind: "free" };

  const text = textOf(unclaimed);
  const digest = textDigest(text);
  const faults: { readonly approval: Approval; readonly reason: string }[] = [];
  for (const approval of approvals) {
    const isThis = approval.digest === digest;
    const reason = approvalFault(approval, now);
    if (reason !== undefined) {
      if (isThis) faults.push({ approval, reason });
    } else if (isThis || isPartOf(unclaimed, await recallPlan(approval.digest))) {
      return { kind: "approved", approval, count: unclaimed.length };
    }
  }
  rememberPlan(digest, text);
  return { kind: "held", digest, addresses: addressesIn(text), faults };
}

function isPartOf(addresses: readonly string[], plan: string | undefined): boolean {
  if (plan === undefined) return false;
  const planned = new Set(addressesIn(plan));
  return addresses.every((address) => planned.has(address));
}
