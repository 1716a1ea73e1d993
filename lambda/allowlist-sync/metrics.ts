import type { Clock } from "./clock";
import { DIMENSIONS, FAMILIES, type Family } from "./contract";
import type { WriteLine } from "./log";

/** One value of a pass. */
export interface Metric {
  readonly name: string;
  /** A unit name of CloudWatch. */
  readonly unit: "Count" | "Seconds" | "Percent";
  readonly value: number;
  /** Set when the value is that of one family; becomes a dimension. */
  readonly family?: Family;
}

/** Hands metrics to CloudWatch. */
export type EmitMetrics = (metrics: readonly Metric[]) => void;

/**
 * Emits metrics through the log (CloudWatch Embedded Metric Format): no call to wait for, to pay for or to fail.
 * One line for the metrics of the whole environment and one for each family, since dimensions belong to a line.
 */
export function createMetrics(
  write: WriteLine,
  clock: Clock,
  names: { readonly namespace: string; readonly environment: string },
): EmitMetrics {
  return (metrics) => {
    for (const family of [undefined, ...FAMILIES]) {
      const chosen = metrics.filter((metric) => metric.family === family);
      if (chosen.length === 0) continue;
      const dimensions = {
        [DIMENSIONS.environment]: names.environment,
        ...(family === undefined ? {} : { [DIMENSIONS.family]: family }),
      };
      const directive = {
        Namespace: names.namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: chosen.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      };
      write(
        JSON.stringify({
          _aws: { Timestamp: clock.now(), CloudWatchMetrics: [directive] },
          ...dimensions,
          ...Object.fromEntries(chosen.map(({ name, value }) => [name, value])),
        }),
      );
    }
  };
}
