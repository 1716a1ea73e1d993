import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { APPROVAL, ATTRIBUTES } from "./contract";
import { excerpt } from "./log";

/** An operator's consent to one plan that the guard holds, as the table has it: not checked yet. */
export interface Approval {
  /** Digest of the plan. */
  readonly digest: string;
  /** When the consent ends, in milliseconds since 1970; not a number when the item does not say. */
  readonly expires: number;
  readonly approvedBy: string;
}

/** Reads the item of an approval leniently: what it lacks is told only when it would matter. */
export function approvalIn(item: Readonly<Record<string, AttributeValue>>): Approval {
  return {
    digest: excerpt(item[ATTRIBUTES.ips]?.S ?? ""),
    expires: Number(item[APPROVAL.expires]?.N ?? NaN) * 1000,
    approvedBy: excerpt(item[APPROVAL.approvedBy]?.S ?? "unknown"),
  };
}

/** Why an approval counts for nothing at `now` (milliseconds since 1970), or nothing when it is in force. */
export function approvalFault({ expires }: Approval, now: number): string | undefined {
  if (Number.isNaN(expires)) return `it has no number "${APPROVAL.expires}": seconds since 1970 at which it ends`;
  if (expires <= now) return "it has expired";
  if (expires > now + APPROVAL.maxHours * 60 * 60 * 1000) return `it ends later than in ${APPROVAL.maxHours} hours`;
  return undefined;
}
