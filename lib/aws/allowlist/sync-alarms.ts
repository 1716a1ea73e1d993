import { Construct } from "constructs";

import { Alarm, type AlarmProps, type Metric, QueryAlarm } from "../alarm";
import type { SyncFunction } from "./sync-function";
import { familyMetric, type SyncMetrics, syncMetric, waitingPlansQuery } from "./sync-metrics";

/** How an operator sees what a waiting plan would remove, and consents to it. */
export interface WaitingPlan {
  /** Key of the plan in the bucket of knowledge, with a placeholder for its digest. */
  readonly key: string;
  /** Id of the item by which it is approved. */
  readonly approvalId: string;
}

/** Properties of {@link SyncAlarms}. */
export interface SyncAlarmsProps {
  /** Begins each alarm's name. */
  readonly name: string;
  readonly sync: SyncFunction;
  readonly metrics: SyncMetrics;
  readonly families: readonly string[];
  /** Sets of all families together: a change of each takes its time. */
  readonly setCount: number;
  readonly scheduleMinutes: number;
  readonly waitingPlan: WaitingPlan;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

type AlarmSpec = Omit<AlarmProps, "name" | "topicArns" | "statistic"> & Partial<Pick<AlarmProps, "statistic">>;

/** A change should be in force within seconds; after this long somebody should look. */
const SLOW_SECONDS = 120;

/** AWS admits one update of a set a second for the whole account: a change of many sets may take twice as long as that. */
const SLOW_SECONDS_PER_SET = 2;

/** The stream forgets after a day: an hour of standing still leaves time to act. */
const STANDING_STILL_MILLISECONDS = 60 * 60 * 1000;

/** Leaves 2,000 addresses of each set to find a way. */
const NEARLY_FULL_PERCENT = 80;

const SHORTEST_PERIOD_SECONDS = 300;

/**
 * What each pass finds anew for as long as it lasts. Between two passes nothing is measured and nothing has changed: an
 * alarm that took the gap for the end of it would go off again with every pass.
 */
const STATE = { missingData: "unchanged" } as const;

/** Alarms for what the allowlist cannot heal by itself. */
export class SyncAlarms extends Construct {
  constructor(scope: Construct, id: string, props: SyncAlarmsProps) {
    super(scope, id);
    for (const [alarm, spec] of Object.entries(alarmSpecs(props))) {
      new Alarm(this, alarm, {
        statistic: "Maximum",
        ...spec,
        name: `${props.name}-${alarm}`,
        topicArns: props.topicArns,
      });
    }
    const { name, sync, metrics, waitingPlan, scheduleMinutes, topicArns } = props;
    new QueryAlarm(this, "waiting-plan", {
      name: `${name}-waiting-plan`,
      description:
        "Names the digest of a plan that waits for an operator. What it would remove is listed in " +
        `s3://${sync.knowledgeBucket}/${waitingPlan.key}. If that is meant, approve the digest by the item ` +
        `${waitingPlan.approvalId}; if not, restore the table.`,
      query: waitingPlansQuery(metrics),
      threshold: 1,
      // However passes fall into them, one of three periods has one: what waits is never taken for gone, and what is gone soon is.
      periodSeconds: Math.max(scheduleMinutes * 60, SHORTEST_PERIOD_SECONDS),
      periods: 3,
      faultyPeriods: 1,
      topicArns,
    });
  }
}

function alarmSpecs({
  sync,
  metrics,
  families,
  setCount,
  scheduleMinutes,
  waitingPlan,
}: SyncAlarmsProps): Record<string, AlarmSpec> {
  const lambda = (name: string, dimensions: Metric["dimensions"]): Metric => ({
    namespace: "AWS/Lambda",
    name,
    dimensions,
  });
  const ofFunction = { FunctionName: sync.name };
  const setFill = families.map((family) => [
    `set-fill-${family}`,
    {
      description: `The ${family} sets are nearly full. Raise allowlist.capacity, join ranges or drop old clusters before addresses are refused.`,
      metric: familyMetric(metrics, "setFillPercent", family),
      threshold: NEARLY_FULL_PERCENT,
      ...STATE,
    },
  ]);
  return {
    "iterator-age": {
      description: "The table's stream is not being read. See the function's errors and throttles.",
      metric: lambda("IteratorAge", ofFunction),
      threshold: STANDING_STILL_MILLISECONDS,
    },
    errors: {
      description: "The function keeps failing. Its log says why; the sets stay as they are until it succeeds.",
      metric: lambda("Errors", ofFunction),
      statistic: "Sum",
      threshold: 1,
      // A period that is shorter than the schedule's would be without a failure in between.
      periodSeconds: Math.max(scheduleMinutes * 60, SHORTEST_PERIOD_SECONDS),
      periods: 3,
    },
    "failure-destination": {
      description:
        "A batch failed three times and lies in the bucket of failures. The next pass does its work; find the cause.",
      metric: lambda("OnFailureDestinationDeliveredEventCount", { EventSourceMappingUUID: sync.eventSourceMappingId }),
      statistic: "Sum",
      threshold: 1,
    },
    "no-pass": {
      description:
        "No pass has succeeded for three periods of the schedule: the allowlist is no longer kept up to date.",
      metric: syncMetric(metrics, "passSucceeded"),
      statistic: "Sum",
      threshold: 1,
      below: true,
      periodSeconds: scheduleMinutes * 60,
      periods: 3,
      missingData: "fault",
    },
    "sync-lag": {
      description: "A change of the table took long to reach the WAF. See throttles and lock conflicts.",
      metric: syncMetric(metrics, "syncLagSeconds"),
      threshold: SLOW_SECONDS + SLOW_SECONDS_PER_SET * setCount,
    },
    "rejected-entries": {
      description: "The table holds entries that cannot be admitted. The log names cluster, entry and reason.",
      metric: syncMetric(metrics, "rejectedEntries"),
      threshold: 1,
      ...STATE,
    },
    "removals-held": {
      description:
        "A removal was too large and waits for an operator. The log's record removals-held has the digest of the plan, and so has the " +
        `dimension Plan of this metric. If it is meant, approve the digest by the item ${waitingPlan.approvalId}.`,
      metric: syncMetric(metrics, "removalsHeld"),
      threshold: 1,
      ...STATE,
    },
    "addresses-refused": {
      description:
        "All sets of a family are full: addresses are missing from the WAF. The log names the clusters. Raise allowlist.capacity.",
      metric: syncMetric(metrics, "addressesRefused"),
      threshold: 1,
      ...STATE,
    },
    drift: {
      description:
        "A managed set is gone, or held what somebody else had put there. It was repaired, unless waiting-plan fires too; find out who.",
      metric: syncMetric(metrics, "drift"),
      threshold: 1,
    },
    ...(Object.fromEntries(setFill) as Record<string, AlarmSpec>),
  };
}
