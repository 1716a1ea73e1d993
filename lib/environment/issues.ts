import type { z } from "zod";

import { said } from "./fields";
import { PLANNED_SECTIONS } from "./schema";
import { describe, formatPath, type Violation } from "./violation";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A violation beside the path of what must not be read any further. */
export interface LocatedViolation {
  readonly path: Path;
  readonly violation: Violation;
}

/** What stands at a path of the input; `undefined` where there is nothing. */
export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** Turns what zod found into violations, in the order of the file. */
export function toViolations(issues: readonly Issue[], input: unknown, prefix: Path = []): LocatedViolation[] {
  return issues.flatMap((issue) => translate(issue, input, [...prefix, ...issue.path]));
}

function translate(issue: Issue, input: unknown, path: Path): LocatedViolation[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(input, [...path, key]));
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const alternatives = issue.errors.map((errors) => toViolations(errors, input, path));
    return alternatives.reduce((best, other) => (other.length < best.length ? other : best));
  }
  if (issue.code === "invalid_key") return issue.issues.map((inner) => located(path, inner.message, path.at(-1)));
  return [located(path, issue.message, valueAt(input, path))];
}

function located(path: Path, message: string, found: unknown): LocatedViolation {
  const { problem, remedy } = said(message) ?? generic(found);
  return { path, violation: { path: formatPath(path), problem, got: describe(found), remedy } };
}

const generic = (found: unknown) => ({
  problem: found === undefined ? "is missing" : "is not of the expected type",
  remedy: "see this field's description in the editor, or environments/example.ts",
});

function unknownKey(input: unknown, path: Path): LocatedViolation {
  const key = String(path.at(-1));
  const planned = path.length === 1 && PLANNED_SECTIONS.includes(key);
  return {
    path,
    violation: {
      path: formatPath(path),
      problem: planned ? "is a section that this version does not implement yet" : "is not a field of this section",
      got: describe(valueAt(input, path)),
      remedy: planned ? "take it out until the release that brings its stack" : "take it out, or correct its spelling",
    },
  };
}
