import type { Finding } from "./rule";
import type { SynthesizedBlock } from "./synthesized";

/**
 * One finding that is accepted, and why. In the patterns `*` stands for any run of characters within one segment.
 * A finding that has a detail is covered only by an exception that names it, so exempting one argument or statement exempts no other.
 */
export interface PolicyException {
  /** Id of the rule. */
  readonly rule: string;
  /** Pattern of stack ids: `*-allowlist`. */
  readonly stack: string;
  /** Pattern of the construct's path within the stack (`function/role/Resource`) or of its address (`aws_iam_role.function`). */
  readonly resource: string;
  /**
   * The part of the block, as the message names it: an argument (`kms_key_id`), or a statement's Sid and element
   * (`PutMetrics.Resource`).
   *
   * @default - covers only findings about the block as a whole
   */
  readonly detail?: string;
  /** Why the promise cannot or need not be kept here. A reader in a year must be able to check whether it still holds. */
  readonly reason: string;
}

/**
 * @throws Error naming every exception that gives no reason, or exempts from a rule that does not exist and so would
 * silently exempt from nothing.
 */
export function requireSoundExceptions(exceptions: readonly PolicyException[], ruleIds: readonly string[]): void {
  const faults = exceptions.flatMap((exception) => [
    ...(exception.reason.trim() === ""
      ? [`${describeException(exception)}: gives no reason; say why it is acceptable`]
      : []),
    ...(ruleIds.includes(exception.rule)
      ? []
      : [`${describeException(exception)}: there is no such rule; the rules are ${ruleIds.join(", ")}`]),
  ]);
  if (faults.length > 0) {
    throw new Error(`Policy exceptions cannot be accepted:\n  ${faults.join("\n  ")}`);
  }
}

/** Whether an exception speaks of a stack. */
export function matchesStack(exception: PolicyException, stackId: string): boolean {
  return matchesPattern(exception.stack, stackId);
}

/** Whether an exception accepts a finding. */
export function covers(
  exception: PolicyException,
  ruleId: string,
  stackId: string,
  block: SynthesizedBlock,
  finding: Finding,
): boolean {
  return (
    exception.rule === ruleId &&
    matchesStack(exception, stackId) &&
    (matchesPattern(exception.resource, block.path) || matchesPattern(exception.resource, block.address, ".")) &&
    exception.detail === finding.detail
  );
}

/** The exception as it is found in its file. */
export function describeException({ rule, stack, resource, detail }: PolicyException): string {
  return `${rule} ${stack}/${resource}${detail === undefined ? "" : ` (${detail})`}`;
}

/** `*` runs up to the next separator: `/` between the ids of a path, `.` between the type and name of an address. */
function matchesPattern(pattern: string, text: string, separator = "/"): boolean {
  const literals = pattern.split("*").map((literal) => literal.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literals.join(`[^${separator}]*`)}$`).test(text);
}
