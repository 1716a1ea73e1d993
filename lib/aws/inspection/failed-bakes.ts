import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import type { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { Alarm } from "../alarm";
import { policyDocument } from "../iam";
import { LogGroup } from "../log-group";

/** What {@link reportFailedBakes} is told. */
export interface FailedBakesProps {
  /** Of the fleet, after which its recipe is named. */
  readonly name: string;
  readonly place: AwsPlace;
  /** Of the log. */
  readonly kmsKeyArn: string;
  /** SNS topics that are told. */
  readonly topicArns: readonly string[];
}

/**
 * Has failures kept and counted. Whom alarms tell is told; a rule that wrote to the topics itself would have to be let in by each topic's
 * policy (Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge").
 */
export function reportFailedBakes(scope: Construct, props: FailedBakesProps): void {
  const { name, place, topicArns } = props;
  const rule = new CloudwatchEventRule(scope, "failures", {
    name: `${name}-failed-bakes`,
    description: `Images of ${name} that could not be baked, or did not pass their tests`,
    // EC2 Image Builder User Guide, "Amazon EventBridge integration in Image Builder"; an image is named after its recipe.
    eventPattern: JSON.stringify({
      source: ["aws.imagebuilder"],
      "detail-type": ["EC2 Image Builder Image State Change"],
      resources: [{ prefix: arnOf(place, "imagebuilder", `image/${name}/`) }],
      detail: { state: { status: ["FAILED"] } },
    }),
  });
  const log = keep(scope, rule, props);
  new Alarm(scope, "failed-bakes", {
    name: `${name}-failed-bakes`,
    description:
      `No image was baked: the log group /aws/imagebuilder/${name} says why, and ${log} which image, and at which step. The fleet stays as it is, ` +
      "and so does what the next deploy takes. Most often a download is gone or has another checksum, or a source of rules could not be reached.",
    metric: { namespace: "AWS/Events", name: "MatchedEvents", dimensions: { RuleName: rule.name } },
    statistic: "Sum",
    threshold: 1,
    topicArns,
  });
}

/** Gives the rule somewhere to write to: AWS nowhere says that it counts for a rule without a target. */
function keep(scope: Construct, rule: CloudwatchEventRule, { name, kmsKeyArn }: FailedBakesProps): string {
  const groupName = `/aws/events/${name}-failed-bakes`;
  const log = new LogGroup(scope, "failures-log", { name: groupName, kmsKeyArn });
  const delivery = new CloudwatchLogResourcePolicy(scope, "failures-delivery", {
    policyName: `${name}-failed-bakes`,
    policyDocument: policyDocument([
      {
        sid: "KeepFailures",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${log.arn}:*`],
        // Both, and without a condition, as in the guide above: it names no source that either would have.
        principal: { Service: ["events.amazonaws.com", "delivery.logs.amazonaws.com"] },
      },
    ]),
  });
  new CloudwatchEventTarget(scope, "failures-target", {
    rule: rule.name,
    targetId: "log",
    arn: log.arn,
    dependsOn: [delivery],
  });
  return groupName;
}
