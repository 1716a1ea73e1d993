import type { JsonObject, JsonValue } from "./terraform-json";
import { isList, isObject, parseJson } from "./terraform-json";

/** A statement of an IAM policy document, every element as a list. */
export interface Statement {
  /** The Sid, or `#1` for the second statement when it has none. */
  readonly name: string;
  readonly allows: boolean;
  readonly conditional: boolean;
  /** Elements present, by their IAM name: `Action`, `NotAction`, `Resource`, `Principal`, ... */
  readonly elements: Readonly<Record<string, readonly string[]>>;
}

/**
 * The statements of a policy document as it stands in a Terraform argument: JSON text with references inside.
 *
 * @returns undefined when the text is no document, such as a reference to one made elsewhere.
 */
export function statementsOf(text: string): readonly Statement[] | undefined {
  const document = parsed(text);
  if (!isObject(document) || document.Statement === undefined) {
    return undefined;
  }
  const statements = isList(document.Statement) ? document.Statement : [document.Statement];
  return statements.every(isObject) ? statements.map(statement) : undefined;
}

function statement(source: JsonObject, index: number): Statement {
  const { Sid: sid, Effect: effect, Condition: condition, ...elements } = source;
  return {
    name: typeof sid === "string" && sid !== "" ? sid : `#${index}`,
    // Anything but a plain Deny counts as Allow: a misspelt effect must not hide what the statement says.
    allows: effect !== "Deny",
    conditional: isObject(condition) && Object.keys(condition).length > 0,
    elements: Object.fromEntries(Object.entries(elements).map(([key, value]) => [key, texts(value)])),
  };
}

/** `"*"`, `["*"]` and `{ "AWS": "*" }` alike. */
function texts(value: JsonValue): readonly string[] {
  if (isList(value)) {
    return value.flatMap(texts);
  }
  return isObject(value) ? Object.values(value).flatMap(texts) : [String(value)];
}

function parsed(text: string): JsonValue | undefined {
  // Terraform reads quotes inside ${...} as part of the expression; to a JSON parser they would end the string.
  const quoted = text.replaceAll(/\$\{[^}]*\}/g, (expression) => expression.replaceAll(/(?<!\\)"/g, '\\"'));
  try {
    return parseJson(quoted);
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}
