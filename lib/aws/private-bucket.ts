import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import {
  S3BucketServerSideEncryptionConfigurationA as S3BucketServerSideEncryptionConfiguration,
  type S3BucketServerSideEncryptionConfigurationRuleA,
} from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../names";
import { guarded } from "../terraform";
import { policyDocument, type PolicyStatement } from "./iam";

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
    const { bucket } = closedBucket(this, {
      ...props,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.kmsKeyArn },
        bucketKeyEnabled: true,
      },
    });
    this.arn = bucket.arn;
    this.name = bucket.bucket;
  }
}

/** What makes one closed bucket differ from another. */
export interface ClosedBucketProps {
  /** Full name; shortened to fit. */
  readonly name: string;
  readonly encryption: S3BucketServerSideEncryptionConfigurationRuleA;
  /** Age at which objects go, in days. @default - they stay */
  readonly expirationDays?: number;
  /** How long an object that was overwritten, deleted or has expired can still be brought back, in days. @default - not at all */
  readonly recoverableDays?: number;
  /** Whom the bucket's policy admits besides this account's own identities. @default - nobody */
  readonly admit?: (bucketArn: string) => readonly PolicyStatement[];
  readonly protect: boolean;
}

/** The pieces of a closed bucket on which others depend. */
export interface ClosedBucket {
  readonly bucket: S3Bucket;
  /** A writer from outside the account's identities may write once this exists. */
  readonly policy: S3BucketPolicy;
}

/** Adds to a construct what every bucket here has in common: closed to the public, over TLS only, no ACLs, an end of all objects. */
export function closedBucket(scope: Construct, props: ClosedBucketProps): ClosedBucket {
  const { recoverableDays } = props;
  const bucket = new S3Bucket(scope, "Resource", {
    bucket: fitName(props.name, NAME_RULES.s3Bucket),
    forceDestroy: !props.protect,
    lifecycle: guarded(props.protect),
  });
  new S3BucketServerSideEncryptionConfiguration(scope, "encryption", { bucket: bucket.id, rule: [props.encryption] });
  const closed = new S3BucketPublicAccessBlock(scope, "public-access", {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  // One change of the access settings after the other: S3 refuses those that come together.
  const owned = new S3BucketOwnershipControls(scope, "ownership", {
    bucket: bucket.id,
    rule: { objectOwnership: "BucketOwnerEnforced" },
    dependsOn: [closed],
  });
  const policy = new S3BucketPolicy(scope, "policy", {
    bucket: bucket.id,
    policy: policyDocument([tlsOnly(bucket.arn), ...(props.admit?.(bucket.arn) ?? [])]),
    dependsOn: [owned],
  });
  const versioning =
    recoverableDays === undefined
      ? undefined
      : new S3BucketVersioning(scope, "versioning", {
          bucket: bucket.id,
          versioningConfiguration: { status: "Enabled" },
        });
  new S3BucketLifecycleConfiguration(scope, "lifecycle", {
    bucket: bucket.id,
    rule: [
      {
        id: "forget",
        status: "Enabled",
        filter: [{ prefix: "" }],
        expiration: props.expirationDays === undefined ? undefined : [{ days: props.expirationDays }],
        noncurrentVersionExpiration: recoverableDays === undefined ? undefined : [{ noncurrentDays: recoverableDays }],
        abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABORT_UPLOADS_DAYS }],
      },
    ],
    dependsOn: versioning && [versioning],
  });
  return { bucket, policy };
}

const tlsOnly = (bucketArn: string): PolicyStatement => ({
  sid: "TlsOnly",
  effect: "Deny",
  actions: ["s3:*"],
  resources: [bucketArn, `${bucketArn}/*`],
  principal: "*",
  conditions: { Bool: { "aws:SecureTransport": "false" } },
});
