import { type JsonObject, type JsonValue, parseJson } from "../../../lib/policy/terraform-json";
import { objectOf, objectsOf } from "../json";

/** One stack in the form of a Terraform plan, as `terraform show -json` writes one. */
export interface StackPlan {
  readonly json: JsonObject;
  /** How many resources a reader of the plan must find, data sources not counted. */
  readonly resourceCount: number;
}

/** How Terraform handles a block, not what is made. Left in, a `depends_on` would pass for a use. */
const META_ARGUMENTS = ["//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/** Arguments whose text is JSON itself, and which checkov's rules look into. */
const DOCUMENTS = ["assume_role_policy", "container_definitions", "policy", "policy_document"];

/**
 * A stack's `cdk.tf.json` as a plan of its creation. Checkov reads `cdk.tf.json` too, but takes policies and container definitions there
 * for mere text, which passes; those of a plan it opens.
 *
 * References stay as they are written: checkov follows them from resource to resource.
 *
 * @throws Error naming the argument when a policy or container definition is no JSON: unread, it would pass every rule
 */
export function planOf(configuration: JsonObject): StackPlan {
  const managed = resourcesOf(configuration.resource, "managed");
  const data = resourcesOf(configuration.data, "data");
  return {
    json: {
      format_version: "1.2",
      terraform_version: "1.11.0",
      planned_values: { root_module: { resources: [...managed, ...data] } },
      configuration: { provider_config: providersOf(configuration.provider) },
    },
    resourceCount: managed.length,
  };
}

function resourcesOf(types: JsonValue = {}, mode: "managed" | "data"): readonly JsonObject[] {
  return Object.entries(objectOf(types)).flatMap(([type, blocks]) =>
    Object.entries(objectOf(blocks)).map(([name, block]) => {
      const address = `${mode === "data" ? "data." : ""}${type}.${name}`;
      return { address, mode, type, name, values: valuesOf(address, objectOf(block)) };
    }),
  );
}

function valuesOf(address: string, block: JsonObject): JsonObject {
  for (const name of DOCUMENTS) {
    const document = block[name];
    if (typeof document === "string" && !isJson(document)) {
      throw new Error(`${address}: ${name} is no JSON, and no rule would see what is in it: ${document}`);
    }
  }
  return Object.fromEntries(Object.entries(block).filter(([name]) => !META_ARGUMENTS.includes(name)));
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function providersOf(providers: JsonValue = {}): JsonObject {
  const entries = Object.entries(objectOf(providers)).flatMap(([name, configurations]) =>
    objectsOf(configurations).map((configuration, index) => {
      const expressions = Object.entries(configuration).map(
        ([key, value]) => [key, { constant_value: value }] as const,
      );
      return [`${name}.${index}`, { name, expressions: Object.fromEntries(expressions) }] as const;
    }),
  );
  return Object.fromEntries(entries);
}
