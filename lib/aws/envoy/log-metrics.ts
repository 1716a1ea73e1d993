import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";

import { Alarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";

/** Properties of {@link EnvoyLogMetrics}. */
export interface EnvoyLogMetricsProps {
  /** Full name of the fleet: ends the metrics' namespace `Ringfence/<name>`, and begins the alarm's name. */
  readonly name: string;
  /** Where the proxies write their access log. */
  readonly logGroupName: string;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

/** Records of the access log that one metric counts: those whose field has this value, in which `*` at the end is anything. */
export interface CountedRecords {
  readonly metric: string;
  readonly field: string;
  readonly value: string | number;
}

/**
 * What only the proxies know of requests, and no metric of AWS tells. The values are Envoy's (Envoy documentation, "Access logging",
 * RESPONSE_CODE_DETAILS and RESPONSE_FLAGS).
 */
export const COUNTED = {
  /** Answered 503 by the script that lets nothing leave without a signature. */
  unsigned: { metric: "UnsignedRequests", field: "details", value: "lua_response" },
  /** The service was not reached, or the connection to it broke: each of these flags begins with U, for upstream. */
  unreached: { metric: "UpstreamFailures", field: "flags", value: "U*" },
  /** Let through by the load balancer for a host that this proxy does not know: one of the two is older. */
  unknownHosts: { metric: "UnknownHosts", field: "status", value: 421 },
} as const satisfies Readonly<Record<string, CountedRecords>>;

/** A task that just lost its credentials answers this many at once; one or two may meet a task that is starting. */
const UNSIGNED_THAT_COUNT = 5;

/** Metrics out of the proxies' access log, and an alarm for requests that could not be signed. */
export class EnvoyLogMetrics extends Construct {
  /** For a dashboard. */
  readonly widget: Widget;

  constructor(scope: Construct, id: string, { name, logGroupName, topicArns }: EnvoyLogMetricsProps) {
    super(scope, id);
    const namespace = `Ringfence/${name}`;
    const count = (key: string, { metric, field, value }: CountedRecords): Metric => {
      new CloudwatchLogMetricFilter(this, key, {
        name: `${name}-${key}`,
        logGroupName,
        pattern: `{ $.${field} = ${JSON.stringify(value)} }`,
        metricTransformation: { namespace, name: metric, value: "1", defaultValue: "0", unit: "Count" },
      });
      return { namespace, name: metric, dimensions: {} };
    };
    const unsigned = count("unsigned", COUNTED.unsigned);
    this.widget = {
      title: "What the proxies could not pass on",
      metrics: [
        { ...unsigned, label: "not signed" },
        { ...count("unreached", COUNTED.unreached), label: "service not reached" },
        { ...count("unknown-hosts", COUNTED.unknownHosts), label: "unknown host" },
      ],
      statistic: "Sum",
    };
    new Alarm(this, "unsigned-requests", {
      name: `${name}-unsigned-requests`,
      description:
        "Proxies had no credentials to sign with, and answered 503 for it: nothing leaves unsigned. Their log names the task " +
        '(details "lua_response") and what came of fetching credentials. Stop such a task, and see whether its role still exists.',
      metric: unsigned,
      statistic: "Sum",
      threshold: UNSIGNED_THAT_COUNT,
      topicArns,
    });
  }
}
