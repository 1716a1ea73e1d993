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
  return validateEnvironment(input, nameOf(input));
}

function nameOf(input: unknown): string {
  const name = typeof input === "object" && input !== null && "name" in input ? input.name : undefined;
  return typeof name === "string" && /^[\w-]{1,40}$/.test(name)
    ? `environment ${name}`
    : "an environment without a name";
}
