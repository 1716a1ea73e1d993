import { allow, named, regional } from "../scope";
import type { ActionTable } from "./table";

const LOGS = regional("LogsRead", "logs");

/** Groups whose names hold the environment's behind what a service or this project begins them with. */
const GROUPS = named(
  "LogGroups",
  "logs",
  ...[
    "/aws/apigateway/",
    "/aws/ecs/containerinsights/",
    "/aws/events/",
    "/aws/imagebuilder/",
    "/aws/lambda/",
    "/aws/vendedlogs/ringfence/",
    "/ringfence/",
    "aws-waf-logs-",
  ].map((head) => `logs:{region}:{account}:log-group:${head}{environment}-*`),
);

const OF_ACCOUNT = regional(
  "LogsOfAccount",
  "logs",
  'policies of log groups and saved queries belong to the account and have no ARNs (Service Authorization Reference, "Amazon CloudWatch Logs")',
);

const ALARMS = named("Alarms", "cloudwatch", "cloudwatch:{region}:{account}:alarm:{environment}-*");
const RULES = named("EventRules", "events", "events:{region}:{account}:rule/{name}");
const DASHBOARDS = named("Dashboards", "cloudwatch", "cloudwatch::{account}:dashboard/{environment}-*");

/** Amazon CloudWatch, its logs, and the rules of EventBridge that it counts. */
export const LOGS_AND_ALARMS: ActionTable = {
  aws_cloudwatch_log_group: {
    reads: [allow(LOGS, "DescribeLogGroups"), allow(GROUPS, "ListTagsForResource")],
    writes: [
      allow(
        GROUPS,
        "CreateLogGroup",
        "DeleteLogGroup",
        "PutRetentionPolicy",
        "DeleteRetentionPolicy",
        "AssociateKmsKey",
        "DisassociateKmsKey",
        "TagResource",
        "UntagResource",
      ),
    ],
  },
  aws_cloudwatch_log_metric_filter: {
    reads: [allow(GROUPS, "DescribeMetricFilters")],
    writes: [allow(GROUPS, "PutMetricFilter", "DeleteMetricFilter")],
  },
  aws_cloudwatch_log_resource_policy: {
    reads: [allow(LOGS, "DescribeResourcePolicies")],
    writes: [allow(OF_ACCOUNT, "PutResourcePolicy", "DeleteResourcePolicy")],
  },
  aws_cloudwatch_query_definition: {
    reads: [allow(LOGS, "DescribeQueryDefinitions")],
    writes: [allow(OF_ACCOUNT, "PutQueryDefinition", "DeleteQueryDefinition")],
  },
  aws_cloudwatch_metric_alarm: {
    reads: [allow(ALARMS, "DescribeAlarms", "ListTagsForResource")],
    writes: [allow(ALARMS, "PutMetricAlarm", "DeleteAlarms", "TagResource", "UntagResource")],
  },
  aws_cloudwatch_event_rule: {
    nameArgument: "name",
    reads: [allow(RULES, "DescribeRule", "ListTagsForResource")],
    writes: [allow(RULES, "PutRule", "DeleteRule", "TagResource", "UntagResource")],
  },
  aws_cloudwatch_event_target: {
    nameArgument: "rule",
    reads: [allow(RULES, "ListTargetsByRule")],
    writes: [allow(RULES, "PutTargets", "RemoveTargets")],
  },
  aws_cloudwatch_dashboard: {
    reads: [allow(DASHBOARDS, "GetDashboard")],
    writes: [allow(DASHBOARDS, "PutDashboard", "DeleteDashboards")],
  },
};
