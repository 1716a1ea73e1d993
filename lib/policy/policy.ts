import type { App } from "cdktf";
import { TerraformStack } from "cdktf";
import type { PolicyException } from "./exception";
import { covers, describeException, matchesStack, requireSoundExceptions } from "./exception";
import type { PolicyRule } from "./rule";
import type { SynthesizedStack } from "./synthesized";
import { readStack } from "./synthesized";

/** What the stacks are held to. */
export interface PolicyOptions {
  readonly rules: readonly PolicyRule[];
  /** @default - none */
  readonly exceptions?: readonly PolicyException[];
  /**
   * Also report exceptions that exempt nothing although a stack matches their pattern. Only where every optional part
   * is synthesized does that mean the exception is stale: elsewhere the part it is for may merely be switched off.
   *
   * @default false
   */
  readonly strict?: boolean;
}

/** Thrown by `app.synth()` with every violation of every stack, one line each. */
export class PolicyError extends Error {
  constructor(readonly violations: readonly string[]) {
    super(
      [
        `${violations.length === 1 ? "1 violation" : `${violations.length} violations`} of the policy rules:`,
        ...violations.map((line) => `  ${line}`),
      ].join("\n"),
    );
    this.name = "PolicyError";
  }
}

/**
 * Makes `app.synth()` fail when any stack breaks a rule, with one error that lists every violation of every stack as
 * `rule-id stack/path: message; remedy`. The manifest is then not written, so nothing can be deployed.
 *
 * This is a validation of the app and no cdktf aspect, for three reasons: cdktf visits and writes one stack after another, so an
 * aspect that reports stops at the first faulty stack; it never visits aspects of the app itself; and an aspect sees neither what later
 * aspects change nor overrides made on the stack. Validations of the app run once, when every stack is finished.
 *
 * @throws Error at once when an exception lacks a reason or names no rule.
 */
export function enforcePolicy(app: App, options: PolicyOptions): void {
  requireSoundExceptions(
    options.exceptions ?? [],
    options.rules.map((rule) => rule.id),
  );
  app.node.addValidation({
    validate: () => {
      const stacks = app.node.findAll().filter((node) => TerraformStack.isStack(node));
      const found = violations(stacks.map(readStack), options);
      if (found.length > 0) throw new PolicyError(found);
      return [];
    },
  });
}

/** The violations of finished stacks, one line each, in the order of the stacks and their resources. */
export function violations(stacks: readonly SynthesizedStack[], options: PolicyOptions): readonly string[] {
  const { rules, exceptions = [], strict = false } = options;
  const used = new Set<PolicyException>();
  const lines: string[] = [];
  for (const stack of stacks) {
    for (const block of stack.blocks) {
      for (const rule of rules) {
        for (const finding of rule.check(block, stack)) {
          const covering = exceptions.filter((exception) => covers(exception, rule.id, stack.id, block, finding));
          covering.forEach((exception) => used.add(exception));
          if (covering.length === 0) {
            lines.push(`${rule.id} ${stack.id}/${block.path}: ${finding.message}; ${finding.remedy}`);
          }
        }
      }
    }
  }
  return strict ? [...lines, ...stale(exceptions, used, stacks)] : lines;
}

function stale(
  exceptions: readonly PolicyException[],
  used: ReadonlySet<PolicyException>,
  stacks: readonly SynthesizedStack[],
): readonly string[] {
  return exceptions
    .filter((exception) => !used.has(exception) && stacks.some((stack) => matchesStack(exception, stack.id)))
    .map((exception) => `${describeException(exception)}: the exception exempts nothing any more; remove it`);
}
