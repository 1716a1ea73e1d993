import { CloudwatchLogMetricFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-metric-filter";
import { Construct } from "constructs";

import { Alarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";

/** Records of the access log that one metric counts: those whose field has this value, in which `*` at the end is anything. */
export interface CountedRecords {
  readonly metric: string;
  readonly field: string;
  readonly value: string | number;
}

/** Records that are counted, and what a legend calls them. */
export interface LabelledRecords extends CountedRecords {
  readonly label: string;
}

/** Properties of {@link ProxyLogMetrics}. */
export interface ProxyLogMetricsProps {
  /** Full name: ends the metrics' namespace `Ringfence/<name>`, and begins the alarm's name. */
  readonly name: string;
  /** Where the proxies write their access log, a line of JSON for each request. */
  readonly logGroupName: string;
  /** Answered 503, because nothing leaves without a signature. */
  readonly unsigned: CountedRecords;
  /** What else could not be passed on, by ids that stay. */
  readonly further: Readonly<Record<string, LabelledRecords>>;
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
    const { name, logGroupName, topicArns } = props;
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
    const unsigned = count("unsigned", props.unsigned);
    this.widget = {
      title: "What the proxies could not pass on",
      metrics: [
        { ...unsigned, label: "not signed" },
        ...Object.entries(props.further).map(([key, { label, ...counted }]) => ({ ...count(key, counted), label })),
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
