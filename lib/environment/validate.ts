import type { z } from "zod";

import type { DeepPartial, DeepReadonly } from "./deep";
import type { Environment } from "./environment";
import { findForbiddenValues } from "./forbidden-values";
import { toFaults } from "./issues";
import { crossFieldRules } from "./rules";
import { environmentSchema } from "./schema";
import { correctSpelling } from "./spelling";
import { describe, isPlainObject } from "./values";
import { EnvironmentError, type Fault, formatPath, type Path } from "./violation";

/**
 * Validates an environment in one pass, as {@link validateFile} does.
 *
 * @param source the file or name that the error shall mention
 * @throws EnvironmentError with every violation
 */
export function validateEnvironment(input: unknown, source: string): Environment {
  return validateFile(input, source, {
    what: "the environment",
    example: 'defineEnvironment({ name: "prod", state: { kind: "local" } })',
    schema: environmentSchema,
    rules: crossFieldRules,
  });
}

/** What a kind of file has to be. */
interface FileKind<Schema extends z.ZodType> {
  /** What its default export is called in messages: `the environment`. */
  readonly what: string;
  /** What to write, in the file's own notation. */
  readonly example: string;
  readonly schema: Schema;
  /** Checks across fields, each of which sees only fields whose own shape is right. */
  readonly rules: readonly Rule<DeepPartial<DeepReadonly<z.output<Schema>>>>[];
}

type Rule<Partial> = (accepted: Partial, isRefused: (path: Path) => boolean) => readonly Fault[];

/**
 * Validates what a file describes in one pass.
 *
 * Four kinds of check, and no kind hides another's findings: names of fields, values that may stand nowhere (secrets,
 * references), the shape of every field, and the rules across fields. Each sees only what those before it let through, so
 * that one mistake is one violation.
 *
 * @param source the file or name that the error shall mention
 * @throws EnvironmentError with every violation
 */
export function validateFile<Schema extends z.ZodType<object>>(
  input: unknown,
  source: string,
  { what, example, schema, rules }: FileKind<Schema>,
): DeepReadonly<z.output<Schema>> {
  if (!isPlainObject(input)) {
    throw new EnvironmentError(source, [
      { path: what, problem: "must be an object", got: describe(input) ?? "undefined", remedy: `write ${example}` },
    ]);
  }
  const spelling = correctSpelling(input, schema);
  const forbidden = findForbiddenValues(spelling.input);
  const readable = without(spelling.input, forbidden);
  const parsed = schema.safeParse(readable);
  // A forbidden value was taken out before its shape was read; that it is missing now is not a second fault.
  const shapeFaults = toFaults(parsed.error?.issues ?? [], readable).filter(
    ({ path }) => !forbidden.some((other) => isWithin(path, other.path)),
  );
  const refusedShape = shapeFaults.filter(({ isOfKey = false }) => !isOfKey);
  const accepted = (parsed.success ? parsed.data : without(readable, refusedShape)) as DeepPartial<
    DeepReadonly<z.output<Schema>>
  >;
  const refused = [...forbidden, ...refusedShape].map(({ path }) => path);
  const isRefused = (path: Path): boolean => refused.some((other) => isWithin(path, other));
  const across = rules.flatMap((rule) => rule(accepted, isRefused));

  const faults = inFileOrder([...spelling.faults, ...forbidden, ...shapeFaults, ...across], spelling.input);
  if (parsed.success && faults.length === 0) return deepFreeze(parsed.data) as DeepReadonly<z.output<Schema>>;
  throw new EnvironmentError(
    source,
    faults.map(({ path, shownPath = path, problem, got, remedy }) => ({
      path: formatPath(spelling.asWritten(shownPath)),
      problem,
      got,
      remedy,
    })),
  );
}

const isWithin = (path: Path, outer: Path): boolean => outer.every((key, index) => path[index] === key);

/** A copy without what stands at the given paths; a list keeps a hole, so that the others keep their places. */
function without(input: object, faults: readonly Fault[]): object {
  const refused = new Set(faults.map(({ path }) => JSON.stringify(path)));
  const copy = (value: unknown, path: Path): unknown => {
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

/** Sorted by where they stand in the file; what is missing comes after what its section has. */
function inFileOrder(faults: readonly Fault[], input: object): Fault[] {
  const placed = faults.map((fault) => ({ fault, place: placeOf(fault.path, input) }));
  return placed.sort((one, other) => comparePlaces(one.place, other.place)).map(({ fault }) => fault);
}

function placeOf(path: Path, input: object): readonly number[] {
  let value: unknown = input;
  return path.map((key) => {
    const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
    const index = keys.indexOf(String(key));
    value = index < 0 ? undefined : (value as Record<PropertyKey, unknown>)[key];
    return index < 0 ? keys.length : index;
  });
}

function comparePlaces(one: readonly number[], other: readonly number[]): number {
  const depth = one.findIndex((index, at) => index !== other[at]);
  if (depth < 0) return one.length - other.length;
  return (one[depth] ?? 0) - (other[depth] ?? -1);
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value) as unknown[]) {
    if (typeof child === "object" && child !== null) deepFreeze(child);
  }
  return Object.freeze(value);
}
