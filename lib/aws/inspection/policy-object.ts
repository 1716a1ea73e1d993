import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { packZip } from "./packed-zip";
import { packingFolder, storeZip, type ZipStore } from "./stored-zip";

/** Properties of {@link PolicyObject}. */
export interface PolicyObjectProps {
  /** Names the zip while it is made. */
  readonly name: string;
  /** The compiled policy's files, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly store: ZipStore;
}

/** One name for all versions: appliances that run ask for the newest each minute. */
const KEY = "policy.zip";

/**
 * The policy where appliances fetch it, at their start and whenever it changes. No launch template names a version of it, so that
 * another policy, or one more spoke, replaces no instance.
 */
export class PolicyObject extends Construct {
  readonly key = KEY;
  /** ARN of the object, in all its versions. */
  readonly arn: string;
  /** Appliances that start before it are not healthy until it comes. */
  readonly object: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, files, store }: PolicyObjectProps) {
    super(scope, id);
    this.object = storeZip(this, KEY, packZip(files, packingFolder(this), `${name}-policy`), store);
    this.arn = `${store.bucket.arn}/${KEY}`;
  }
}
