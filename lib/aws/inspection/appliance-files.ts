import { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { closedBucket } from "../private-bucket";
import { bundleAppliance } from "./appliance-bundle";
import { packingFolder, storeZip, type ZipStore } from "./stored-zip";

/** Properties of {@link ApplianceFiles}. */
export interface ApplianceFilesProps {
  /** Full name of the bucket; unique in the world. */
  readonly bucketName: string;
  /** Names the zip while it is made. */
  readonly name: string;
  /** Absolute path of the appliance's files. */
  readonly folder: string;
  readonly kmsKeyArn: string;
  readonly protect: boolean;
}

/**
 * How long a version that was overwritten stays, in days: what scales out in the middle of a deploy, or after somebody has put a group
 * back to its launch template's version before, starts from that.
 */
const RECOVERABLE_DAYS = 30;

/** One name for all versions: a launch template names the version. */
const KEY = "appliance.zip";

/** The appliance's files where instances fetch them when they boot, each version by itself. */
export class ApplianceFiles extends Construct {
  readonly bucketName: string;
  readonly key = KEY;
  /** ARN of the object, in all its versions. */
  readonly objectArn: string;
  readonly versionId: string;
  /** Full name of the bucket as it is known before apply. */
  readonly fullBucketName: string;
  readonly object: ITerraformDependable;
  /** What an instance must find it to be before it runs any of it. */
  readonly sha256: string;
  /** The bucket, for what else appliances fetch. */
  readonly store: ZipStore;

  constructor(scope: Construct, id: string, props: ApplianceFilesProps) {
    super(scope, id);
    const { bucket, policy } = closedBucket(this, {
      name: props.bucketName,
      encryption: {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: props.kmsKeyArn },
        bucketKeyEnabled: true,
      },
      recoverableDays: RECOVERABLE_DAYS,
      protect: props.protect,
    });
    // What is written before the bucket keeps versions has none that a launch template could name.
    const versioning = this.node.children.filter((child) => child instanceof S3BucketVersioning);
    this.store = { bucket, kmsKeyArn: props.kmsKeyArn, after: [policy, ...versioning] };
    const bundle = bundleAppliance(props.folder, packingFolder(this), props.name);
    this.bucketName = bucket.bucket;
    this.objectArn = `${bucket.arn}/${KEY}`;
    const object = storeZip(this, KEY, bundle, this.store);
    this.fullBucketName = props.bucketName;
    this.object = object;
    this.versionId = object.versionId;
    this.sha256 = bundle.sha256;
  }
}
