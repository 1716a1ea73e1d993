import { join, resolve } from "node:path";

import { S3BucketVersioningA as S3BucketVersioning } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { App, AssetType, TerraformAsset } from "cdktf";
import { Construct } from "constructs";

import { closedBucket } from "../private-bucket";
import { bundleAppliance } from "./appliance-bundle";

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
  /** What an instance must find it to be before it runs any of it. */
  readonly sha256: string;

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
    const bundle = bundleAppliance(props.folder, join(resolve(App.of(this).outdir), ".bundles"), props.name);
    const zip = new TerraformAsset(this, "zip", {
      path: bundle.zipFile,
      type: AssetType.FILE,
      assetHash: bundle.sha256.slice(0, 32),
    });
    // What is written before the bucket keeps versions has none that a launch template could name.
    const versioning = this.node.children.filter((child) => child instanceof S3BucketVersioning);
    const object = new S3Object(this, "object", {
      bucket: bucket.bucket,
      key: KEY,
      source: zip.path,
      // The path holds a hash of the contents already, but a checkout elsewhere must not look like a change.
      sourceHash: bundle.sha256,
      kmsKeyId: props.kmsKeyArn,
      contentType: "application/zip",
      // An object takes ten tags at most, and an environment may have more (Amazon S3 User Guide, "Categorizing your objects using tags").
      overrideProvider: { defaultTags: { tags: {} } },
      dependsOn: [policy, ...versioning],
    });
    this.bucketName = bucket.bucket;
    this.objectArn = `${bucket.arn}/${KEY}`;
    this.versionId = object.versionId;
    this.sha256 = bundle.sha256;
  }
}
