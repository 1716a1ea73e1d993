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
