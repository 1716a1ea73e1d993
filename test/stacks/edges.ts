import example from "../../environments/example";
import type { Environment, EnvironmentInput, WallarmEnvironment } from "../../lib/environment";
import type { JsonObject, JsonValue } from "../../lib/policy/terraform-json";
import { isList, isObject, parseJson } from "../../lib/policy/terraform-json";
import frugal from "../environments/frugal";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { directives } from "../lib/aws/wallarm/directives";
import { environmentWith } from "../support/environment";
import { objectsOf, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

/** The stack of one edge, and what it was made from. */
export interface BuiltEdge {
  readonly stackId: string;
  readonly environment: Environment;
  /** What the environment says of the edge, with its defaults. */
  readonly config: WallarmEnvironment;
  readonly template: Template;
  /** The network that is made for it. @default - it stands in an existing one */
  readonly network?: Template;
  /** Ids of the stacks that must be applied before. */
  readonly dependencies: readonly string[];
}

/** The edges of an environment, which is built without its allowlist: no edge has anything to do with it. */
export function edgesOf(environment: Environment): readonly BuiltEdge[] {
  const stacks = stackTemplates({ ...environment, allowlist: undefined });
  const networkId = `${environment.name}-aws-network`;
  const network = stacks.stackIds.includes(networkId) ? stacks.template(networkId) : undefined;
  return Object.entries(environment.wallarm ?? {}).map(([edge, config]) => {
    const stackId = `${environment.name}-wallarm-${edge}`;
    const [template, dependencies] = [stacks.template(stackId), stacks.dependencies(stackId)];
    return { stackId, environment, config, template, network, dependencies };
  });
}

/** Every edge of the example and of the fixtures. */
export const EDGES: readonly BuiltEdge[] = [example, wide, hosted, frugal].flatMap(edgesOf);

/** One of {@link EDGES}. @throws Error listing them when there is none of this id */
export function edgeNamed(stackId: string): BuiltEdge {
  const edge = EDGES.find((one) => one.stackId === stackId);
  if (edge === undefined) throw new Error(`no edge ${stackId}, but ${EDGES.map((one) => one.stackId).join(", ")}`);
  return edge;
}

type EdgeInput = NonNullable<EnvironmentInput["wallarm"]>[string];
type AwsInput = NonNullable<EnvironmentInput["aws"]>;

/** A network that is made here. */
export const MADE = {
  network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
} as const satisfies Partial<AwsInput>;

/** Such a network with a cache of Docker Hub. */
export const CACHED = {
  ...MADE,
  dockerHub: {
    credentialSecretArn:
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
  },
} as const satisfies Partial<AwsInput>;

const EXISTING = {
  existing: {
    vpcId: "vpc-0123456789abcdef0",
    cidr: "10.20.0.0/16",
    publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    egress: ["203.0.113.7/32"],
  },
} as const;

const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

/**
 * An environment `test` of nothing but edges, each given by what differs from the least one, in a network that exists: it is the
 * quickest to build.
 */
export function edgesEnvironment(
  edges: Readonly<Record<string, Partial<EdgeInput>>>,
  aws: Partial<AwsInput> = {},
): Environment {
  const complete = ([name, changes]: [string, Partial<EdgeInput>]): [string, EdgeInput] => [
    name,
    {
      domain: `${name}.example.com`,
      upstream: "https://kong.internal.example.com",
      cloud: "eu",
      token: { revision: 1 },
      certificateArn: CERTIFICATE,
      ...changes,
    },
  ];
  return environmentWith({
    access: undefined,
    allowlist: undefined,
    aws: { accountId: "111122223333", region: "eu-central-1", network: EXISTING, ...aws },
    wallarm: Object.fromEntries(Object.entries(edges).map(complete)),
  });
}

/** The stack of the edge `test-wallarm-api`, which differs in this from the least one. */
export function edgeWith(changes: Partial<EdgeInput>, aws: Partial<AwsInput> = {}): Template {
  return stackTemplates(edgesEnvironment({ api: changes }, aws)).template("test-wallarm-api");
}

/** The containers of the nodes' task, the node first. */
export function containersOf(template: Template): readonly JsonObject[] {
  return objectsOf(parseJson(textOf(template.resource("aws_ecs_task_definition").attributes.container_definitions)));
}

/** The node's container. */
export function nodeOf(template: Template): JsonObject {
  const [node = {}] = containersOf(template);
  return node;
}

/** The plain variables of a container. */
export function variablesOf({ environment }: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(objectsOf(environment).map(({ name, value }) => [textOf(name), textOf(value)]));
}

/** Every directive of the configuration that the node's NGINX gets, with the blocks around it. */
export function nginxOf(template: Template): readonly string[] {
  return directives(variablesOf(nodeOf(template)).NODE_NGINX_CONF ?? "");
}

/** The value of a directive that stands once. @throws Error when it does not */
export function directiveOf(template: Template, path: string): string {
  const [value, ...others] = nginxOf(template).flatMap((line) =>
    line.startsWith(`${path} `) ? [line.slice(path.length + 1)] : [],
  );
  if (value === undefined || others.length > 0) throw new Error(`${path} stands ${others.length + 1} times, or never`);
  return value;
}

/** One of the two roles of the nodes' task. */
export function roleOf(template: Template, kind: "execution" | "task"): Block {
  return template.follow(template.resource("aws_ecs_task_definition").attributes[`${kind}_role_arn`]).block;
}

/** A text with each reference in it written as what it names: `<aws_kms_key.key.arn>`, also when that is in another stack. */
export function spelledOut(template: Template, text: string): string {
  return text.replaceAll(/\$\{[^}]*\}/g, (reference) => {
    const { block, attribute } = template.follow(reference);
    return `<${block.address}.${attribute}>`;
  });
}

/** What the references of a list name. */
export function followed(template: Template, references: JsonValue | undefined): readonly Block[] {
  return (isList(references) ? references : []).map((reference) => template.follow(reference).block);
}

/** A variable of the stack's configuration. */
export function variableOf({ configuration }: Template, name: string): JsonObject | undefined {
  const { variable } = configuration;
  const found = isObject(variable) ? variable[name] : undefined;
  return isObject(found) ? found : undefined;
}
