import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { type AwsPlace, iamArn } from "../../names";
import { ServiceRole } from "../iam";

/** What AWS says API Gateway needs for the logs of all REST APIs (Amazon API Gateway Developer Guide, "Set up CloudWatch logging"). */
const PUSH_TO_LOGS = "policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

/**
 * The role by which API Gateway writes logs of REST APIs. There is one for an account and Region: this takes the place of whichever is
 * set, and when it goes none of them logs any more.
 */
export class ApiAccountLogs extends Construct {
  /** Stages that log are made after it. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, place }: { readonly name: string; readonly place: AwsPlace }) {
    super(scope, id);
    const role = new ServiceRole(this, "role", {
      name: `${name}-api-logs`,
      description: "Writes logs of the REST APIs of this account and Region",
      service: "apigateway.amazonaws.com",
      statements: [],
    });
    const allowed = new IamRolePolicyAttachment(this, "permissions", {
      role: role.name,
      policyArn: iamArn({ ...place, accountId: "aws" }, PUSH_TO_LOGS),
    });
    this.resource = new ApiGatewayAccount(this, "Resource", { cloudwatchRoleArn: role.arn, dependsOn: [allowed] });
  }
}
