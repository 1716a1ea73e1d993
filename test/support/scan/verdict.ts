import type { ScanException } from "./exceptions";

/** One rule that one resource fails. */
export interface Finding {
  readonly rule: string;
  /** What the rule asks for, in checkov's words. */
  readonly title: string;
  /** `<stack>/<address>`: `example-allowlist/aws_lambda_function.sync-function`. */
  readonly resource: string;
}

/**
 * What is wrong between the findings and the exceptions: each finding that no exception covers, and each exception that covers no
 * finding any more. Nothing, when the two agree.
 */
export function faultsOf(findings: readonly Finding[], exceptions: readonly ScanException[]): readonly string[] {
  const open = findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding)));
  const stale = exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding)));
  return [
    ...open.map(({ rule, resource, title }) => `${rule} ${resource}: ${title}`).sort(),
    ...stale.map(({ rule, resource }) => `${rule} ${resource}: stale, no finding is left that this exception covers`),
  ];
}

function covers({ rule, resource }: ScanException, finding: Finding): boolean {
  const literals = resource.split("*").map((literal) => literal.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return rule === finding.rule && new RegExp(`^${literals.join("[^/.]*")}$`).test(finding.resource);
}
