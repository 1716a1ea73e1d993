import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import type { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../names";
import { policyDocument } from "./iam";
import type { LogGroup } from "./log-group";

/** Log groups of this beginning share one statement where AWS writes the policy of their delivery itself. */
export const VENDED_LOGS = "/aws/vendedlogs/ringfence/";

/** Lets services of AWS deliver their logs into a group (Amazon CloudWatch Logs User Guide, "Logs sent to CloudWatch Logs"). */
export function letDeliver(
  scope: Construct,
  id: string,
  {
    policyName,
    place,
    logGroup,
  }: { readonly policyName: string; readonly place: AwsPlace; readonly logGroup: LogGroup },
): CloudwatchLogResourcePolicy {
  // Without it AWS would add a policy that nobody takes away.
  return new CloudwatchLogResourcePolicy(scope, id, {
    policyName,
    policyDocument: policyDocument([
      {
        sid: "DeliverAccessLogs",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${logGroup.arn}:*`],
        principal: { Service: "delivery.logs.amazonaws.com" },
        conditions: {
          StringEquals: { "aws:SourceAccount": place.accountId },
          ArnLike: { "aws:SourceArn": arnOf(place, "logs", "*") },
        },
      },
    ]),
  });
}
