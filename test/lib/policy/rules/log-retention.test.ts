import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
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
