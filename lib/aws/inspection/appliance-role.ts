import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { type AwsPlace, arnOf, fitName, NAME_RULES } from "../../names";
import { iamBoundsOf } from "../../terraform";
import { ServiceRole } from "../iam";
import { SYSTEMS_MANAGER_AGENT } from "./systems-manager-agent";
import { type TwoArms, twoArmStatements } from "./two-arm-rights";

/** Properties of {@link ApplianceRole}. */
export interface ApplianceRoleProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  /** ARN of the object with the appliance's files. */
  readonly objectArn: string;
  /** ARN of the policy's object. @default - there is no policy */
  readonly policyObjectArn?: string;
  /** Groups into which appliances write. */
  readonly logGroupArns: readonly string[];
  /** Auto Scaling groups of the fleet, by name. */
  readonly groupNames: readonly string[];
  /** Opens what the bucket holds. */
  readonly kmsKeyArn: string;
  /** @default - packets go back to the load balancer, and appliances have no right over any instance or interface */
  readonly twoArms?: TwoArms;
}

/**
 * What an appliance may do: fetch its own files and the policy, write its own logs, finish its own lifecycle, and be reached through Session Manager;
 * with two arms {@link twoArmStatements} besides.
 */
export class ApplianceRole extends Construct {
  readonly instanceProfileArn: string;
  /** Instances that start before it can fetch nothing. */
  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ApplianceRoleProps) {
    super(scope, id);
    const { place, policyObjectArn, twoArms } = props;
    const role = new ServiceRole(this, "role", {
      name: props.name,
      description: `Appliances of ${props.name}`,
      service: "ec2.amazonaws.com",
      statements: [
        { sid: "FetchFiles", actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [props.objectArn] },
        ...(policyObjectArn === undefined
          ? []
          : [{ sid: "FetchPolicy", actions: ["s3:GetObject"], resources: [policyObjectArn] }]),
        {
          sid: "OpenFiles",
          actions: ["kms:Decrypt"],
          resources: [props.kmsKeyArn],
          conditions: { StringEquals: { "kms:ViaService": `s3.${place.region}.amazonaws.com` } },
        },
        {
          sid: "WriteLogs",
          actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
          resources: props.logGroupArns.map((arn) => `${arn}:*`),
        },
        {
          sid: "FinishLifecycle",
          actions: ["autoscaling:CompleteLifecycleAction"],
          // For this action there are conditions by the group's tags and none by the instance (Service Authorization Reference, "Amazon EC2 Auto
          // Scaling"), so all of the fleet's instances may do it for each other. It ends a wait that Auto Scaling has begun, and begins none.
          // Auto Scaling writes an id of its own into the ARN before the name.
          resources: props.groupNames.map((group) =>
            arnOf(place, "autoscaling", `autoScalingGroup:*:autoScalingGroupName/${group}`),
          ),
        },
        {
          sid: "BeReached",
          actions: [...SYSTEMS_MANAGER_AGENT],
          resources: ["*"],
        },
        ...(twoArms ? twoArmStatements(place, twoArms) : []),
      ],
    });
    const profile = new IamInstanceProfile(this, "profile", {
      name: fitName(props.name, NAME_RULES.iamRole),
      path: iamBoundsOf(this).path,
      role: role.name,
    });
    this.instanceProfileArn = profile.arn;
    this.policy = role.policy;
  }
}
