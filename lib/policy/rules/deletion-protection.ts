import type { Requirement, Requirements } from "../requirement";
import { isTrue, unmet } from "../requirement";
import type { Finding, PolicyRule } from "../rule";
import type { SynthesizedBlock, SynthesizedStack } from "../synthesized";

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
  // Every spoke's way out, of other accounts' too.
  aws_ec2_transit_gateway: [PREVENT_DESTROY],
  aws_eip: [PREVENT_DESTROY],
  aws_kms_key: [PREVENT_DESTROY],
  aws_lb: [guard("enable_deletion_protection")],
  aws_s3_bucket: [PREVENT_DESTROY],
  // Others have its name written down, and endpoints of their own on it.
  aws_vpc_endpoint_service: [PREVENT_DESTROY],
  // Others have joined VPCs and services of theirs to it.
  aws_vpclattice_service_network: [PREVENT_DESTROY],
  azurerm_kubernetes_cluster: [PREVENT_DESTROY],
  azurerm_log_analytics_workspace: [PREVENT_DESTROY],
  azurerm_public_ip: [PREVENT_DESTROY],
  azurerm_public_ip_prefix: [PREVENT_DESTROY],
  // Its projects go with it, and who may use them.
  rancher2_cluster: [PREVENT_DESTROY],
};

/** Types of Azure that have no deletion protection of their own, and so need a lock. */
const LOCKED: readonly string[] = ["azurerm_public_ip", "azurerm_public_ip_prefix"];

const UNLOCKED: Finding = {
  message: "no azurerm_management_lock of this stack keeps it from being deleted although the environment is protected",
  remedy: "add one with lock_level CanNotDelete",
  detail: "lock",
};

function isLocked({ address }: SynthesizedBlock, { blocks }: SynthesizedStack): boolean {
  return blocks.some(
    ({ type, attributes }) =>
      type === "azurerm_management_lock" &&
      attributes.scope === `\${${address}.id}` &&
      attributes.lock_level === "CanNotDelete",
  );
}

/** In a protected environment neither Terraform nor a stray call deletes what cannot be made again. */
export function deletionProtection({ isProtected }: DeletionProtectionOptions): PolicyRule {
  return {
    id: "deletion-protection",
    title: "A protected environment keeps what cannot be made again",
    check: (block, stack) => {
      if (!isProtected(stack.id)) return [];
      const needsLock = LOCKED.includes(block.type) && !isLocked(block, stack);
      return [...unmet(block, REQUIREMENTS), ...(needsLock ? [UNLOCKED] : [])];
    },
  };
}
