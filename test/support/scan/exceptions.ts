/** Findings of one rule that are accepted, and why: a row of the table in `docs/security/exceptions.md`. */
export interface ScanException {
  /** Id of checkov's rule: `CKV_AWS_50`, `CKV2_AWS_62`. */
  readonly rule: string;
  /** `<stack>/<address>`, in which `*` stands for any run of characters except `/` and `.`. */
  readonly resource: string;
  /** Why the rule cannot or need not be kept there. */
  readonly reason: string;
}

const HEADINGS = ["Rule", "Resource", "Reason"];
const RULE = /^CKV2?_[A-Z]+_\d+$/;
const RESOURCE = /^[^/]+\/[^/]+\.[^/]+$/;

/**
 * The rows of the document's one table that is headed Rule, Resource, Reason.
 *
 * @throws Error with all rows that cannot be understood, by line
 */
export function readExceptions(markdown: string): readonly ScanException[] {
  const lines = markdown.split("\n").map((line, index) => ({ number: index + 1, cells: cellsOf(line) }));
  const headings = lines.filter(({ cells }) => cells?.join() === HEADINGS.join());
  const start = headings[0]?.number;
  if (start === undefined || headings.length > 1) {
    throw new Error(
      `There must be one table with the headings ${HEADINGS.join(", ")}, and there are ${headings.length}`,
    );
  }
  // The line below the headings is the rule between them and the rows.
  const below = lines.slice(start + 1);
  const end = below.findIndex(({ cells }) => cells === undefined);
  const rows = below.slice(0, end === -1 ? undefined : end);

  const exceptions = rows.map(({ cells = [] }) => exceptionOf(cells));
  const faults = rows.flatMap(({ number, cells = [] }, index) => {
    const fault = faultOf(cells, exceptions.slice(0, index));
    return fault === undefined ? [] : [`line ${number}: ${fault}`];
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return exceptions;
}

/** The cells of a table's line, or nothing for a line that is none. */
function cellsOf(line: string): readonly string[] | undefined {
  const inner = /^\|(.*)\|\s*$/.exec(line)?.[1];
  return inner?.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function exceptionOf([rule = "", resource = "", reason = ""]: readonly string[]): ScanException {
  const unquoted = (cell: string): string => cell.replace(/^`(.*)`$/, "$1");
  return { rule: unquoted(rule), resource: unquoted(resource), reason };
}

function faultOf(cells: readonly string[], above: readonly ScanException[]): string | undefined {
  if (cells.length !== HEADINGS.length) return `a row has ${HEADINGS.length} cells, and this one has ${cells.length}`;
  const { rule, resource, reason } = exceptionOf(cells);
  if (!RULE.test(rule)) return `'${rule}' is no id of a rule, such as CKV_AWS_50`;
  if (!RESOURCE.test(resource)) return `'${resource}' names no resource, such as *-allowlist/aws_s3_bucket.sync-*`;
  if (reason === "") return `${rule} for ${resource} gives no reason; say why it is acceptable`;
  if (above.some((other) => other.rule === rule && other.resource === resource)) {
    return `${rule} for ${resource} stands there twice`;
  }
  return undefined;
}
