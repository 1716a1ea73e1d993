import type { Environment, EnvironmentInput } from "../../lib/environment";
import type { JsonObject } from "../../lib/policy/terraform-json";
import { parseJson } from "../../lib/policy/terraform-json";
import fronted from "../environments/fronted";
import gated from "../environments/gated";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import rested from "../environments/rested";
import { environmentWith } from "../support/environment";
import { objectOf, objectsOf, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";

type AwsInput = NonNullable<EnvironmentInput["aws"]>;
type LatticeInput = NonNullable<EnvironmentInput["lattice"]>;
type IngressInput = NonNullable<LatticeInput["ingress"]>;
type FleetInput = Extract<IngressInput, { readonly kind: "fleet" }>;
type FunctionInput = Extract<IngressInput, { readonly kind: "lambda" }>;

/** A network that is made here. */
export const MADE = { network: { cidr: "10.20.0.0/16", zones: ["a", "b"] } } as const satisfies Partial<AwsInput>;

const EXISTING = {
  existing: {
    vpcId: "vpc-0123456789abcdef0",
    cidr: "10.20.0.0/16",
    publicSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    privateSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    egress: ["203.0.113.7/32"],
  },
} as const;

export const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

/** What is to differ from one service `shop` at `shop.example.com`. */
export interface LatticeChanges {
  readonly lattice?: Partial<LatticeInput>;
  readonly ingress?: Partial<FleetInput>;
  readonly aws?: Partial<AwsInput>;
  readonly sections?: Partial<EnvironmentInput>;
}

/** An environment `test` of nothing but VPC Lattice, in a network that exists: it is the quickest to build. */
export function latticeEnvironment({ lattice, ingress, aws, sections }: LatticeChanges = {}): Environment {
  return environmentWith({
    access: undefined,
    allowlist: undefined,
    aws: { accountId: "111122223333", region: "eu-central-1", network: EXISTING, ...aws },
    lattice: {
      services: { shop: { targets: { web: { kind: "ip", ids: ["10.20.30.40"] } }, defaultTo: { web: 1 } } },
      hosts: { "shop.example.com": { service: "shop" } },
      ingress: { kind: "fleet", certificateArn: CERTIFICATE, ...ingress },
      ...lattice,
    },
    ...sections,
  });
}

/** The stack `test-lattice` of such an environment. */
export function latticeWith(changes: LatticeChanges = {}): Template {
  return stackTemplates(latticeEnvironment(changes)).template("test-lattice");
}

/** An environment with a function in the place of the fleet. */
export function functionEnvironment(
  ingress: FunctionInput,
  changes: Omit<LatticeChanges, "ingress"> = {},
): Environment {
  return latticeEnvironment({ ...changes, lattice: { ...changes.lattice, ingress } });
}

/** The stack `test-lattice` of such an environment. */
export function functionWith(ingress: FunctionInput, changes: Omit<LatticeChanges, "ingress"> = {}): Template {
  return stackTemplates(functionEnvironment(ingress, changes)).template("test-lattice");
}

const sets = stackTemplates(latticed, lent);

/** The stacks of the fixtures with a fleet. */
export const LATTICED = sets.template("latticed-lattice");
export const LENT = sets.template("lent-lattice");

const functions = stackTemplates(fronted, gated, rested);

/** The stacks of the fixtures with a function, by what stands in front of it. */
export const FRONTED = functions.template("fronted-lattice");
export const GATED = functions.template("gated-lattice");
export const RESTED = functions.template("rested-lattice");

/** The one container of the proxies' task. */
export function proxyOf(template: Template): JsonObject {
  const { container_definitions } = template.resource("aws_ecs_task_definition").attributes;
  const [proxy = {}, ...others] = objectsOf(parseJson(textOf(container_definitions)));
  if (others.length > 0) throw new Error("there is more than one container");
  return proxy;
}

/** What Terraform is told to work out the proxies' configuration from. */
export function configurationOf({ configuration }: Template): string {
  return textOf(objectOf(configuration.locals)["fleet-envoy-configuration"]);
}

/** The rules that forward, in the order in which they are asked: hosts, and port of the targets. */
export function forwardsOf(template: Template): readonly (readonly [hosts: string, port: number])[] {
  return [...template.resources("aws_lb_listener_rule")]
    .sort((one, other) => Number(one.attributes.priority) - Number(other.attributes.priority))
    .map(({ attributes }) => {
      const [condition] = objectsOf(attributes.condition);
      const { values } = objectOf(condition?.host_header);
      const forward = objectsOf(attributes.action).find(({ type }) => type === "forward");
      const { port } = template.follow(forward?.target_group_arn).block.attributes;
      return [(values as readonly string[]).join(" "), Number(port)] as const;
    });
}
