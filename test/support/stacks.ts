import { mkdirSync } from "node:fs";

import { App, TerraformStack } from "cdktf";

import type { Environment, Organization } from "../../lib/environment";
import { buildStackSets } from "../../stacks/stack-set";
import { withFolder } from "./folder";
import { Template } from "./template";

/** The stacks of some environments as Terraform will read them, with nothing left on disk. */
export interface StackTemplates {
  /** Ids of all stacks, in the order in which they were built. */
  readonly stackIds: readonly string[];
  /** @throws Error listing the stacks when there is none of this id */
  template(stackId: string): Template;
  /** Ids of the stacks that must be applied before this one. */
  dependencies(stackId: string): readonly string[];
}

/** Builds the stack sets of some environments, wired as in `main.ts`. Nothing is held to the policy rules. */
export function stackTemplates(...environments: readonly Environment[]): StackTemplates {
  return templatesWith([], ...environments);
}

/** As {@link stackTemplates}, with the organizations that hold the environments' workspaces. */
export function templatesWith(
  organizations: readonly Organization[],
  ...environments: readonly Environment[]
): StackTemplates {
  return withFolder((outdir) => {
    const stacks = buildInto(outdir, environments, organizations).node.children.filter((child) =>
      TerraformStack.isStack(child),
    );
    const templateOf = Template.reader(stacks);
    const stackIds = stacks.map(({ node }) => node.id);
    const find = (stackId: string): TerraformStack => {
      const stack = stacks.find(({ node }) => node.id === stackId);
      if (stack === undefined) throw new Error(`there is no stack ${stackId}, but ${stackIds.join(", ")}`);
      return stack;
    };
    return {
      stackIds,
      template: (stackId) => templateOf(find(stackId)),
      dependencies: (stackId) => find(stackId).dependencies.map(({ node }) => node.id),
    };
  });
}

/**
 * Writes the stack sets of some environments into a folder, as `cdktf synth` does.
 *
 * @throws Error with all violations of the policy rules
 */
export function synthesizeInto(
  outdir: string,
  environments: readonly Environment[],
  organizations: readonly Organization[] = [],
): void {
  mkdirSync(outdir, { recursive: true });
  buildInto(outdir, environments, organizations).synth();
}

function buildInto(outdir: string, environments: readonly Environment[], organizations: readonly Organization[]): App {
  const app = new App({ outdir, stackTraces: false });
  buildStackSets(app, environments, organizations);
  return app;
}
