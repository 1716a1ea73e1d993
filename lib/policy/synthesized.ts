import type { TerraformStack } from "cdktf";
import type { JsonObject, JsonValue } from "./terraform-json";
import { isList, isObject, synthesizedJson } from "./terraform-json";

/** A managed resource or a provider configuration, as Terraform will read it. */
export interface SynthesizedBlock {
  readonly kind: "resource" | "provider";
  /** Path of the construct within its stack: `clusters/Resource`; for a provider its address. */
  readonly path: string;
  /** Terraform's type: `aws_dynamodb_table`; for a provider its local name: `aws`. */
  readonly type: string;
  /** As `terraform plan` prints it: `aws_dynamodb_table.clusters`; for a provider `provider.aws` or `provider.aws.<alias>`. */
  readonly address: string;
  /** Arguments in Terraform's own names (snake_case), references as `${...}`. */
  readonly attributes: JsonObject;
}

/** A finished stack. Data sources are left out: they describe what others own. */
export interface SynthesizedStack {
  /** `<environment>-<stack>[-<instance>]` */
  readonly id: string;
  readonly blocks: readonly SynthesizedBlock[];
}

/**
 * Reads a stack from the JSON that cdktf writes for it, so that overrides and whatever an aspect changed are seen too.
 * Call it after `prepareStack()` has run on every stack of the app.
 */
export function readStack(stack: TerraformStack): SynthesizedStack {
  const { resource, provider } = synthesizedJson(stack);
  return {
    id: stack.node.id,
    blocks: [
      ...entries(resource).flatMap(([type, byLogicalId]) =>
        entries(byLogicalId).map(([logicalId, attributes]) => resourceBlock(stack, type, logicalId, attributes)),
      ),
      ...Object.entries(isObject(provider) ? provider : {}).flatMap(([type, configurations]) =>
        providerBlocks(type, configurations),
      ),
    ],
  };
}

/**
 * Every value at a dotted path of arguments. Repeated blocks on the way are all entered, so the path needs no indexes;
 * where the path breaks off there is one `undefined`, so that a missing argument is not mistaken for nothing to check.
 */
export function valuesAt(value: JsonValue | undefined, path: string): readonly (JsonValue | undefined)[] {
  let found: readonly (JsonValue | undefined)[] = [value];
  for (const key of path.split(".")) {
    found = found.flatMap((outer) => listed(isObject(outer) ? outer[key] : undefined));
  }
  return found;
}

function listed(value: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  if (!isList(value)) {
    return [value];
  }
  return value.length > 0 ? value : [undefined];
}

function resourceBlock(
  stack: TerraformStack,
  type: string,
  logicalId: string,
  attributes: JsonObject,
): SynthesizedBlock {
  const address = `${type}.${logicalId}`;
  const [path] = valuesAt(attributes, "//.metadata.path");
  return { kind: "resource", path: pathWithin(stack, path) ?? address, type, address, attributes };
}

/** cdktf notes each element's construct path, from the app's root, under the comment key `//`. */
function pathWithin(stack: TerraformStack, path: JsonValue | undefined): string | undefined {
  const prefix = `${stack.node.path}/`;
  return typeof path === "string" && path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

function providerBlocks(type: string, configurations: JsonValue): readonly SynthesizedBlock[] {
  return listed(configurations)
    .filter(isObject)
    .map((attributes) => {
      const address = ["provider", type, attributes.alias].filter((part) => typeof part === "string").join(".");
      return { kind: "provider", path: address, type, address, attributes };
    });
}

function entries(value: JsonValue | undefined): readonly (readonly [string, JsonObject])[] {
  return isObject(value)
    ? Object.entries(value).filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
    : [];
}
