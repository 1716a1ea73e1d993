import { APPROVAL, FAMILIES, KNOWLEDGE_KEYS, METRICS, type Family } from "./contract";
import type { Verdict } from "./guard";
import type { Rejections } from "./items";
import { excerpt, firstFew, type Log } from "./log";
import type { Metric } from "./metrics";
import type { Refusal } from "./placement";
import type { Plan } from "./plan";

/** Refusals with a record of their own; the rest is a number, so that one bad writer cannot fill the log. */
const MAX_RECORDS = 100;

/**
 * Records what needs a person.
 *
 * @param knowledgeBucket where the record of a waiting plan sends people for its addresses
 */
export function recordFindings(plan: Plan, rejections: Rejections, knowledgeBucket: string, log: Log): void {
  for (const { cluster, entry, reason } of rejections.first) {
    log("warn", "entry-rejected", { cluster: cluster && excerpt(cluster), entry, reason });
  }
  if (rejections.count > rejections.first.length) {
    log("warn", "entries-rejected", { count: rejections.count, shown: rejections.first.length });
  }

  const refusals = refusalsOf(plan);
  for (const { cluster, family, addresses } of refusals.slice(0, MAX_RECORDS)) {
    log("error", "addresses-refused", {
      cluster: excerpt(cluster),
      family,
      count: addresses.length,
      first: firstFew(addresses),
      reason: `the IP sets are full: ${plan.fill[family].addresses} of ${plan.fill[family].capacity} addresses`,
    });
  }
  if (refusals.length > MAX_RECORDS) log("warn", "clusters-refused", { count: refusals.length, shown: MAX_RECORDS });

  recordHeld(plan.verdict, knowledgeBucket, log);
}

/** Measures the outcome of a pass that ended well. */
export function measureFindings(plan: Plan, rejections: Rejections): readonly Metric[] {
  const { verdict, fill } = plan;
  const held = count(METRICS.removalsHeld, verdict.kind === "held" ? verdict.addresses.length : 0);
  return [
    count(METRICS.rejectedEntries, rejections.count),
    count(METRICS.addressesRefused, new Set(refusalsOf(plan).flatMap(({ addresses }) => addresses)).size),
    held,
    ...(verdict.kind === "held" ? [{ ...held, of: { plan: verdict.digest } }] : []),
    ...FAMILIES.flatMap((family): readonly Metric[] => {
      const { addresses, capacity } = fill[family];
      return [
        { ...count(METRICS.addresses, addresses), of: { family } },
        { name: METRICS.setFillPercent, unit: "Percent", value: (100 * addresses) / capacity, of: { family } },
      ];
    }),
  ];
}

/** A metric that counts something. */
export function count(name: string, value: number): Metric {
  return { name, unit: "Count", value };
}

function refusalsOf({ placements }: Plan): readonly (Refusal & { readonly family: Family })[] {
  return FAMILIES.flatMap((family) => placements[family].refusals.map((refusal) => ({ family, ...refusal })));
}

/** What the guard holds, with all that an operator needs to consent. */
function recordHeld(verdict: Verdict, knowledgeBucket: string, log: Log): void {
  if (verdict.kind !== "held") return;
  const { digest, addresses, faults } = verdict;
  log("error", "removals-held", {
    message: `more would be removed than the guard allows: nothing is removed until an item "${APPROVAL.id}" approves this digest`,
    digest,
    count: addresses.length,
    first: firstFew(addresses),
    all: `s3://${knowledgeBucket}/${KNOWLEDGE_KEYS.plan(digest)}`,
  });
  for (const { approval, reason } of faults) {
    log("error", "approval-refused", { digest: approval.digest, approvedBy: approval.approvedBy, reason });
  }
}
