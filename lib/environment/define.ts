import { ENVIRONMENT_NAME } from "../names";
import type { Environment, EnvironmentInput } from "./environment";
import { validateEnvironment } from "./validate";

/**
 * Describes an environment: one AWS account and Region, one Rancher server, and the fences that stand there.
 *
 * ```ts
 * export default defineEnvironment({ name: "prod", state: { kind: "local" } });
 * ```
 *
 * @throws EnvironmentError with all faults of the description at once, each with its path, what was found and what to write
 */
export function defineEnvironment(input: EnvironmentInput): Environment {
  return validateEnvironment(input, sourceOf(input));
}

/** Only a proper name is shown: any other text may be a secret in the wrong place. */
function sourceOf(input: unknown): string {
  const name = typeof input === "object" && input !== null && "name" in input ? input.name : undefined;
  return typeof name === "string" && ENVIRONMENT_NAME.test(name) ? `environment ${name}` : "the environment";
}
