import type { Clock } from "./clock";
import { DIMENSIONS, type Family } from "./contract";
import type { WriteLine } from "./log";

/** One value of a pass. */
export interface Metric {
  readonly name: string;
  /** A unit name of CloudWatch. */
  readonly unit: "Count" | "Seconds" | "Percent";
  readonly value: number;
  /** Set when the value is that of one family or one waiting plan; becomes a dimension. */
  readonly of?: { readonly family: Family } | { readonly plan: string };
}

/** Hands metrics to CloudWatch. */
export type EmitMetrics = (metrics: readonly Metric[]) => void;

/**
 * Emits metrics through the log (CloudWatch Embedded Metric Format): no call to wait for, to pay for or to fail.
 * One line for the metrics of the whole environment and one for each family or plan, since dimensions belong to a line.
 */
export function createMetrics(
  write: WriteLine,
  clock: Clock,
  names: { readonly namespace: string; readonly environment: string },
): EmitMetrics {
  return (metrics) => {
    const lines = new Map<string, Metric[]>();
    for (const metric of metrics) {
      const key = JSON.stringify(metric.of);
      lines.set(key, [...(lines.get(key) ?? []), metric]);
    }
    for (const line of lines.values()) {
      const dimensions = { [DIMENSIONS.environment]: names.environment, ...dimensionOf(line[0]) };
      const directive = {
        Namespace: names.namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: line.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      };
      write(
        JSON.stringify({
          _aws: { Timestamp: clock.now(), CloudWatchMetrics: [directive] },
          ...dimensions,
          ...Object.fromEntries(line.map(({ name, value }) => [name, value])),
        }),
      );
    }
  };
}

function dimensionOf(metric: Metric | undefined): Readonly<Record<string, string>> {
  if (metric?.of === undefined) return {};
  return "family" in metric.of ? { [DIMENSIONS.family]: metric.of.family } : { [DIMENSIONS.plan]: metric.of.plan };
}
