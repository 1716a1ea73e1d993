import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import { logRetention } from "../../../../lib/policy/rules/log-retention";
import { judge } from "../support";

it("accepts a number of days", () => {
  expect(judge(logRetention, (stack) => new CloudwatchLogGroup(stack, "x", { retentionInDays: 30 }))).toEqual([]);
});

it.each([[undefined], [0]])("reports a log group that keeps for ever (%s)", (retentionInDays) => {
  expect(judge(logRetention, (stack) => new CloudwatchLogGroup(stack, "x", { retentionInDays }))).toEqual([
    "log-retention dev-example/x: retention_in_days is not set, so its events never expire; set a number of days",
  ]);
});

it("holds workspaces of Azure to a number too", () => {
  const workspace = { name: "a", location: "westeurope", resourceGroupName: "a" };
  const judged = (retentionInDays?: number): readonly string[] =>
    judge(logRetention, (stack) => new LogAnalyticsWorkspace(stack, "x", { ...workspace, retentionInDays }));
  expect(judged(90)).toEqual([]);
  expect(judged()).toEqual([
    "log-retention dev-example/x: retention_in_days is not set, so its logs are gone after a month; set a number of days",
  ]);
});
