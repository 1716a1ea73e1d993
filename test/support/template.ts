import { App, TerraformRemoteState, TerraformStack } from "cdktf";
import type { JsonObject, JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject, parseJson, synthesizedJson } from "../../lib/policy/terraform-json";
import type { Difference, Expected } from "./partial-match";
import { differences, matches } from "./partial-match";

/** A resource or data source of a synthesized stack. */
export interface Block {
  /** As Terraform names it: `aws_eip.nat-a`, `data.aws_region.current`. */
  readonly address: string;
  readonly type: string;
  readonly logicalId: string;
  /** Arguments in Terraform's own names (snake_case), references as `${...}`. */
  readonly attributes: JsonObject;
}

/** What a reference names. */
export interface Referent {
  /** The stack that holds it: a producer when the reference crosses stacks. */
  readonly template: Template;
  readonly block: Block;
  /** The attribute asked for, `public_ip`; empty when the reference names the whole block. */
  readonly attribute: string;
}

type Mode = "resource" | "data";

/** `${aws_eip.nat-a.public_ip}`, or bare as in `depends_on`. */
const REFERENCE = /^(?:\$\{)?(data\.)?([a-z][a-z0-9_]*)\.([\w-]+)(?:\.([\w.*"[\]-]+))?\}?$/;

/** How cdktf names the remote state through which one stack reads another, less the producer's path. */
const CROSS_STACK_PREFIX = "cross-stack-reference-input-";

/**
 * Asks a synthesized stack what a reader would claim of it. Expectations are deeply partial ({@link Expected});
 * a claim that fails says what comes nearest and where it differs.
 */
export class Template {
  /** The whole configuration, for what has no method here (`terraform`, `variable`). */
  readonly configuration: JsonObject;

  private constructor(
    private readonly stack: TerraformStack,
    private readonly templateOf: (stack: TerraformStack) => Template,
  ) {
    this.configuration = synthesizedJson(stack);
  }

  /**
   * Prepares every stack of the app as `app.synth()` does, so that references between stacks become outputs and remote
   * state. Runs neither aspects nor validations and writes nothing.
   */
  static of(stack: TerraformStack): Template {
    return Template.reader(stacksOf(stack))(stack);
  }

  /** As {@link Template.of}, for all stacks of an app: they are prepared at once, and each is read when it is first asked for. */
  static reader(stacks: readonly TerraformStack[]): (stack: TerraformStack) => Template {
    for (const stack of stacks) stack.prepareStack();
    const templates = new Map<TerraformStack, Template>();
    const templateOf = (stack: TerraformStack): Template => {
      const template = templates.get(stack) ?? new Template(stack, templateOf);
      templates.set(stack, template);
      return template;
    };
    return templateOf;
  }

  /** How many resources of this type the stack holds. */
  count(type: string): number {
    return this.blocks("resource", type).length;
  }

  /** All resources of this type that match, in the order of their logical ids. */
  resources(type: string, expected: Expected = {}): readonly Block[] {
    return this.blocks("resource", type).filter((block) => matches(expected, block.attributes));
  }

  /** The one resource of this type that matches. @throws Error when none or several do. */
  resource(type: string, expected: Expected = {}): Block {
    return this.exactlyOne("resource", type, expected);
  }

  /** The one data source of this type that matches. @throws Error when none or several do. */
  data(type: string, expected: Expected = {}): Block {
    return this.exactlyOne("data", type, expected);
  }

  /** @throws Error naming the resources of this type that match, when there are any. */
  expectAbsent(type: string, expected: Expected = {}): void {
    const found = this.resources(type, expected);
    if (found.length > 0) {
      throw new Error(`${this.name} should hold no such ${type}, but holds ${addresses(found)}`);
    }
  }

  /** The output's arguments: `value`, `description`, `sensitive`. @throws Error listing the outputs when it is missing. */
  output(name: string): JsonObject {
    const outputs = objectAt(this.configuration, "output");
    const output = outputs[name];
    if (!isObject(output)) {
      throw new Error(`${this.name} has no output ${name}; it has: ${listOf(Object.keys(outputs))}`);
    }
    return output;
  }

  /** The configurations of this provider, in the order of the construct tree. */
  providers(type: string): readonly JsonObject[] {
    const providers = objectAt(this.configuration, "provider")[type];
    return isList(providers) ? providers.filter(isObject) : [];
  }

  /** The parsed JSON text in one attribute of the one resource that matches, such as a policy document. */
  json(type: string, attribute: string, expected: Expected = {}): JsonValue {
    const { address, attributes } = this.resource(type, expected);
    const text = attributes[attribute];
    if (typeof text !== "string") {
      throw new Error(`${address}.${attribute} in ${this.name} is no text but ${JSON.stringify(text)}`);
    }
    try {
      return parseJson(text);
    } catch (cause) {
      throw new Error(`${address}.${attribute} in ${this.name} is not JSON: ${text}`, { cause });
    }
  }

  /**
   * What a reference names: `${aws_eip.nat-a.public_ip}`, a bare address as in `depends_on`, or a value read from another
   * stack, which is followed through that stack's output.
   *
   * @throws Error when the value is not exactly one reference, or names nothing.
   */
  follow(value: JsonValue | undefined): Referent {
    const parts = typeof value === "string" ? REFERENCE.exec(value) : null;
    const [, data, type, logicalId, attribute = ""] = parts ?? [];
    if (type === undefined || logicalId === undefined) {
      throw new Error(`${JSON.stringify(value)} in ${this.name} is not a single reference`);
    }
    if (data !== undefined && type === "terraform_remote_state") {
      const producer = this.producerBehind(logicalId);
      return producer.follow(producer.output(attribute.replace(/^outputs\./, "")).value);
    }
    const block = this.blocks(data === undefined ? "resource" : "data", type).find((b) => b.logicalId === logicalId);
    if (block === undefined) {
      throw new Error(`${this.name} refers to ${data ?? ""}${type}.${logicalId}, which it does not hold`);
    }
    return { template: this, block, attribute };
  }

  private get name(): string {
    return `stack ${this.stack.node.id}`;
  }

  private blocks(mode: Mode, type: string): readonly Block[] {
    const byLogicalId = objectAt(objectAt(this.configuration, mode), type);
    return Object.entries(byLogicalId)
      .flatMap(([logicalId, attributes]) =>
        isObject(attributes)
          ? [{ address: `${mode === "data" ? "data." : ""}${type}.${logicalId}`, type, logicalId, attributes }]
          : [],
      )
      .sort((left, right) => left.logicalId.localeCompare(right.logicalId));
  }

  private exactlyOne(mode: Mode, type: string, expected: Expected): Block {
    const candidates = this.blocks(mode, type);
    const found = candidates.filter((block) => matches(expected, block.attributes));
    const [only] = found;
    if (only === undefined) {
      throw new Error(
        candidates.length > 0
          ? `No ${type} in ${this.name} matches. ${nearestMiss(candidates, expected)}`
          : `${this.name} holds no ${mode} ${type}; it holds: ${listOf(Object.keys(objectAt(this.configuration, mode)))}`,
      );
    }
    if (found.length > 1) {
      throw new Error(`${found.length} of type ${type} match in ${this.name}: ${addresses(found)}; expect more of one`);
    }
    return only;
  }

  /** cdktf keeps the producer's path in the id of the construct that reads its state; the rendered backend does not name it. */
  private producerBehind(logicalId: string): Template {
    const reader = this.stack.node
      .findAll()
      .find((node) => node instanceof TerraformRemoteState && node.friendlyUniqueId === logicalId);
    const producer = stacksOf(this.stack).find(
      (stack) => reader?.node.id === `${CROSS_STACK_PREFIX}${stack.node.path}`.replaceAll("/", "--"),
    );
    if (producer === undefined) {
      throw new Error(`${this.name} reads remote state ${logicalId}, which belongs to no stack of this app`);
    }
    return this.templateOf(producer);
  }
}

function stacksOf(stack: TerraformStack): readonly TerraformStack[] {
  return App.of(stack)
    .node.findAll()
    .filter((node) => TerraformStack.isStack(node));
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : {};
}

function nearestMiss(candidates: readonly Block[], expected: Expected): string {
  const [nearest] = candidates
    .map((block) => ({ block, faults: differences(expected, block.attributes) }))
    .sort((left, right) => left.faults.length - right.faults.length);
  if (nearest === undefined) {
    return "";
  }
  return [`Nearest is ${nearest.block.address}:`, ...nearest.faults.map(describeFault)].join("\n  ");
}

function describeFault({ path, expected, found }: Difference): string {
  return `${path}: expected ${expected}, found ${found}`;
}

function addresses(blocks: readonly Block[]): string {
  return blocks.map((block) => block.address).join(", ");
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? "none" : [...names].sort().join(", ");
}
