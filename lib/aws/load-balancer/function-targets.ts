import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";

/** Properties of {@link FunctionTargets}. */
export interface FunctionTargetsProps {
  /** Begins the name, which is shortened to fit. */
  readonly name: string;
  /** ARN of the function, or better of an alias. */
  readonly functionArn: string;
  /**
   * Lets load balancers call the function, in the name of this group and no other: Elastic Load Balancing tries it when the function is
   * registered.
   */
  readonly admit: (principal: string, sourceArn: string) => ITerraformDependable;
}

/**
 * A function as the one target of a load balancer. Headers and queries reach it with all values that they have, and it answers so. It has
 * no health check: each would be a run of the function, and there is no other target to turn to.
 */
export class FunctionTargets extends Construct {
  readonly arn: string;
  /** Names the group in metrics: `targetgroup/<name>/<id>`. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, { name, functionArn, admit }: FunctionTargetsProps) {
    super(scope, id);
    const group = new LbTargetGroup(this, "Resource", {
      name: fitName(`${name}-lambda`, NAME_RULES.targetGroup),
      targetType: "lambda",
      lambdaMultiValueHeadersEnabled: true,
      healthCheck: { enabled: false },
      tags: { Name: name },
      // A listener that points to a group keeps it from being deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    new LbTargetGroupAttachment(this, "attachment", {
      targetGroupArn: group.arn,
      targetId: functionArn,
      dependsOn: [admit("elasticloadbalancing.amazonaws.com", group.arn)],
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
  }
}
