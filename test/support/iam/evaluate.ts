import { isList, isObject, type JsonObject, type JsonValue, parseJson } from "../../../lib/policy/terraform-json";

/** What somebody asks AWS to do with one resource. A call that needs several resources is a request for each of them. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the service supplies: `aws:ResourceTag/team`. Keys that are not here are absent. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Whether the policies of an identity allow a request: some statement allows it and none denies it (AWS IAM User Guide, "Policy
 * evaluation logic").
 *
 * Written from that guide and independent of what writes the policies. Conditions that it does not know are an error and not a guess.
 */
export function isAllowed(documents: readonly string[], request: IamRequest): boolean {
  const effects = documents.flatMap(statementsOf).filter((statement) => applies(statement, request));
  return effects.some(({ Effect }) => Effect === "Allow") && !effects.some(({ Effect }) => Effect === "Deny");
}

/** Whether an identity may do something under a permissions boundary: both have to allow it ("Permissions boundaries for IAM entities"). */
export function isAllowedWithin(boundary: string, documents: readonly string[], request: IamRequest): boolean {
  return isAllowed([boundary], request) && isAllowed(documents, request);
}

function statementsOf(document: string): readonly JsonObject[] {
  const parsed = parseJson(document);
  const statements = isObject(parsed) ? parsed.Statement : undefined;
  return isList(statements) ? statements.filter(isObject) : [];
}

function applies({ Action, Resource, Condition }: JsonObject, { action, resource, context = {} }: IamRequest): boolean {
  return (
    // Names of actions are in any case of letters, ARNs are not.
    texts(Action).some((pattern) => fits(pattern.toLowerCase(), action.toLowerCase())) &&
    texts(Resource).some((pattern) => fits(pattern, resource)) &&
    Object.entries(isObject(Condition) ? Condition : {}).every(([operator, keys]) =>
      Object.entries(isObject(keys) ? keys : {}).every(([key, wanted]) => holds(operator, context[key], texts(wanted))),
    )
  );
}

function holds(operator: string, actual: string | readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [, quantifier, name, ifExists] = /^(?:(\w+):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const values = actual === undefined ? [] : [actual].flat();
  if (ifExists !== undefined && values.length === 0) return true;
  const test = comparison(name, wanted);
  if (quantifier === "ForAllValues") return values.every(test);
  if (quantifier === "ForAnyValue") return values.some(test);
  if (quantifier !== undefined) throw new Error(`unknown quantifier in ${operator}`);
  // A negated operator holds for a key that is absent.
  if (values.length === 0) return name?.includes("Not") === true;
  return values.every(test);
}

function comparison(name: string | undefined, wanted: readonly string[]): (value: string) => boolean {
  switch (name) {
    case "StringEquals":
    case "Bool":
      return (value) => wanted.includes(value);
    case "StringNotEquals":
      return (value) => !wanted.includes(value);
    case "StringLike":
    case "ArnLike":
      return (value) => wanted.some((pattern) => fits(pattern, value));
    default:
      throw new Error(`unknown condition operator ${String(name)}`);
  }
}

/** `*` is any run of characters, also none, `?` any one. */
function fits(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

function texts(value: JsonValue | undefined): readonly string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === "string");
}
