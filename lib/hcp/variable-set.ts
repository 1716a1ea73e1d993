import { Variable } from "@cdktf/provider-tfe/lib/variable";
import { VariableSet as TfeVariableSet } from "@cdktf/provider-tfe/lib/variable-set";
import { WorkspaceVariableSet } from "@cdktf/provider-tfe/lib/workspace-variable-set";
import { Construct } from "constructs";

import { guarded } from "../terraform";
import type { Workspace } from "./workspace";

/** An environment variable of runs. */
export interface RunVariable {
  /** `TFC_AWS_PROVIDER_AUTH` */
  readonly key: string;
  readonly description: string;
  /** @default - a secret that a person writes in HCP Terraform, once the variable is there */
  readonly value?: string;
}

/** What a set of variables is to be. */
export interface VariableSetProps {
  readonly name: string;
  readonly description: string;
  readonly variables: readonly RunVariable[];
  /** Workspaces whose runs have them. Nobody else's do. */
  readonly workspaces: readonly Workspace[];
  /** Whether a secret in it may not be destroyed. */
  readonly protect: boolean;
}

/**
 * Variables that several workspaces have in common. It belongs to the organization, so that a team that may change a project's workspaces may
 * not change it.
 */
export class VariableSet extends Construct {
  constructor(scope: Construct, id: string, props: VariableSetProps) {
    super(scope, id);
    const set = new TfeVariableSet(this, "Resource", { name: props.name, description: props.description });
    for (const { key, description, value } of props.variables) {
      new Variable(this, key, {
        variableSetId: set.id,
        category: "env",
        key,
        description,
        // Left out it is made empty, and the provider writes a value only when the configuration's changes: what a person has written stays.
        value,
        sensitive: value === undefined,
        lifecycle: guarded(props.protect && value === undefined),
      });
    }
    for (const workspace of props.workspaces) {
      new WorkspaceVariableSet(this, `for-${workspace.node.id}`, { variableSetId: set.id, workspaceId: workspace.id });
    }
  }
}
