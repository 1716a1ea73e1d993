import type { Clock } from "./clock";
import { FAMILIES, MAX_ADDRESSES_PER_SET, METRICS, type Family } from "./contract";
import { contentDigest, parseDescription } from "./description";
import type { Rejection } from "./items";
import { excerpt, firstFew, type Log } from "./log";
import type { EmitMetrics, Metric } from "./metrics";
import type { Plan, SetPlan } from "./plan";
import type { Trigger } from "./trigger";
import type { ListedSet } from "./waf";

/** Hears what happens during a pass and turns it into records and metrics. */
export interface Reporter {
  lockConflict(message: string): void;
  /** Managed sets that this version leaves alone. */
  unusedSets(names: readonly string[]): void;
  /** A set that does not hold what this function had written. */
  drift(set: ListedSet, content: ReadonlySet<string>, wanted: ReadonlySet<string>): void;
  /** What a round decided, before it writes. A later round replaces the findings of an earlier one. */
  findings(plan: Plan, rejections: readonly Rejection[]): void;
  setChanged(set: ListedSet, plan: SetPlan, before: ReadonlySet<string>): void;
  /** Ends the pass well. */
  succeeded(): void;
  /** Ends the pass with what made it fail. */
  failed(error: unknown): void;
}

/** Findings of one kind with a record of their own; the rest is a number, so that one bad writer cannot fill the log. */
const MAX_RECORDS = 100;

/** A reporter for one pass. */
export function createReporter(trigger: Trigger, log: Log, emit: EmitMetrics, clock: Clock): Reporter {
  let conflicts = 0;
  let changes = 0;
  let found: { readonly plan: Plan; readonly rejections: readonly Rejection[] } | undefined;
  const drifted = new Set<string>();
  let unused: readonly string[] = [];

  const always = (succeeded: boolean): readonly Metric[] => {
    const lag = trigger.oldestChange === undefined ? 0 : Math.max(0, clock.now() - trigger.oldestChange) / 1000;
    return [
      count(METRICS.passSucceeded, succeeded ? 1 : 0),
      { name: METRICS.syncLagSeconds, unit: "Seconds", value: lag },
      count(METRICS.lockConflicts, conflicts),
      count(METRICS.setsChanged, changes),
      count(METRICS.drift, drifted.size),
    ];
  };

  return {
    lockConflict(message) {
      conflicts += 1;
      log("warn", "lock-conflict", { message });
    },

    unusedSets(names) {
      // Once a pass, however many rounds it takes.
      if (names.length > 0 && unused.length === 0) {
        const message = "this version writes one set per address family and leaves the others as they are: empty";
        log("warn", "sets-unused", { message, count: names.length, sets: firstFew(names) });
      }
      unused = names;
    },

    drift(set, content, wanted) {
      drifted.add(set.name);
      const foreign = [...content].filter((address) => !wanted.has(address)).sort();
      const missing = [...wanted].filter((address) => !content.has(address)).sort();
      const written = parseDescription(set.description);
      log("warn", "drift-found", {
        set: set.name,
        digestWritten: written?.digest,
        countWritten: written?.count,
        digestFound: contentDigest(content),
        countFound: content.size,
        foreign: foreign.length,
        firstForeign: firstFew(foreign),
        missing: missing.length,
        firstMissing: firstFew(missing),
      });
    },

    findings(plan, rejections) {
      found = { plan, rejections };
    },

    setChanged(set, plan, before) {
      changes += 1;
      log("info", "set-changed", {
        set: set.name,
        cause: trigger.cause,
        clusters: firstFew(trigger.clusters).map(excerpt),
        clusterCount: trigger.clusters.length,
        added: plan.added.length,
        firstAdded: firstFew(plan.added),
        removed: plan.removed.length,
        firstRemoved: firstFew(plan.removed),
        digestBefore: contentDigest(before),
        digestAfter: contentDigest(plan.target),
      });
    },

    succeeded() {
      emit([...always(true), ...(found === undefined ? [] : settle(found, log))]);
    },

    failed(error) {
      // The message only: a stack or a whole error object may carry the request, and the runtime logs the rest.
      const { name, message } = error instanceof Error ? error : { name: "unknown", message: String(error) };
      log("error", "pass-failed", { cause: trigger.cause, error: name, message });
      emit(always(false));
    },
  };
}

/** Records what needs a person, and measures the outcome. */
function settle({ plan, rejections }: { plan: Plan; rejections: readonly Rejection[] }, log: Log): readonly Metric[] {
  /** Records the first of many findings, and how many there are. */
  const few = <T>(findings: readonly T[], kind: string, record: (finding: T) => void): void => {
    findings.slice(0, MAX_RECORDS).forEach(record);
    if (findings.length > MAX_RECORDS) log("warn", kind, { count: findings.length, shown: MAX_RECORDS });
  };

  few(rejections, "entries-rejected", ({ cluster, entry, reason }) => {
    log("warn", "entry-rejected", { cluster: cluster && excerpt(cluster), entry, reason });
  });

  const held = plan.sets.flatMap((set) => set.held);
  if (plan.guardHolds) {
    const message = "more would be removed than the guard allows: nothing is removed until its limits are raised";
    log("error", "removals-held", { message, count: held.length, first: firstFew(held) });
  }

  const refusals = plan.sets.flatMap((set) => set.refusals);
  few(refusals, "clusters-refused", ({ cluster, family, addresses }) => {
    log("error", "addresses-refused", {
      cluster: excerpt(cluster),
      family,
      count: addresses.length,
      first: firstFew(addresses),
      reason: `the IP set is full: ${MAX_ADDRESSES_PER_SET} addresses`,
    });
  });

  const size = new Map(plan.sets.map((set): [Family, number] => [set.family, set.target.size]));
  return [
    count(METRICS.rejectedEntries, rejections.length),
    count(METRICS.removalsHeld, held.length),
    count(METRICS.addressesRefused, new Set(refusals.flatMap(({ addresses }) => addresses)).size),
    ...FAMILIES.flatMap((family): readonly Metric[] => {
      const addresses = size.get(family) ?? 0;
      return [
        { ...count(METRICS.addresses, addresses), family },
        { name: METRICS.setFillPercent, unit: "Percent", value: (100 * addresses) / MAX_ADDRESSES_PER_SET, family },
      ];
    }),
  ];
}

function count(name: string, value: number): Metric {
  return { name, unit: "Count", value };
}
