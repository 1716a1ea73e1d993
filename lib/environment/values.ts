import type { Path } from "./violation";

/** An object of keys and values as a file writes it between braces: no list, no instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What stands at a path of the input; `undefined` where there is nothing. */
export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** An ARN of a load balancer, the longest value with a meaning in an environment, is shown whole. */
const LONGEST_SHOWN = 160;

/** Prints a found value, shortened; `undefined` for what is not there. */
export function describe(value: unknown): string | undefined {
  switch (typeof value) {
    case "undefined":
      return undefined;
    case "function":
    case "symbol":
      return `a ${typeof value}`;
    case "bigint":
      return `${value}n`;
    case "string":
      return value.length > LONGEST_SHOWN ? `${JSON.stringify(value.slice(0, LONGEST_SHOWN))}…` : JSON.stringify(value);
    case "object":
      return value === null ? "null" : describeObject(value);
    default:
      return String(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  return isPlainObject(value) ? "an object" : `an instance of ${value.constructor.name}`;
}
