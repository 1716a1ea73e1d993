import type { JsonObject, JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject, parseJson } from "../../lib/policy/terraform-json";
import type { Block, Template } from "./template";

/**
 * What a policy document says, one line for each action on each resource, sorted:
 * `Allow s3:PutObject on ${aws_s3_bucket.failures.arn}/*`, with ` to …` for a principal and ` if …` for a condition.
 */
export function grants(document: JsonValue | undefined): readonly string[] {
  const parsed = typeof document === "string" ? parseJson(document) : document;
  const statements = isObject(parsed) && isList(parsed.Statement) ? parsed.Statement.filter(isObject) : [];
  return statements
    .flatMap((statement) =>
      texts(statement.Action).flatMap((action) =>
        texts(statement.Resource ?? "itself").map((resource) => line(statement, action, resource)),
      ),
    )
    .sort();
}

/** What the one inline policy of a role grants. @throws Error when the role has none, or several */
export function grantsOfRole(template: Template, role: Block): readonly string[] {
  const { attributes } = template.resource("aws_iam_role_policy", { role: `\${${role.address}.id}` });
  return grants(attributes.policy);
}

/** Whether an IAM pattern of a resource or action covers a text: `*` is any run of characters. */
export function covers(pattern: string, text: string): boolean {
  const literals = pattern.split("*").map((literal) => literal.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`).test(text);
}

function line({ Effect, Principal, Condition }: JsonObject, action: string, resource: string): string {
  return [
    `${texts(Effect).join()} ${action} on ${resource}`,
    ...(Principal === undefined ? [] : [`to ${JSON.stringify(Principal)}`]),
    ...(Condition === undefined ? [] : [`if ${JSON.stringify(Condition)}`]),
  ].join(" ");
}

function texts(value: JsonValue | undefined): readonly string[] {
  return (isList(value) ? value : [value]).filter((text) => typeof text === "string");
}
