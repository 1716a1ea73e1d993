import type { Clock } from "./clock";
import { METRICS } from "./contract";
import { addressesIn, parseDescription, textDigest } from "./description";
import { count, measureFindings, recordFindings } from "./findings";
import type { HeldSet, HoldingsReporter } from "./holdings";
import type { Rejections } from "./items";
import { excerpt, firstFew, type Fields, type Log } from "./log";
import type { EmitMetrics, Metric } from "./metrics";
import type { SetChange } from "./placement";
import type { Plan } from "./plan";
import type { Trigger } from "./trigger";

/** Hears what happens during a pass and turns it into records and metrics. */
export interface Reporter extends HoldingsReporter {
  lockConflict(message: string): void;
  /** WAF refused a call because the account's rate was used up. */
  throttled(what: string): void;
  /** What a look at the table decided, before it writes. A later look replaces the findings of an earlier one. */
  findings(plan: Plan, rejections: Rejections): void;
  setChanged(before: HeldSet, after: HeldSet, change: SetChange): void;
  /** How many sets were written so far. */
  changes(): number;
  /** Knowledge that could not be read or stored; it will be read from WAF instead. */
  knowledgeFaults(messages: readonly string[]): void;
  /** Ends the pass well. */
  succeeded(): void;
  /** Ends the pass with what made it fail. */
  failed(error: unknown): void;
}

/** What a reporter works with. */
export interface ReporterDependencies {
  readonly trigger: Trigger;
  readonly log: Log;
  readonly emit: EmitMetrics;
  readonly clock: Clock;
  /** Where the record of a waiting plan tells people to look for its addresses. */
  readonly knowledgeBucket: string;
}

/** A reporter for one pass. */
export function createReporter({ trigger, log, emit, clock, knowledgeBucket }: ReporterDependencies): Reporter {
  let conflicts = 0;
  let throttles = 0;
  let reads = 0;
  let changes = 0;
  let isApprovalRecorded = false;
  let found: { readonly plan: Plan; readonly rejections: Rejections } | undefined;
  const drifted = new Set<string>();

  const always = (succeeded: boolean): readonly Metric[] => {
    const lag = trigger.oldestChange === undefined ? 0 : Math.max(0, clock.now() - trigger.oldestChange) / 1000;
    return [
      count(METRICS.passSucceeded, succeeded ? 1 : 0),
      { name: METRICS.syncLagSeconds, unit: "Seconds", value: lag },
      count(METRICS.lockConflicts, conflicts),
      count(METRICS.throttles, throttles),
      count(METRICS.setsRead, reads),
      count(METRICS.setsChanged, changes),
      count(METRICS.drift, drifted.size),
    ];
  };

  return {
    lockConflict(message) {
      conflicts += 1;
      log("warn", "lock-conflict", { message });
    },

    throttled(what) {
      throttles += 1;
      // The first tells that somebody else uses the account's rate; the metric counts the others.
      if (throttles === 1) log("warn", "throttled", { message: `WAF refused ${what}: the account's rate is used up` });
    },

    setRead() {
      reads += 1;
    },

    setsMissing(names) {
      const fresh = names.filter((name) => !drifted.has(name));
      for (const name of fresh) drifted.add(name);
      const message = "somebody deleted these IP sets: deploy the stack again";
      if (fresh.length > 0) log("error", "sets-missing", { message, count: fresh.length, sets: firstFew(fresh) });
    },

    drift(set, text, expected) {
      drifted.add(set.name);
      const written = parseDescription(set.description);
      log("warn", "drift-found", {
        set: set.name,
        digestWritten: written?.digest,
        countWritten: written?.count,
        digestFound: textDigest(text),
        countFound: addressesIn(text).length,
        ...(expected === undefined ? {} : differences(addressesIn(expected), addressesIn(text))),
      });
    },

    findings(plan, rejections) {
      found = { plan, rejections };
      if (plan.verdict.kind === "approved" && !isApprovalRecorded) {
        isApprovalRecorded = true;
        const { approval, count: removals } = plan.verdict;
        log("warn", "removals-approved", {
          digest: approval.digest,
          approvedBy: approval.approvedBy,
          expires: new Date(approval.expires).toISOString(),
          count: removals,
        });
      }
    },

    setChanged(before, after, change) {
      changes += 1;
      const clusters = [...new Set([...change.clusters, ...trigger.clusters])].sort();
      log("info", "set-changed", {
        set: after.listed.name,
        cause: trigger.cause,
        clusters: firstFew(clusters).map(excerpt),
        clusterCount: clusters.length,
        added: change.added.length,
        firstAdded: firstFew(change.added),
        removed: change.removed.length,
        firstRemoved: firstFew(change.removed),
        digestBefore: textDigest(before.text),
        digestAfter: textDigest(after.text),
      });
    },

    changes: () => changes,

    knowledgeFaults(messages) {
      if (messages.length === 0) return;
      const message = "what the function knows of the sets was not read or stored: it will be read from WAF again";
      log("warn", "knowledge-lost", { message, count: messages.length, first: firstFew(messages) });
    },

    succeeded() {
      if (found !== undefined) recordFindings(found.plan, found.rejections, knowledgeBucket, log);
      emit([...always(true), ...(found === undefined ? [] : measureFindings(found.plan, found.rejections))]);
    },

    failed(error) {
      // The message only: a stack or a whole error object may carry the request, and the runtime logs the rest.
      const { name, message } = error instanceof Error ? error : { name: "unknown", message: String(error) };
      log("error", "pass-failed", { cause: trigger.cause, error: name, message });
      if (found !== undefined) recordFindings(found.plan, found.rejections, knowledgeBucket, log);
      emit(always(false));
    },
  };
}

function differences(expected: readonly string[], found: readonly string[]): Fields {
  const without = (addresses: readonly string[], others: readonly string[]): readonly string[] => {
    const known = new Set(others);
    return addresses.filter((address) => !known.has(address));
  };
  const foreign = without(found, expected);
  const missing = without(expected, found);
  return {
    foreign: foreign.length,
    firstForeign: firstFew(foreign),
    missing: missing.length,
    firstMissing: firstFew(missing),
  };
}
