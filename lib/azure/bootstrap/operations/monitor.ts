import { type OperationTable, owned } from "./table";

const WORKSPACE = "Microsoft.OperationalInsights/workspaces";
const RULE = "Microsoft.Insights/dataCollectionRules";

/** Azure Monitor and its workspaces. */
export const MONITOR_OPERATIONS: OperationTable = {
  azurerm_log_analytics_workspace: {
    // The provider keeps the keys of a workspace in the state, and asks for them at each plan.
    reads: [`${WORKSPACE}/read`, `${WORKSPACE}/sharedKeys/action`],
    writes: [`${WORKSPACE}/write`, `${WORKSPACE}/delete`, "Microsoft.OperationalInsights/deletedWorkspaces/read"],
  },
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
