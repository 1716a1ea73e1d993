import { MonitorMetricAlert } from "@cdktf/provider-azurerm/lib/monitor-metric-alert";
import { Construct } from "constructs";

/** When an alert fires. */
export interface MetricCondition {
  /** As Azure Monitor's REST API calls it: `SNATPortUtilization`. */
  readonly metric: string;
  readonly aggregation: "Average" | "Maximum" | "Minimum" | "Total";
  readonly operator: "GreaterThan" | "LessThan";
  readonly threshold: number;
  /** Counts only values with this dimension. @default - all of the metric */
  readonly dimension?: { readonly name: string; readonly value: string };
}

/** Properties of a {@link MetricAlert}. */
export interface MetricAlertProps {
  readonly name: string;
  readonly resourceGroupName: string;
  /** What it means and what to do about it. */
  readonly description: string;
  /** 0 is critical, 1 an error, 2 a warning. */
  readonly severity: 0 | 1 | 2;
  /** What is watched, and its type: `Microsoft.Network/azureFirewalls`. */
  readonly targetId: string;
  readonly targetType: string;
  readonly condition: MetricCondition;
  /** Who hears of it. @default - nobody: it shows in the portal only */
  readonly actionGroupIds?: readonly string[];
}

/** An alert on a platform metric over the last 15 minutes, looked at every five. It ends by itself. */
export class MetricAlert extends Construct {
  constructor(scope: Construct, id: string, props: MetricAlertProps) {
    super(scope, id);
    const { condition, actionGroupIds = [] } = props;
    new MonitorMetricAlert(this, "Resource", {
      name: props.name,
      resourceGroupName: props.resourceGroupName,
      description: props.description,
      severity: props.severity,
      scopes: [props.targetId],
      frequency: "PT5M",
      windowSize: "PT15M",
      autoMitigate: true,
      criteria: [
        {
          metricNamespace: props.targetType,
          metricName: condition.metric,
          aggregation: condition.aggregation,
          operator: condition.operator,
          threshold: condition.threshold,
          dimension: condition.dimension && [
            { name: condition.dimension.name, operator: "Include", values: [condition.dimension.value] },
          ],
        },
      ],
      action: actionGroupIds.map((actionGroupId) => ({ actionGroupId })),
    });
  }
}
