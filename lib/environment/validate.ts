import { type Environment, type PartialEnvironment } from "./environment";
import { findForbiddenValues } from "./forbidden-values";
import { type LocatedViolation, toViolations } from "./issues";
import { crossFieldRules } from "./rules";
import { environmentSchema } from "./schema";
import { describe, EnvironmentError, type Violation } from "./violation";

/**
 * Validates an environment in one pass.
 *
 * Three kinds of check, and no kind hides another's findings: values that may stand nowhere (secrets, references), the shape
 * of every field, and the rules across fields. The last see only what the first two let through.
 *
 * @param source the file or name that the error shall mention
 * @throws EnvironmentError with every violation
 */
export function validateEnvironment(input: unknown, source: string): Environment {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new EnvironmentError(source, [
      {
        path: "the environment",
        problem: "must be an object",
        got: describe(input),
        remedy: 'write defineEnvironment({ name: "prod", state: { kind: "local" } })',
      },
    ]);
  }
  const forbidden = findForbiddenValues(input);
  const readable = without(input, forbidden);
  const parsed = environmentSchema.safeParse(readable);
  const shape = parsed.success ? [] : toViolations(parsed.error.issues, readable).filter(isNotUnder(forbidden));
  const accepted = (parsed.success ? parsed.data : without(readable, shape)) as PartialEnvironment;
  const across = crossFieldRules.flatMap((rule): readonly Violation[] => rule(accepted));

  const violations = [...[...forbidden, ...shape].map(({ violation }) => violation), ...across];
  if (!parsed.success || violations.length > 0) throw new EnvironmentError(source, violations);
  return deepFreeze(parsed.data);
}

/** A forbidden value was taken out before its shape was read; that it is missing now is not a second fault. */
const isNotUnder =
  (forbidden: readonly LocatedViolation[]) =>
  ({ path }: LocatedViolation): boolean =>
    !forbidden.some((other) => other.path.every((key, index) => path[index] === key));

/** A copy without what stands at the given paths; a list keeps a hole, so that the others keep their places. */
function without(input: object, faults: readonly LocatedViolation[]): object {
  const refused = new Set(faults.map(({ path }) => JSON.stringify(path)));
  const copy = (value: unknown, path: readonly PropertyKey[]): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const isRefused = (key: PropertyKey): boolean => refused.has(JSON.stringify([...path, key]));
    if (Array.isArray(value)) {
      return value.map((child: unknown, index) => (isRefused(index) ? undefined : copy(child, [...path, index])));
    }
    const kept = Object.entries(value).filter(([key]) => !isRefused(key));
    return Object.fromEntries(kept.map(([key, child]) => [key, copy(child, [...path, key])]));
  };
  return refused.size === 0 ? input : (copy(input, []) as object);
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value) as unknown[]) {
    if (typeof child === "object" && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
