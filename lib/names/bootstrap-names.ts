import { type AwsPlace, iamArn } from "./aws-names";
import { stackId } from "./stack-names";

/** What a run does: it looks at what would change, or changes it. HCP Terraform calls it `run_phase`. */
export type RunPhase = "plan" | "apply";

/** Both phases, in their order. */
export const RUN_PHASES: readonly RunPhase[] = ["plan", "apply"];

/** Begins the names of all that bootstrap makes, for every environment. No environment may have it as its name. */
export const BOOTSTRAP = "bootstrap";

/**
 * The id of the stack that lets an environment's runs in: `bootstrap-<environment>`.
 *
 * It stands outside of `<environment>-*` on purpose, and so do the names of all it makes: whoever may run the set may not rewrite
 * what the set may do.
 */
export function bootstrapStackId(environment: string): string {
  return stackId(BOOTSTRAP, environment);
}

/** The name of the role or identity by which an environment's runs of one phase sign in. */
export function bootstrapRoleName(environment: string, phase: RunPhase): string {
  return `${bootstrapStackId(environment)}-${phase}`;
}

/** The ARN of that role, known before it is made. */
export function bootstrapRoleArn(place: AwsPlace, environment: string, phase: RunPhase): string {
  return iamArn(place, `role/${bootstrapRoleName(environment, phase)}`);
}

/**
 * The IAM path of what the sets of environments with a boundary make: roles, policies, instance profiles. Nobody else's are below it,
 * whatever their names begin with.
 */
export const IAM_PATH = "/ringfence/";

/** The name of the managed policy that bounds every role of an environment. */
export function boundaryName(environment: string): string {
  return `${bootstrapStackId(environment)}-boundary`;
}

/** The ARN of that policy, known before it is made. */
export function boundaryArn(place: AwsPlace, environment: string): string {
  return iamArn(place, `policy/${boundaryName(environment)}`);
}
