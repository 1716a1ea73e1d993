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
      policy: policyDocument(keyPolicy(props.place)),
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
