import type { TerraformStack } from "cdktf";

import { isList, isObject, type JsonObject, type JsonValue, synthesizedJson } from "../lib/policy/terraform-json";

/** A block of a synthesized stack. */
export interface BuiltBlock {
  readonly kind: "resource" | "data";
  readonly type: string;
  readonly attributes: JsonObject;
}

/** What the stacks of an environment hold, seen from outside. */
export interface BuiltSet {
  readonly blocks: readonly BuiltBlock[];
  /** Ids of the stacks that make or read something in Azure, in the order in which they were built. */
  readonly azureStackIds: readonly string[];
  /** Resource providers of Azure that the subscription must know for them. */
  readonly azureServices: readonly string[];
}

/** Reads what stacks hold from what they synthesize to. */
export function readSet(stacks: readonly TerraformStack[]): BuiltSet {
  const read = stacks.map((stack) => ({ id: stack.node.id, configuration: synthesizedJson(stack) }));
  const inAzure = read.filter(({ configuration }) => azureProviders(configuration).length > 0);
  return {
    blocks: read.flatMap(({ configuration }) => [
      ...blocksOf("resource", configuration.resource),
      ...blocksOf("data", configuration.data),
    ]),
    azureStackIds: inAzure.map(({ id }) => id),
    azureServices: [...new Set(inAzure.flatMap(({ configuration }) => servicesOf(configuration)))].sort(),
  };
}

function blocksOf(kind: BuiltBlock["kind"], byType: JsonValue | undefined): readonly BuiltBlock[] {
  return Object.entries(isObject(byType) ? byType : {}).flatMap(([type, byName]) =>
    Object.values(isObject(byName) ? byName : {})
      .filter(isObject)
      .map((attributes) => ({ kind, type, attributes })),
  );
}

function azureProviders({ provider }: JsonObject): readonly JsonObject[] {
  const configured = isObject(provider) ? provider.azurerm : undefined;
  return isList(configured) ? configured.filter(isObject) : [];
}

function servicesOf(configuration: JsonObject): readonly string[] {
  return azureProviders(configuration).flatMap(({ resource_providers_to_register: services }) =>
    isList(services) ? services.filter((service) => typeof service === "string") : [],
  );
}
