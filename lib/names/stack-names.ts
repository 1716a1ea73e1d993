/**
 * What an environment may be called: a lower-case letter, then letters and digits, 16 characters at most.
 *
 * No hyphen, so that the pattern `dev-*` names the stacks of exactly one environment; 16, so that the names derived from
 * it stay readable within the 32 characters of a load balancer.
 */
export const ENVIRONMENT_NAME = /^[a-z][a-z0-9]{0,15}$/;

/**
 * The id of a stack: `<environment>-<stack>[-<instance>]`. It is also the name of its folder, state and workspace.
 *
 * @param instance the edge or cluster, for stacks that exist once per entry of a map
 */
export function stackId(environment: string, stack: string, instance?: string): string {
  return [environment, stack, ...(instance === undefined ? [] : [instance])].join("-");
}

/** Begins the id of the stack that makes an organization's workspaces: `workspaces-<organization>`. No environment may have it as its name. */
export const WORKSPACES = "workspaces";

/** HCP Terraform documentation, "Create workspaces": the longest name of a workspace, in characters. */
export const WORKSPACE_NAME_LENGTH = 90;

/**
 * What HCP Terraform takes as a workspace's name: letters, digits, hyphens and underscores (HCP Terraform documentation, "Create
 * workspaces").
 */
export const WORKSPACE_NAME = new RegExp(`^[A-Za-z0-9_-]{1,${WORKSPACE_NAME_LENGTH}}$`);

/** The HCP Terraform workspace that holds a stack's state and runs. */
export function workspaceName(id: string): string {
  return id;
}

/** The object key of a stack's state in an S3 bucket; one key per stack, under one prefix. */
export function stateKey(id: string, prefix = "ringfence"): string {
  return `${prefix}/${id}.tfstate`;
}

/** A stack's state file for local state, relative to the project's root; always with forward slashes. */
export function localStateFile(id: string): string {
  return `state/${id}.tfstate`;
}
