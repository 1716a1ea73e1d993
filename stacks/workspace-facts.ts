import type { TerraformStack } from "cdktf";

import { isObject, type JsonObject, type JsonValue, synthesizedJson } from "../lib/policy/terraform-json";

/** What a built stack says of the workspace that it runs in, and of those of others. */
export interface WorkspaceFacts {
  readonly stackId: string;
  /** The workspace's name. */
  readonly name: string;
  readonly project: string;
  /** Local names of the providers that it configures: `aws`. */
  readonly providers: readonly string[];
  /** Names of the workspaces of the same organization whose states it reads. */
  readonly reads: readonly string[];
  /** Ids of the stacks that are deployed before it. */
  readonly waitsFor: readonly string[];
}

/** What is one place in HCP Terraform, however it is written. */
const organizationIn = ({ hostname, organization }: JsonObject): string =>
  JSON.stringify([hostname ?? null, organization ?? null]);

const at = (value: JsonValue | undefined, ...keys: readonly string[]): JsonObject =>
  keys.reduce<JsonObject>(
    (object, key) => {
      const inner = object[key];
      return isObject(inner) ? inner : {};
    },
    isObject(value) ? value : {},
  );

/**
 * Reads from what Terraform will read, so that what it shares is what is read, and nothing besides. References between stacks are there
 * once `prepareStack()` has run on all of them.
 *
 * @returns undefined where the stack's state is not in HCP Terraform
 */
export function workspaceFacts(stack: TerraformStack): WorkspaceFacts | undefined {
  const configuration = synthesizedJson(stack);
  const cloud = at(configuration.terraform, "cloud");
  const { name, project } = at(cloud, "workspaces");
  if (typeof name !== "string" || typeof project !== "string") return undefined;
  const states = Object.values(at(configuration.data, "terraform_remote_state")).filter(isObject);
  const reads = states.flatMap(({ backend, config }) => {
    const source = at(config, "workspaces").name;
    const isHere = backend === "remote" && organizationIn(at(config)) === organizationIn(cloud);
    return isHere && typeof source === "string" ? [source] : [];
  });
  return {
    stackId: stack.node.id,
    name,
    project,
    providers: Object.keys(at(configuration.provider)),
    reads: [...new Set(reads)],
    waitsFor: stack.dependencies.map(({ node }) => node.id),
  };
}
