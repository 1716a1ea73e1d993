import type { JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject } from "../../lib/policy/terraform-json";

/** Accepts or refuses the value found; `undefined` when nothing is there. Its name appears in messages. */
export type Predicate = (found: JsonValue | undefined) => boolean;

/**
 * What a test expects of a value, deeply partial:
 * - an object names the keys that matter, others are free; a key set to `undefined` must be absent;
 * - a list has that many elements in that order, each matched partially ({@link some} relaxes this);
 * - a RegExp tests a string, a {@link Predicate} anything, every other leaf is compared with `===`.
 */
export type Expected =
  | string
  | number
  | boolean
  | null
  | undefined
  | RegExp
  | Predicate
  | readonly Expected[]
  | { readonly [key: string]: Expected };

/** One place where a value is not as expected. */
export interface Difference {
  /** Where, as in `ingress[0].cidr_blocks`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** Matches a list of which at least one element matches. */
export function some(expected: Expected): Predicate {
  const predicate: Predicate = (found) => isList(found) && found.some((element) => matches(expected, element));
  Object.defineProperty(predicate, "name", { value: `a list with ${describe(expected)}` });
  return predicate;
}

export function matches(expected: Expected, found: JsonValue | undefined): boolean {
  return differences(expected, found).length === 0;
}

/** Every path at which `found` departs from `expected`; empty when it matches. */
export function differences(expected: Expected, found: JsonValue | undefined, path = ""): readonly Difference[] {
  const here = [{ path: path === "" ? "(whole)" : path, expected: describe(expected), found: describe(found) }];
  if (expected instanceof RegExp) {
    return typeof found === "string" && found.search(expected) >= 0 ? [] : here;
  }
  if (typeof expected === "function") {
    return expected(found) ? [] : here;
  }
  if (isExpectedList(expected)) {
    return isList(found) && found.length === expected.length
      ? expected.flatMap((element, index) => differences(element, found[index], `${path}[${index}]`))
      : here;
  }
  if (typeof expected === "object" && expected !== null) {
    return isObject(found)
      ? Object.entries(expected).flatMap(([key, value]) =>
          differences(value, found[key], path === "" ? key : `${path}.${key}`),
        )
      : here;
  }
  return expected === found ? [] : here;
}

/** A short text of an expectation or a value, for messages. */
export function describe(value: Expected): string {
  const text =
    value === undefined
      ? "nothing"
      : typeof value === "function"
        ? describeFunction(value)
        : value instanceof RegExp
          ? String(value)
          : JSON.stringify(value, (_key, inner: Expected) =>
              typeof inner === "function" || inner instanceof RegExp ? describe(inner) : inner,
            );
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

function describeFunction(predicate: Predicate): string {
  // An inline arrow takes its key as its name; its text says more.
  const text = String(predicate).replaceAll(/\s+/g, " ");
  return predicate.name.includes(" ") ? predicate.name : text;
}

function isExpectedList(expected: Expected): expected is readonly Expected[] {
  return Array.isArray(expected);
}
