import type { TerraformStack } from "cdktf";

/** Any value of Terraform's JSON configuration syntax. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A block or map of Terraform's JSON configuration syntax. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a block or map, false for lists, scalars, null and undefined. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a list. `Array.isArray` would widen a readonly list to `any[]`. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/**
 * What cdktf writes into the stack's `cdk.tf.json`, tokens resolved. cdktf types it `any`: this is the one place that narrows it.
 *
 * References to other stacks resolve only after `prepareStack()` has run on every stack of the app, as `app.synth()` does.
 *
 * @throws Error when the configuration holds something that JSON cannot.
 */
export function synthesizedJson(stack: TerraformStack): JsonObject {
  const configuration: unknown = stack.toTerraform();
  if (!isJson(configuration) || !isObject(configuration)) {
    throw new Error(`Stack ${stack.node.id} synthesizes to something other than a JSON object`);
  }
  return configuration;
}

/** Parses JSON text. @throws SyntaxError as `JSON.parse` does. */
export function parseJson(text: string): JsonValue {
  const value: unknown = JSON.parse(text);
  if (!isJson(value)) {
    throw new SyntaxError("not a JSON value");
  }
  return value;
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return true;
  }
  return typeof value === "object" && Object.values(value).every(isJson);
}
