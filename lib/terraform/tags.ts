import { TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

import type { Environment } from "../environment";

/** Tag keys that every taggable resource of a set carries, besides the environment's own `tags`. */
export const TAG_KEYS = { environment: "ringfence:environment", stack: "ringfence:stack" } as const;

/** The tags of everything in one stack. The environment's own come first, so that they cannot displace ours. */
export function stackTags(environment: Environment, stackId: string): Record<string, string> {
  return { ...environment.tags, [TAG_KEYS.environment]: environment.name, [TAG_KEYS.stack]: stackId };
}

/** A resource of Azure that carries tags. */
interface Taggable {
  tags: Record<string, string>;
  readonly tagsInput?: Record<string, string>;
}

const isTaggable = (node: IConstruct): node is TerraformResource & Taggable =>
  TerraformResource.isTerraformResource(node) &&
  node.terraformResourceType.startsWith("azurerm_") &&
  "tagsInput" in node;

/** Gives the tags to all resources of Azure in a stack that can carry any; under other keys their own stay. */
export function tagAzureResources(stack: TerraformStack, tags: Readonly<Record<string, string>>): void {
  for (const resource of stack.node.findAll().filter(isTaggable)) {
    resource.tags = { ...resource.tagsInput, ...tags };
  }
}
