import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";

/** One metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Properties of an {@link Alarm}. */
export interface AlarmProps {
  readonly name: string;
  /** What has happened and what to do, for whoever is woken by it. */
  readonly description: string;
  readonly metric: Metric;
  readonly statistic: "Maximum" | "Sum";
  /** Fires at or above this value; with `below`, under it. */
  readonly threshold: number;
  /** Fires under the threshold. @default false */
  readonly below?: boolean;
  /** @default 300 */
  readonly periodSeconds?: number;
  /** Periods in a row that must be at fault. @default 1 */
  readonly periods?: number;
  /**
   * What no data means: that nothing is wrong, that something is, or that nothing has changed, for a state that is measured
   * less often than the alarm looks. @default "fine"
   */
  readonly missingData?: keyof typeof MISSING_DATA;
  /** SNS topics told when it fires and when it ends. */
  readonly topicArns: readonly string[];
}

/** Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data". */
const MISSING_DATA = { fine: "notBreaching", fault: "breaching", unchanged: "ignore" } as const;

/** An alarm that says what to do. */
export class Alarm extends Construct {
  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    new CloudwatchMetricAlarm(this, "Resource", {
      alarmName: props.name,
      alarmDescription: props.description,
      namespace: props.metric.namespace,
      metricName: props.metric.name,
      dimensions: { ...props.metric.dimensions },
      statistic: props.statistic,
      comparisonOperator: props.below ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold",
      threshold: props.threshold,
      period: props.periodSeconds ?? 300,
      evaluationPeriods: props.periods ?? 1,
      treatMissingData: MISSING_DATA[props.missingData ?? "fine"],
      alarmActions: [...props.topicArns],
      okActions: [...props.topicArns],
    });
  }
}
