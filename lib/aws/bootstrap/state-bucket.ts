import { S3BucketLoggingA as S3BucketLogging } from "@cdktf/provider-aws/lib/s3-bucket-logging";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { EncryptionKey } from "../encryption-key";
import type { PolicyStatement } from "../iam";
import { closedBucket } from "../private-bucket";

/** Properties of a {@link StateBucket}. */
export interface StateBucketProps {
  readonly name: string;
  readonly place: AwsPlace;
  /** Alias of its key, without the prefix. */
  readonly keyAlias: string;
  /** How long a state that was overwritten can still be brought back, in days. */
  readonly oldVersionsDays: number;
  /** Where S3 writes who reads and writes. @default - nowhere */
  readonly accessLogs?: { readonly bucket: string; readonly prefix: string };
  readonly protect: boolean;
}

/** The bucket that states live in: every version of each, under a key of its own, and under no other. */
export class StateBucket extends Construct {
  readonly name: string;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    const { name, place, accessLogs, protect } = props;
    const key = new EncryptionKey(this, "key", {
      alias: props.keyAlias,
      description: `Terraform states in the bucket ${name}`,
      place,
      protect,
    });
    const { bucket } = closedBucket(this, {
      name,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
        bucketKeyEnabled: true,
      },
      recoverableDays: props.oldVersionsDays,
      admit: (bucketArn) => ownKeyOnly(bucketArn, key.arn),
      protect,
    });
    if (accessLogs !== undefined) {
      new S3BucketLogging(this, "access-logs", {
        bucket: bucket.id,
        targetBucket: accessLogs.bucket,
        targetPrefix: accessLogs.prefix,
      });
    }
    this.name = bucket.bucket;
    this.keyArn = key.arn;
  }
}

/**
 * Whoever asks for an encryption without naming the bucket's key takes a state out of its reach: Terraform's backend asks for AES256 with
 * `encrypt` alone, and `aws:kms` without a key means the account's own (Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys").
 */
function ownKeyOnly(bucketArn: string, keyArn: string): readonly PolicyStatement[] {
  return [
    {
      sid: "OwnKeyOnly",
      effect: "Deny",
      principal: "*",
      actions: ["s3:PutObject"],
      resources: [`${bucketArn}/*`],
      conditions: {
        Null: { "s3:x-amz-server-side-encryption": "false" },
        StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
      },
    },
  ];
}
