import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";

import { arnOf, type AwsPlace, iamArn } from "../names";
import { guarded } from "../terraform";
import { policyDocument, type PolicyStatement } from "./iam";

/** Properties of {@link EncryptionKey}. */
export interface EncryptionKeyProps {
  /** Alias without its prefix: `prod-allowlist`. */
  readonly alias: string;
  readonly description: string;
  readonly place: AwsPlace;
  /** Keeps the key from being destroyed: what it encrypts would be lost with it. */
  readonly protect: boolean;
  /** Lets EC2 encrypt disks with it for whoever in the account starts instances, Auto Scaling among them. @default false */
  readonly disks?: boolean;
}

/** AWS KMS Developer Guide, "Delete a KMS key": 7 to 30 days. */
const DELETION_WINDOW_DAYS = 30;

/**
 * A customer managed key of one stack, rotated every year. The account's own policies decide who uses it; CloudWatch Logs
 * may use it for this account's log groups.
 */
export class EncryptionKey extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: EncryptionKeyProps) {
    super(scope, id);
    const key = new KmsKey(this, "Resource", {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: policyDocument([...keyPolicy(props.place), ...(props.disks ? [diskUse(props.place)] : [])]),
      lifecycle: guarded(props.protect),
    });
    new KmsAlias(this, "alias", { name: `alias/${props.alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }
}

function keyPolicy(place: AwsPlace): readonly PolicyStatement[] {
  return [
    {
      sid: "AccountAdministration",
      actions: ["kms:*"],
      resources: ["*"],
      principal: { AWS: iamArn(place, "root") },
    },
    {
      sid: "CloudWatchLogs",
      actions: [
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
      ],
      resources: ["*"],
      principal: { Service: `logs.${place.region}.amazonaws.com` },
      conditions: {
        ArnLike: { "kms:EncryptionContext:aws:logs:arn": arnOf(place, "logs", "log-group:*") },
      },
    },
  ];
}

/**
 * Auto Scaling starts instances by a role of its own, which no policy of the account can be attached to. What the account's own key
 * `aws/ebs` says lets it in, and nobody past EC2 (Amazon EC2 Auto Scaling User Guide, "Required AWS KMS key policy for use with encrypted
 * volumes", names the role instead, which must have been made by then).
 */
function diskUse({ accountId, region }: AwsPlace): PolicyStatement {
  return {
    sid: "DisksOfInstances",
    actions: [
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    resources: ["*"],
    principal: { AWS: "*" },
    conditions: {
      StringEquals: { "kms:CallerAccount": accountId, "kms:ViaService": `ec2.${region}.amazonaws.com` },
    },
  };
}
