import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { ServiceRole } from "../iam";
import { LogGroup } from "../log-group";

/** Properties of {@link FlowLogs}. */
export interface FlowLogsProps {
  /** Names the role and the log group `/ringfence/<name>/flow-logs`. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly vpcId: string;
  readonly kmsKeyArn: string;
}

/** Seconds over which flows are summed up; Amazon VPC User Guide, "Flow log records" allows 60 or 600. */
const AGGREGATION_SECONDS = 600;

/** Every flow of a VPC, accepted or rejected, in an encrypted log group. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, props: FlowLogsProps) {
    super(scope, id);
    const { place } = props;
    const logGroup = new LogGroup(this, "group", {
      name: `/ringfence/${props.name}/flow-logs`,
      kmsKeyArn: props.kmsKeyArn,
    });
    const role = new ServiceRole(this, "role", {
      name: `${props.name}-flow-logs`,
      description: `Writes the flow logs of ${props.name}`,
      service: "vpc-flow-logs.amazonaws.com",
      trustConditions: {
        StringEquals: { "aws:SourceAccount": place.accountId },
        ArnLike: { "aws:SourceArn": arnOf(place, "ec2", "vpc-flow-log/*") },
      },
      statements: [
        {
          sid: "WriteLogs",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [`${logGroup.arn}:*`],
        },
        { sid: "FindLogGroup", actions: ["logs:DescribeLogGroups"], resources: ["*"] },
      ],
    });
    new FlowLog(this, "Resource", {
      vpcId: props.vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: AGGREGATION_SECONDS,
      tags: { Name: props.name },
      // A flow log that finds itself without permission may never try again.
      dependsOn: [role.policy],
    });
  }
}
