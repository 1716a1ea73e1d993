import type { Finding, PolicyRule } from "../rule";
import type { SynthesizedBlock } from "../synthesized";
import { valuesAt } from "../synthesized";
import type { JsonValue } from "../terraform-json";
import { isObject } from "../terraform-json";

/** Which tags are promised. */
export interface TagsOptions {
  /** Keys that every resource carries. */
  readonly required: readonly string[];
}

/**
 * Types of Azure's provider that have no argument for tags. A type that stands here by mistake would go untagged unseen, so a test holds
 * the list to the provider.
 */
export const AZURE_WITHOUT_TAGS: readonly string[] = [
  "azurerm_federated_identity_credential",
  "azurerm_firewall_policy_rule_collection_group",
  "azurerm_management_lock",
  "azurerm_monitor_data_collection_rule_association",
  "azurerm_monitor_diagnostic_setting",
  "azurerm_nat_gateway_public_ip_association",
  "azurerm_role_assignment",
  "azurerm_role_definition",
  "azurerm_route",
  "azurerm_subnet",
  "azurerm_subnet_nat_gateway_association",
  "azurerm_subnet_network_security_group_association",
  "azurerm_subnet_route_table_association",
  "azurerm_virtual_network_dns_servers",
];

/**
 * AWS resources take their tags from the provider, so the providers are what is checked: a resource cannot lose a default
 * tag, only override its value. Azure's provider has no default tags, so there each resource is.
 */
export function tags({ required }: TagsOptions): PolicyRule {
  return {
    id: "tags",
    title: `Everything that can carry tags carries ${required.join(", ")}`,
    check: (block) => {
      if (block.kind === "provider" && block.type === "aws") {
        return missing(block, "default_tags.tags", "give the provider the project's default tags");
      }
      const canCarryTags = block.type.startsWith("azurerm_") && !AZURE_WITHOUT_TAGS.includes(block.type);
      return block.kind === "resource" && canCarryTags
        ? missing(block, "tags", "make it in a stack that is a RingfenceStack, or list its type as one without tags")
        : [];
    },
  };

  function missing({ attributes }: SynthesizedBlock, argument: string, remedy: string): readonly Finding[] {
    const given = valuesAt(attributes, argument).filter(isObject);
    const isGiven = (value: JsonValue | undefined): boolean => typeof value === "string" && value !== "";
    return required
      .filter((key) => !given.some((tagMap) => isGiven(tagMap[key])))
      .map((key) => ({ message: `${argument.split(".")[0] ?? argument} lacks ${key}`, remedy, detail: key }));
  }
}
