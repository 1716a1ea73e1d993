import type { JsonObject, JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject, parseJson } from "../../lib/policy/terraform-json";

/** A value that must be text. @throws Error showing what it is instead */
export function textOf(value: JsonValue | undefined): string {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}

/** A value that must be an object. @throws Error showing what it is instead */
export function objectOf(value: JsonValue | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`${JSON.stringify(value)} is no object`);
  return value;
}

/** The objects of a list of objects. @throws Error showing what it is instead */
export function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  if (!isList(value)) throw new Error(`${JSON.stringify(value)} is no list`);
  return value.map(objectOf);
}

/** The object in JSON text. @throws Error when the value is no text, the text no JSON or the JSON no object */
export function parsedObject(text: JsonValue | undefined): JsonObject {
  return objectOf(parseJson(textOf(text)));
}

/** Every text anywhere in a value. */
export function textsIn(value: JsonValue | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  if (isList(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
