import type { PolicyRule } from "../rule";
import { azureRole } from "./azure-role";
import type { DeletionProtectionOptions } from "./deletion-protection";
import { deletionProtection } from "./deletion-protection";
import { encryptionAtRest } from "./encryption-at-rest";
import { iamWildcard } from "./iam-wildcard";
import { logRetention } from "./log-retention";
import type { TagsOptions } from "./tags";
import { tags } from "./tags";

/** What the rules need to know of this project. */
export interface RuleOptions {
  readonly tags: TagsOptions;
  readonly deletionProtection: DeletionProtectionOptions;
}

/** The rules every stack of this project keeps. */
export function policyRules(options: RuleOptions): readonly PolicyRule[] {
  return [
    encryptionAtRest,
    iamWildcard,
    logRetention,
    tags(options.tags),
    deletionProtection(options.deletionProtection),
    azureRole,
  ];
}
