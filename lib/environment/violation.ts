/** Keys from the environment to a value in it. */
export type Path = readonly PropertyKey[];

/** One fault of an environment file. */
export interface Violation {
  /** Where it is, as one would write it in the file: `allowlist.clusters["otc-billing"][2]`. */
  readonly path: string;
  /** What is wrong, as the rest of a sentence that begins with the path. */
  readonly problem: string;
  /** What was found, ready to print; absent where there is nothing to show, or nothing that may be shown. */
  readonly got?: string;
  /** What to write instead. */
  readonly remedy: string;
}

/** A violation whose place is still the keys that lead to it. */
export interface Fault extends Omit<Violation, "path"> {
  readonly path: Path;
  /** The path to print, where the fault's own may not be. @default path */
  readonly shownPath?: Path;
  /** Whether what stands under the path is still read: its key is wrong, or its fields together. @default false */
  readonly isOfKey?: boolean;
}

/** Thrown with every fault that was found, in the order of the file. */
export class EnvironmentError extends Error {
  constructor(
    /** The environment's file or name, as far as it is known. */
    readonly source: string,
    readonly violations: readonly Violation[],
  ) {
    super([`${source}: ${countOf(violations.length)}`, ...violations.map((v) => `  ${formatViolation(v)}`)].join("\n"));
    this.name = "EnvironmentError";
  }
}

const countOf = (faults: number): string => (faults === 1 ? "1 fault" : `${faults} faults`);

/** `path: what is wrong (got …); remedy`. */
export function formatViolation({ path, problem, got, remedy }: Violation): string {
  return `${path}: ${problem}${got === undefined ? "" : ` (got ${got})`}; ${remedy}`;
}

/** Writes a path the way the file does, so that it can be searched for. */
export function formatPath(path: Path): string {
  const written = path.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    const name = String(key);
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  return written.join("").replace(/^\./, "") || "the environment";
}
