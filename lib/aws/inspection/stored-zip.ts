import { join, resolve } from "node:path";

import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { App, AssetType, type ITerraformDependable, TerraformAsset } from "cdktf";
import type { Construct } from "constructs";

import type { PackedZip } from "./packed-zip";

/** A bucket that keeps the versions of what lies in it. */
export interface ZipStore {
  readonly bucket: S3Bucket;
  readonly kmsKeyArn: string;
  /** What must be there before anything is written. */
  readonly after: readonly ITerraformDependable[];
}

/** Where zips are packed before they are uploaded: beside what is synthesized. */
export const packingFolder = (scope: Construct): string => join(resolve(App.of(scope).outdir), ".bundles");

/** Uploads a zip, as the resource `object` of the scope. Whatever changes in it makes a new version of the object. */
export function storeZip(scope: Construct, key: string, { zipFile, sha256 }: PackedZip, store: ZipStore): S3Object {
  const asset = new TerraformAsset(scope, "zip", {
    path: zipFile,
    type: AssetType.FILE,
    assetHash: sha256.slice(0, 32),
  });
  return new S3Object(scope, "object", {
    bucket: store.bucket.bucket,
    key,
    source: asset.path,
    // The path holds a hash of the contents already, but a checkout elsewhere must not look like a change.
    sourceHash: sha256,
    kmsKeyId: store.kmsKeyArn,
    contentType: "application/zip",
    // An object takes ten tags at most, and an environment may have more (Amazon S3 User Guide, "Categorizing your objects using tags").
    overrideProvider: { defaultTags: { tags: {} } },
    dependsOn: [...store.after],
  });
}
