import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** Properties of a {@link LogGroup}. */
export interface LogGroupProps {
  readonly name: string;
  readonly kmsKeyArn: string;
  /** How long events are kept, in days. @default 365, a year to look back on, as auditors ask for */
  readonly retentionDays?: number;
}

/** A log group that is encrypted and forgets. */
export class LogGroup extends Construct {
  readonly arn: string;
  readonly name: string;
  /** For whatever would make the group by itself, were it not there first. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const group = new CloudwatchLogGroup(this, "Resource", {
      name: props.name,
      kmsKeyId: props.kmsKeyArn,
      retentionInDays: props.retentionDays ?? 365,
    });
    this.arn = group.arn;
    this.name = group.name;
    this.resource = group;
  }
}
