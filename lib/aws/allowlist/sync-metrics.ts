import type { Metric } from "../alarm";

/** What the function publishes; names come from its contract. */
export interface SyncMetrics {
  readonly namespace: string;
  /** Dimension that names the environment. */
  readonly environmentDimension: { readonly name: string; readonly value: string };
  /** Name of the dimension that tells address families apart. */
  readonly familyDimension: string;
  /** Name of the dimension that tells waiting plans apart, by their digests. */
  readonly planDimension: string;
  readonly names: Readonly<
    Record<
      | "passSucceeded"
      | "syncLagSeconds"
      | "rejectedEntries"
      | "removalsHeld"
      | "addressesRefused"
      | "drift"
      | "setsChanged"
      | "lockConflicts"
      | "throttles"
      | "setsRead"
      | "addresses"
      | "setFillPercent",
      string
    >
  >;
}

/** A metric of the whole environment. */
export function syncMetric(metrics: SyncMetrics, name: keyof SyncMetrics["names"]): Metric {
  const { name: dimension, value } = metrics.environmentDimension;
  return { namespace: metrics.namespace, name: metrics.names[name], dimensions: { [dimension]: value } };
}

/** A metric of one address family. */
export function familyMetric(metrics: SyncMetrics, name: "addresses" | "setFillPercent", family: string): Metric {
  const metric = syncMetric(metrics, name);
  return { ...metric, dimensions: { ...metric.dimensions, [metrics.familyDimension]: family } };
}

/**
 * A query for the held removals of each waiting plan. Names stand in double quotation marks, since some are keywords, and values in
 * single ones (Amazon CloudWatch User Guide, "Query components and syntax in CloudWatch Metrics Insights").
 */
export function waitingPlansQuery({ namespace, names, environmentDimension, planDimension }: SyncMetrics): string {
  const { name: environment, value } = environmentDimension;
  return [
    `SELECT MAX("${names.removalsHeld}")`,
    `FROM SCHEMA("${namespace}", "${environment}", "${planDimension}")`,
    `WHERE "${environment}" = '${value}'`,
    `GROUP BY "${planDimension}"`,
  ].join(" ");
}
