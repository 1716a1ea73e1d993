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
export function formatPath(path: readonly PropertyKey[]): string {
  const written = path.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    const name = String(key);
    return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  return written.join("").replace(/^\./, "") || "the environment";
}

const LONGEST_SHOWN = 60;

/** Prints a found value, shortened; `undefined` for what is not there. */
export function describe(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
