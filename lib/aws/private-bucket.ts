import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA as S3BucketServerSideEncryptionConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../names";
import { guarded } from "../terraform";
import { policyDocument } from "./iam";

/** Properties of a {@link PrivateBucket}. */
export interface PrivateBucketProps {
  /** Full name; shortened to fit. Bucket names are unique in the world: put the account id into it. */
  readonly name: string;
  readonly kmsKeyArn: string;
  readonly expirationDays: number;
  readonly protect: boolean;
}

/** Amazon S3 User Guide, "Configuring a bucket lifecycle configuration to delete incomplete multipart uploads". */
const ABORT_UPLOADS_DAYS = 7;

/** A bucket for what only this account reads: encrypted, closed to the public, over TLS only, and it forgets. */
export class PrivateBucket extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const bucket = new S3Bucket(this, "Resource", {
      bucket: fitName(props.name, NAME_RULES.s3Bucket),
      forceDestroy: !props.protect,
      lifecycle: guarded(props.protect),
    });
    new S3BucketServerSideEncryptionConfiguration(this, "encryption", {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.kmsKeyArn },
          bucketKeyEnabled: true,
        },
      ],
    });
    const closed = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    // One change of the access settings after the other: S3 refuses those that come together.
    const owned = new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
      dependsOn: [closed],
    });
    new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policyDocument([
        {
          sid: "TlsOnly",
          effect: "Deny",
          actions: ["s3:*"],
          resources: [bucket.arn, `${bucket.arn}/*`],
          principal: "*",
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
      dependsOn: [owned],
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.id,
      rule: [
        {
          id: "forget",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ days: props.expirationDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_DAYS }],
        },
      ],
    });
    this.arn = bucket.arn;
    this.name = bucket.bucket;
  }
}
