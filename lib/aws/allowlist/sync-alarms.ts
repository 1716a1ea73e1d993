import { Construct } from "constructs";

import { Alarm, type AlarmProps, type Metric } from "../alarm";
import type { SyncFunction } from "./sync-function";
import { familyMetric, type SyncMetrics, syncMetric } from "./sync-metrics";

/** Properties of {@link SyncAlarms}. */
export interface SyncAlarmsProps {
  /** Begins each alarm's name. */
  readonly name: string;
  readonly sync: SyncFunction;
  readonly metrics: SyncMetrics;
  readonly families: readonly string[];
  readonly scheduleMinutes: number;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

type AlarmSpec = Omit<AlarmProps, "name" | "topicArns" | "statistic"> & Partial<Pick<AlarmProps, "statistic">>;

/** A change should be in force within seconds; after this long somebody should look. */
const SLOW_SECONDS = 120;

/** The stream forgets after a day: an hour of standing still leaves time to act. */
const STANDING_STILL_MILLISECONDS = 60 * 60 * 1000;

/** Leaves 2,000 addresses to find a way. */
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
  }
}

function alarmSpecs({ sync, metrics, families, scheduleMinutes }: SyncAlarmsProps): Record<string, AlarmSpec> {
  const lambda = (name: string, dimensions: Metric["dimensions"]): Metric => ({
    namespace: "AWS/Lambda",
    name,
    dimensions,
  });
  const ofFunction = { FunctionName: sync.name };
  const setFill = families.map((family) => [
    `set-fill-${family}`,
    {
      description: `The ${family} set is nearly full. Join neighbouring ranges or drop old clusters before addresses are refused.`,
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
      threshold: SLOW_SECONDS,
    },
    "rejected-entries": {
      description: "The table holds entries that cannot be admitted. The log names cluster, entry and reason.",
      metric: syncMetric(metrics, "rejectedEntries"),
      threshold: 1,
      ...STATE,
    },
    "removals-held": {
      description: "A removal was too large and waits. If it is meant, raise allowlist.guard for as long as it takes.",
      metric: syncMetric(metrics, "removalsHeld"),
      threshold: 1,
      ...STATE,
    },
    "addresses-refused": {
      description: "The set is full: addresses are missing from the WAF. The log names the clusters.",
      metric: syncMetric(metrics, "addressesRefused"),
      threshold: 1,
      ...STATE,
    },
    drift: {
      description: "Somebody else edited a managed set. It was repaired; find out who.",
      metric: syncMetric(metrics, "drift"),
      threshold: 1,
    },
    ...(Object.fromEntries(setFill) as Record<string, AlarmSpec>),
  };
}
