import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";

import { Alarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";

/** What proxies into VPC Lattice could not pass on, by how their access log says it: patterns of CloudWatch Logs. */
export interface ProxyLogPatterns {
  /** Answered 503, because nothing leaves without a signature. */
  readonly unsigned: string;
  /** The service was not reached, or the connection to it broke. */
  readonly unreached: string;
  /** Let through by what stands in front, for a host that the proxy does not know. */
  readonly unknownHosts: string;
}

/** Properties of {@link ProxyLogMetrics}. */
export interface ProxyLogMetricsProps {
  /** Full name: ends the metrics' namespace `Ringfence/<name>`, and begins the alarm's name. */
  readonly name: string;
  /** Where the proxies write their access log, a line of JSON for each request. */
  readonly logGroupName: string;
  readonly patterns: ProxyLogPatterns;
  /** What requests without a signature mean, for whoever is woken by them. */
  readonly unsignedMeans: string;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

/** A proxy that just lost its credentials answers this many at once; one or two may meet one that is starting. */
const UNSIGNED_THAT_COUNT = 5;

/** Metrics out of the access log of proxies into VPC Lattice, and an alarm for requests that could not be signed. */
export class ProxyLogMetrics extends Construct {
  /** For a dashboard. */
  readonly widget: Widget;

  constructor(scope: Construct, id: string, props: ProxyLogMetricsProps) {
    super(scope, id);
    const { name, logGroupName, patterns, topicArns } = props;
    const namespace = `Ringfence/${name}`;
    const count = (key: string, metric: string, pattern: string): Metric => {
      new CloudwatchLogMetricFilter(this, key, {
        name: `${name}-${key}`,
        logGroupName,
        pattern,
        metricTransformation: { namespace, name: metric, value: "1", defaultValue: "0", unit: "Count" },
      });
      return { namespace, name: metric, dimensions: {} };
    };
    const unsigned = count("unsigned", "UnsignedRequests", patterns.unsigned);
    this.widget = {
      title: "What the proxies could not pass on",
      metrics: [
        { ...unsigned, label: "not signed" },
        { ...count("unreached", "UpstreamFailures", patterns.unreached), label: "service not reached" },
        { ...count("unknown-hosts", "UnknownHosts", patterns.unknownHosts), label: "unknown host" },
      ],
      statistic: "Sum",
    };
    new Alarm(this, "unsigned-requests", {
      name: `${name}-unsigned-requests`,
      description: props.unsignedMeans,
      metric: unsigned,
      statistic: "Sum",
      threshold: UNSIGNED_THAT_COUNT,
      topicArns,
    });
  }
}
