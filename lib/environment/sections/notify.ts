import { arn } from "../fields";
import { listOf, section } from "../shapes";
import { azureId } from "./azure-fields";

const topicArn = arn(
  "the ARN of an SNS topic (CloudWatch alarms cannot notify a FIFO topic)",
  /sns:[a-z0-9-]+:\d{12}:[\w-]+/,
  "arn:aws:sns:eu-central-1:111122223333:alarms",
);

/** Who hears of alarms. */
export const notify = section("{ alarmTopicArns: [ … ] }", {
  /** SNS topics that every alarm notifies, when it fires and when it ends. @default - none: alarms show in the console only */
  alarmTopicArns: listOf(topicArn, "a list of SNS topics", '["arn:aws:sns:eu-central-1:111122223333:alarms"]').default(
    [],
  ),
  /**
   * Action groups of Azure Monitor that every alert in Azure notifies, when it fires and when it ends.
   * @default - none: alerts show in the portal only
   */
  azureActionGroupIds: listOf(
    azureId("an action group", "Microsoft.Insights", "actionGroups"),
    "a list of action groups",
    '["/subscriptions/…/resourceGroups/on-call/providers/Microsoft.Insights/actionGroups/main"]',
  ).optional(),
});
