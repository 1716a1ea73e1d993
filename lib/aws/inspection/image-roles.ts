import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { type AwsPlace, arnOf, fitName, NAME_RULES, s3Arn } from "../../names";
import { iamBoundsOf } from "../../terraform";
import { ServiceRole } from "../iam";
import { SYSTEMS_MANAGER_AGENT } from "./systems-manager-agent";

/** Image Builder writes it onto whatever it makes, and its own role touches nothing without it. */
const MADE_BY_IMAGE_BUILDER = { "aws:ResourceTag/CreatedBy": "EC2 Image Builder" };

/** Properties of {@link BakeRole}. */
export interface BakeRoleProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  /** ARN of the object with the appliance's files. */
  readonly objectArn: string;
  /** Components of the recipe. */
  readonly componentArns: readonly string[];
  /** Group into which the build is logged. */
  readonly logGroupArn: string;
  /** Opens what the bucket holds, and the components. */
  readonly kmsKeyArn: string;
}

/**
 * What a machine may do from which an image is made, or on which it is tested: fetch components and the appliance's files, write its own
 * log, and be told what to do by Systems Manager. It is less than the managed policies that the EC2 Image Builder User Guide asks for,
 * "Prerequisites" (`EC2InstanceProfileForImageBuilder`, `AmazonSSMManagedInstanceCore`), which read all components and all parameters.
 */
export class BakeRole extends Construct {
  readonly instanceProfileName: string;
  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: BakeRoleProps) {
    super(scope, id);
    const { place } = props;
    const role = new ServiceRole(this, "role", {
      name: props.name,
      description: `Bakes and tests images: ${props.name}`,
      service: "ec2.amazonaws.com",
      statements: [
        { sid: "ReadComponents", actions: ["imagebuilder:GetComponent"], resources: props.componentArns },
        {
          sid: "OpenComponents",
          actions: ["kms:Decrypt"],
          resources: [props.kmsKeyArn],
          conditions: {
            "ForAnyValue:StringEquals": {
              "kms:EncryptionContextKeys": "aws:imagebuilder:arn",
              "aws:CalledVia": "imagebuilder.amazonaws.com",
            },
          },
        },
        { sid: "FetchFiles", actions: ["s3:GetObject"], resources: [props.objectArn] },
        {
          sid: "OpenFiles",
          actions: ["kms:Decrypt"],
          resources: [props.kmsKeyArn],
          conditions: { StringEquals: { "kms:ViaService": `s3.${place.region}.amazonaws.com` } },
        },
        {
          // EC2 Image Builder User Guide, "Image Builder and AWS PrivateLink interface VPC endpoints": where the program comes from that runs
          // components.
          sid: "FetchComponentManager",
          actions: ["s3:GetObject"],
          resources: [
            s3Arn(place, `ec2imagebuilder-toe-${place.region}-prod/*`),
            s3Arn(place, `ec2imagebuilder-managed-resources-${place.region}-prod/components/*`),
          ],
        },
        {
          sid: "WriteLog",
          actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          resources: [props.logGroupArn, `${props.logGroupArn}:*`],
        },
        {
          // AWS Systems Manager User Guide, "Reference: ec2messages, ssmmessages, and other API operations": since its version 3.3.40 the agent
          // takes commands by these channels, and Ubuntu 24.04 has always had a later one.
          sid: "BeTold",
          actions: [...SYSTEMS_MANAGER_AGENT],
          resources: ["*"],
        },
      ],
    });
    const profile = new IamInstanceProfile(this, "profile", {
      name: fitName(props.name, NAME_RULES.iamRole),
      path: iamBoundsOf(this).path,
      role: role.name,
    });
    this.instanceProfileName = profile.name;
    this.policy = role.policy;
  }
}

/** Properties of {@link LifecycleRole}. */
export interface LifecycleRoleProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly place: AwsPlace;
  /** Name of the recipe whose images go. */
  readonly recipe: string;
  /** Value of the AMIs' tag `Name`. */
  readonly amiName: string;
}

/** What Image Builder's lifecycle may do: take away old images of one recipe, with their AMIs and snapshots. */
export class LifecycleRole extends Construct {
  readonly arn: string;
  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, place, recipe, amiName }: LifecycleRoleProps) {
    super(scope, id);
    const ofNobody = { ...place, accountId: "" };
    const role = new ServiceRole(this, "role", {
      name,
      description: `Takes away old images: ${name}`,
      service: "imagebuilder.amazonaws.com",
      // As AWS's own EC2ImageBuilderLifecycleExecutionPolicy, less what is for containers and for images of others.
      statements: [
        {
          sid: "DeregisterImages",
          actions: ["ec2:DeregisterImage", "ec2:DescribeImageAttribute"],
          resources: [arnOf(ofNobody, "ec2", "image/*")],
          conditions: { StringEquals: { ...MADE_BY_IMAGE_BUILDER, "aws:ResourceTag/Name": amiName } },
        },
        {
          sid: "DeleteSnapshots",
          actions: ["ec2:DeleteSnapshot"],
          resources: [arnOf(ofNobody, "ec2", "snapshot/*")],
          conditions: { StringEquals: MADE_BY_IMAGE_BUILDER },
        },
        {
          sid: "DeleteImages",
          actions: ["imagebuilder:DeleteImage"],
          resources: [arnOf(place, "imagebuilder", `image/${recipe}/*`)],
        },
        { sid: "FindImages", actions: ["ec2:DescribeImages", "tag:GetResources"], resources: ["*"] },
      ],
    });
    this.arn = role.arn;
    this.policy = role.policy;
  }
}
