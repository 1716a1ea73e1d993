import { type OperationTable, owned } from "./table";

const WORKSPACE = "Microsoft.OperationalInsights/workspaces";
const RULE = "Microsoft.Insights/dataCollectionRules";

/** Azure Monitor and its workspaces. */
export const MONITOR_OPERATIONS: OperationTable = {
  azurerm_log_analytics_workspace: owned(
    WORKSPACE,
    // The provider keeps the keys of a workspace where it may see them, and does without where it may not: a plan may not.
    `${WORKSPACE}/sharedKeys/action`,
    "Microsoft.OperationalInsights/deletedWorkspaces/read",
  ),
  azurerm_monitor_data_collection_rule: owned(RULE, `${WORKSPACE}/read`),
  azurerm_monitor_data_collection_rule_association: owned(
    "Microsoft.Insights/dataCollectionRuleAssociations",
    `${RULE}/read`,
  ),
  azurerm_monitor_diagnostic_setting: owned(
    "Microsoft.Insights/diagnosticSettings",
    // Azure asks whether the caller could write to the workspace himself.
    `${WORKSPACE}/read`,
    `${WORKSPACE}/sharedKeys/action`,
  ),
  azurerm_monitor_metric_alert: owned("Microsoft.Insights/metricAlerts", "Microsoft.Insights/actionGroups/read"),
};
