import { CloudwatchLogResourcePolicy } from "@cdktf/provider-aws/lib/cloudwatch-log-resource-policy";
import { CloudwatchQueryDefinition } from "@cdktf/provider-aws/lib/cloudwatch-query-definition";
import { Wafv2WebAclLoggingConfiguration } from "@cdktf/provider-aws/lib/wafv2-web-acl-logging-configuration";
import { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { policyDocument } from "../iam";
import { LogGroup } from "../log-group";
import { type AllowlistAcl, NOT_LISTED_LABEL } from "./allowlist-acl";

/** AWS WAF Developer Guide, "Sending web ACL traffic logs to a CloudWatch Logs log group": the name must begin so. */
const LOG_GROUP_PREFIX = "aws-waf-logs-";

/** Properties of {@link WafLogs}. */
export interface WafLogsProps {
  readonly name: string;
  readonly place: AwsPlace;
  readonly webAcl: AllowlistAcl;
  readonly kmsKeyArn: string;
}

/**
 * The log of whom a web ACL refuses, or would refuse, and a saved query for the question that precedes `enforce`. Admitted
 * requests are not logged: they are nearly all there is, and the load balancer has a log for them.
 */
export class WafLogs extends Construct {
  constructor(scope: Construct, id: string, props: WafLogsProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, "group", {
      name: `${LOG_GROUP_PREFIX}${props.name}`,
      kmsKeyArn: props.kmsKeyArn,
    });
    const delivery = new CloudwatchLogResourcePolicy(this, "delivery", {
      policyName: `${LOG_GROUP_PREFIX}${props.name}`,
      policyDocument: policyDocument([
        {
          sid: "DeliverWafLogs",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [`${logGroup.arn}:*`],
          principal: { Service: "delivery.logs.amazonaws.com" },
          conditions: {
            StringEquals: { "aws:SourceAccount": props.place.accountId },
            ArnLike: { "aws:SourceArn": arnOf(props.place, "logs", "*") },
          },
        },
      ]),
    });
    new Wafv2WebAclLoggingConfiguration(this, "Resource", {
      resourceArn: props.webAcl.arn,
      logDestinationConfigs: [logGroup.arn],
      loggingFilter: {
        defaultBehavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: [
              { actionCondition: { action: "BLOCK" } },
              { labelNameCondition: { labelName: notListedLabel(props) } },
            ],
          },
        ],
      },
      dependsOn: [delivery],
    });
    new CloudwatchQueryDefinition(this, "not-listed-query", {
      name: `ringfence/${props.name}/who-would-be-blocked`,
      logGroupNames: [logGroup.name],
      queryString: NOT_LISTED_QUERY,
    });
  }
}

/** The label in full; AWS WAF Developer Guide, "Label syntax and naming requirements". */
const notListedLabel = ({ place, webAcl }: WafLogsProps): string =>
  `awswaf:${place.accountId}:webacl:${webAcl.name}:${NOT_LISTED_LABEL}`;

/**
 * CloudWatch Logs Insights: one line per client that is on no list, the busiest first. Works in both modes. It asks for the label
 * itself, not for the text anywhere in the record, which a client could put into its path.
 */
const NOT_LISTED_QUERY = [
  "fields @timestamp, httpRequest.clientIp, httpRequest.country, httpRequest.uri",
  `| filter action = "BLOCK" or labels.0.name like /:${NOT_LISTED_LABEL}$/`,
  "| stats count(*) as requests, min(@timestamp) as firstSeen, max(@timestamp) as lastSeen, latest(httpRequest.uri) as lastUri" +
    " by httpRequest.clientIp, httpRequest.country",
  "| sort requests desc",
  "| limit 1000",
].join("\n");
