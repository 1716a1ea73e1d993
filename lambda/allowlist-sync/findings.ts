import { APPROVAL, FAMILIES, KNOWLEDGE_KEYS, METRICS } from "./contract";
import type { Verdict } from "./guard";
import type { Rejection } from "./items";
import { excerpt, firstFew, type Log } from "./log";
import type { Metric } from "./metrics";
import type { Plan } from "./plan";

/** Findings of one kind with a record of their own; the rest is a number, so that one bad writer cannot fill the log. */
const MAX_RECORDS = 100;

/**
 * Records what needs a person, and measures the outcome of a pass that ended well.
 *
 * @param knowledgeBucket where the record of a waiting plan sends people for its addresses
 */
export function settleFindings(
  plan: Plan,
  rejections: readonly Rejection[],
  knowledgeBucket: string,
  log: Log,
): readonly Metric[] {
  /** Records the first of many findings, and how many there are. */
  const few = <T>(findings: readonly T[], kind: string, record: (finding: T) => void): void => {
    findings.slice(0, MAX_RECORDS).forEach(record);
    if (findings.length > MAX_RECORDS) log("warn", kind, { count: findings.length, shown: MAX_RECORDS });
  };

  few(rejections, "entries-rejected", ({ cluster, entry, reason }) => {
    log("warn", "entry-rejected", { cluster: cluster && excerpt(cluster), entry, reason });
  });

  const refusals = FAMILIES.flatMap((family) =>
    plan.placements[family].refusals.map((refusal) => ({ family, ...refusal })),
  );
  few(refusals, "clusters-refused", ({ cluster, family, addresses }) => {
    log("error", "addresses-refused", {
      cluster: excerpt(cluster),
      family,
      count: addresses.length,
      first: firstFew(addresses),
      reason: `the IP sets are full: ${plan.fill[family].addresses} of ${plan.fill[family].capacity} addresses`,
    });
  });

  return [
    count(METRICS.rejectedEntries, rejections.length),
    count(METRICS.addressesRefused, new Set(refusals.flatMap(({ addresses }) => addresses)).size),
    ...holdings(plan.verdict, knowledgeBucket, log),
    ...FAMILIES.flatMap((family): readonly Metric[] => {
      const { addresses, capacity } = plan.fill[family];
      return [
        { ...count(METRICS.addresses, addresses), of: { family } },
        { name: METRICS.setFillPercent, unit: "Percent", value: (100 * addresses) / capacity, of: { family } },
      ];
    }),
  ];
}

/** What the guard holds, with all that an operator needs to consent. */
function holdings(verdict: Verdict, knowledgeBucket: string, log: Log): readonly Metric[] {
  if (verdict.kind !== "held") return [count(METRICS.removalsHeld, 0)];
  const { digest, addresses, faults } = verdict;
  log("error", "removals-held", {
    message: `more would be removed than the guard allows: nothing is removed until an item "${APPROVAL.id}" approves this digest`,
    digest,
    count: addresses.length,
    first: firstFew(addresses),
    all: `s3://${knowledgeBucket}/${KNOWLEDGE_KEYS.plan(digest)}`,
  });
  for (const { approval, reason } of faults) {
    log("error", "approval-refused", { digest, approvedBy: approval.approvedBy, reason });
  }
  const held = count(METRICS.removalsHeld, addresses.length);
  return [held, { ...held, of: { plan: digest } }];
}

/** A metric that counts something. */
export function count(name: string, value: number): Metric {
  return { name, unit: "Count", value };
}
