import type { z } from "zod";

import { said } from "./fields";
import { ABOUT_THE_KEY, knownFields } from "./shapes";
import { describe, valueAt } from "./values";
import type { Fault, Path } from "./violation";

type Issue = z.core.$ZodIssue;

/** Turns what zod found into faults. */
export function toFaults(issues: readonly Issue[], input: unknown): Fault[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => unknownField(issue, key)) : [faultOf(issue, input)],
  );
}

/** A key where no field has that name. */
interface UnknownKey {
  /** Path of the object that holds it. */
  readonly section: Path;
  readonly key: string;
  /** The names of the fields there. */
  readonly known: readonly string[];
}

/** Keys that may be misspelt. */
export function unknownKeys(issues: readonly Issue[]): UnknownKey[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [];
    const known = knownFields(issue.message);
    return issue.keys.map((key) => ({ section: issue.path, key, known }));
  });
}

function faultOf(issue: Issue, input: unknown): Fault {
  const { path, message } = issue;
  const halves = said(message) ?? { problem: message, remedy: "write plain values only" };
  if (issue.code === "custom" && issue.params === ABOUT_THE_KEY) return { path, isOfKey: true, ...halves };
  const found = valueAt(input, path);
  const parent = valueAt(input, path.slice(0, -1));
  const key = path.at(-1);
  // Most often a constant that is not what its author believes: worth telling from a field left out.
  const isWrittenOut = found === undefined && typeof parent === "object" && parent !== null && key !== undefined;
  const got = isWrittenOut && Object.hasOwn(parent, key) ? "undefined" : describe(found);
  return { path, got, ...halves };
}

/** What stands in an unknown field is not shown: nobody can tell that it is no secret. */
function unknownField({ path, message }: Issue, key: string): Fault {
  const known = knownFields(message);
  return {
    path: [...path, key],
    ...(said(message) ?? {
      problem: "is not a field of this section",
      remedy: `take it out; the fields here are ${known.join(", ")}`,
    }),
  };
}
