import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** One metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** `p99`: the value that 99 of 100 measurements do not exceed. */
export type Percentile = `p${number}`;

/** How the measurements of a period become one value (Amazon CloudWatch User Guide, "CloudWatch statistics definitions"). */
export type Statistic = "Average" | "Maximum" | "Minimum" | "Sum" | Percentile;

/** When an alarm fires, what it says then, and to whom. */
export interface AlarmConditions {
  readonly name: string;
  /** What has happened and what to do, for whoever is woken by it. */
  readonly description: string;
  /** Fires at or above this value; with `below`, under it. */
  readonly threshold: number;
  /** Fires under the threshold. @default false */
  readonly below?: boolean;
  /** @default 300 */
  readonly periodSeconds?: number;
  /** Periods that it looks back at. @default 1 */
  readonly periods?: number;
  /** How many of them must be at fault. @default - all */
  readonly faultyPeriods?: number;
  /**
   * What no data means: that nothing is wrong, that something is, or that nothing has changed, for a state that is measured
   * less often than the alarm looks. @default "fine"
   */
  readonly missingData?: keyof typeof MISSING_DATA;
  /** SNS topics told when it fires and when it ends. */
  readonly topicArns: readonly string[];
  /** What must be there before its firing means anything. @default - nothing */
  readonly after?: readonly ITerraformDependable[];
}

/** Properties of an {@link Alarm}. */
export interface AlarmProps extends AlarmConditions {
  readonly metric: Metric;
  readonly statistic: Statistic;
}

/** Properties of a {@link MathAlarm}. */
export interface MathAlarmProps extends AlarmConditions {
  /**
   * What is compared with the threshold, from the names of `metrics`. Its operators take a value that is missing for 0, and a
   * division by 0 leaves none (Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics").
   */
  readonly expression: string;
  /** The metrics by their names in the expression: a small letter first, then letters, digits and underscores. */
  readonly metrics: Readonly<Record<string, Pick<AlarmProps, "metric" | "statistic">>>;
}

/** Properties of a {@link QueryAlarm}. */
export interface QueryAlarmProps extends AlarmConditions {
  /**
   * A query of CloudWatch Metrics Insights. With `GROUP BY`, each group fires and ends by itself, and a group that is gone has
   * ended (Amazon CloudWatch User Guide, "Create an alarm based on a Multi Time Series Metrics Insights query").
   */
  readonly query: string;
}

/** Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data". */
const MISSING_DATA = { fine: "notBreaching", fault: "breaching", unchanged: "ignore" } as const;

const DEFAULT_PERIOD_SECONDS = 300;

/** An alarm that says what to do. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    new CloudwatchMetricAlarm(this, "Resource", {
      ...conditions(props),
      namespace: props.metric.namespace,
      metricName: props.metric.name,
      dimensions: { ...props.metric.dimensions },
      ...(isPercentile(props.statistic) ? { extendedStatistic: props.statistic } : { statistic: props.statistic }),
      period: props.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
    });
  }
}

/** An alarm over what is calculated from several metrics: a share, a difference. */
export class MathAlarm extends Construct {
  constructor(scope: Construct, id: string, props: MathAlarmProps) {
    super(scope, id);
    new CloudwatchMetricAlarm(this, "Resource", {
      ...conditions(props),
      metricQuery: [
        { id: "result", expression: props.expression, returnData: true },
        ...Object.entries(props.metrics).map(([name, { metric, statistic }]) => ({
          id: name,
          returnData: false,
          metric: {
            namespace: metric.namespace,
            metricName: metric.name,
            dimensions: { ...metric.dimensions },
            stat: statistic,
            period: props.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
          },
        })),
      ],
    });
  }
}

/** An alarm over metrics that have no names beforehand: what the query finds is told apart in what the alarm says. */
export class QueryAlarm extends Construct {
  constructor(scope: Construct, id: string, props: QueryAlarmProps) {
    super(scope, id);
    new CloudwatchMetricAlarm(this, "Resource", {
      ...conditions(props),
      metricQuery: [
        {
          id: "query",
          expression: props.query,
          period: props.periodSeconds ?? DEFAULT_PERIOD_SECONDS,
          returnData: true,
        },
      ],
    });
  }
}

function isPercentile(statistic: Statistic): statistic is Percentile {
  return statistic.startsWith("p");
}

function conditions(props: AlarmConditions) {
  return {
    alarmName: props.name,
    alarmDescription: props.description,
    comparisonOperator: props.below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
    threshold: props.threshold,
    evaluationPeriods: props.periods ?? 1,
    datapointsToAlarm: props.faultyPeriods,
    treatMissingData: MISSING_DATA[props.missingData ?? "fine"],
    alarmActions: [...props.topicArns],
    okActions: [...props.topicArns],
    dependsOn: props.after && [...props.after],
  };
}
