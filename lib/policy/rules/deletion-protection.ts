import type { Requirement, Requirements } from "../requirement";
import { isTrue, unmet } from "../requirement";
import type { PolicyRule } from "../rule";

/** Which stacks are protected. */
export interface DeletionProtectionOptions {
  /** Whether the stack's environment has `protect` on. */
  readonly isProtected: (stackId: string) => boolean;
}

const guard = (argument: string): Requirement => ({
  argument,
  accepts: isTrue,
  message: `${argument} is not true although the environment is protected`,
  remedy: "derive it from the environment's protect",
});

const PREVENT_DESTROY = guard("lifecycle.prevent_destroy");

/** What holds data, addresses that others have written down, or the key without which data is lost. */
const REQUIREMENTS: Requirements = {
  aws_dynamodb_table: [guard("deletion_protection_enabled"), PREVENT_DESTROY],
  aws_eip: [PREVENT_DESTROY],
  aws_kms_key: [PREVENT_DESTROY],
  aws_lb: [guard("enable_deletion_protection")],
  aws_s3_bucket: [PREVENT_DESTROY],
};

/** In a protected environment neither Terraform nor a stray call deletes what cannot be made again. */
export function deletionProtection({ isProtected }: DeletionProtectionOptions): PolicyRule {
  return {
    id: "deletion-protection",
    title: "A protected environment keeps what cannot be made again",
    check: (block, stack) => (isProtected(stack.id) ? unmet(block, REQUIREMENTS) : []),
  };
}
