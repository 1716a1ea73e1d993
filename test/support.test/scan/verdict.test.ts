import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { readExceptions, type ScanException } from "../../support/scan/exceptions";
import { readReport } from "../../support/scan/report";
import { faultsOf } from "../../support/scan/verdict";

/** A report as checkov prints it, of what is given as `rule stack/address`. */
function report(findings: readonly string[], summary: Readonly<Record<string, unknown>> = {}): string {
  const failed_checks = findings.map((finding) => {
    const [rule, stack, address] = finding.split(/[ /]/);
    return {
      check_id: rule,
      check_name: `What ${rule ?? ""} asks`,
      file_path: `/${stack ?? ""}.json`,
      resource: address,
    };
  });
  const counts = { passed: 7, failed: findings.length, parsing_errors: 0, resource_count: 3, ...summary };
  return JSON.stringify({ results: { failed_checks }, summary: { ...counts, checkov_version: "3.3.0" } });
}

function table(...rows: readonly string[]): string {
  return ["# Exceptions", "", "| Rule | Resource | Reason |", "| --- | :-- | --- |", ...rows, "", "An end."].join("\n");
}

const row = (rule: string, resource: string): string => `| ${rule} | \`${resource}\` | It is so |`;

/** What is wrong between findings and rows. */
function faults(findings: readonly string[], rows: readonly string[]): readonly string[] {
  return faultsOf(readReport(report(findings)).findings, readExceptions(table(...rows)));
}

const FINDING = "CKV_AWS_50 dev-allowlist/aws_lambda_function.sync-function";
const COVERED = row("CKV_AWS_50", "dev-allowlist/aws_lambda_function.sync-function");

describe("what is found, held against the exceptions", () => {
  it("passes when every finding is covered and every row covers one", () => {
    expect(faults([FINDING], [COVERED])).toEqual([]);
    expect(faults([], [])).toEqual([]);
  });

  it("fails on a finding that no row covers, and says which resource and what the rule asks", () => {
    expect(faults([FINDING, "CKV2_AWS_6 dev-allowlist/aws_s3_bucket.new"], [COVERED])).toEqual([
      "CKV2_AWS_6 dev-allowlist/aws_s3_bucket.new: What CKV2_AWS_6 asks",
    ]);
  });

  it("fails on a row that covers nothing any more", () => {
    const stale = row("CKV_AWS_18", "dev-allowlist/aws_s3_bucket.gone");
    expect(faults([FINDING], [COVERED, stale])).toEqual([
      "CKV_AWS_18 dev-allowlist/aws_s3_bucket.gone: stale, no finding is left that this exception covers",
    ]);
  });

  it.each([
    ["another rule", "CKV_AWS_5", "dev-allowlist/aws_lambda_function.sync-function"],
    ["another stack", "CKV_AWS_50", "prod-allowlist/aws_lambda_function.sync-function"],
    ["another resource", "CKV_AWS_50", "dev-allowlist/aws_lambda_function.sync"],
    ["another type", "CKV_AWS_50", "dev-allowlist/aws_lambda_alias.sync-function"],
    ["a resource whose name only begins so", "CKV_AWS_50", "dev-allowlist/aws_lambda_function.sync-func"],
    ["a dot, which is no wildcard", "CKV_AWS_50", "dev.allowlist/aws_lambda_function.sync-function"],
  ])("does not take a row for one about %s", (_, rule, resource) => {
    expect(faults([FINDING], [row(rule, resource)])).toHaveLength(2);
  });

  it.each([
    ["the stack", "*-allowlist/aws_lambda_function.sync-function"],
    ["the name", "dev-allowlist/aws_lambda_function.*"],
    ["everything but the type", "*/aws_lambda_function.*"],
  ])("takes a * for any run of characters in %s", (_, resource) => {
    expect(faults([FINDING], [row("CKV_AWS_50", resource)])).toEqual([]);
  });

  it.each(["dev-allowlist/*", "*sync-function", "*"])(
    "lets no * run past the stack or the type, as in %s",
    (resource) => {
      const { findings } = readReport(report([FINDING]));
      expect(faultsOf(findings, [{ rule: "CKV_AWS_50", resource, reason: "It is so" }])).toHaveLength(2);
    },
  );

  it("lets one row cover findings of several stacks", () => {
    const everywhere = row("CKV_AWS_50", "*-allowlist/aws_lambda_function.sync-function");
    expect(faults([FINDING, FINDING.replace("dev", "prod")], [everywhere])).toEqual([]);
  });
});

describe("the table", () => {
  it("is found among other text, with quotes, pipes and all", () => {
    const markdown = `| Other | Table |\n| --- | --- |\n| a | b |\n\n${table("| CKV_AWS_1 | `a-b/c.d` | one \\| `two` |")}`;
    expect(readExceptions(markdown)).toEqual([{ rule: "CKV_AWS_1", resource: "a-b/c.d", reason: "one | `two`" }]);
  });

  it.each([
    ["no reason", "| CKV_AWS_1 | `a/b.c` |  |", /line 5: .*gives no reason/],
    ["a cell too few", "| CKV_AWS_1 | `a/b.c` |", /line 5: a row has 3 cells, and this one has 2/],
    ["a cell too many", "| CKV_AWS_1 | `a/b.c` | so | on |", /line 5: .* this one has 4/],
    ["no rule", "| X-Ray | `a/b.c` | so |", /line 5: 'X-Ray' is no id/],
    ["a rule everywhere", "| CKV_AWS_1 | `*` | so |", /line 5: '\*' names no resource/],
    ["a stack as a whole", "| CKV_AWS_1 | `a/*` | so |", /line 5: 'a\/\*' names no resource/],
  ])("refuses a row with %s", (_, line, message) => {
    expect(() => readExceptions(table(line))).toThrow(message);
  });

  it("refuses a row that stands there twice, and names all that is wrong at once", () => {
    const twice = (): readonly ScanException[] => readExceptions(table(COVERED, COVERED, "| CKV_AWS_1 | `a/b.c` | |"));
    expect(twice).toThrow(/line 6: CKV_AWS_50 .* twice\nline 7: .*no reason/);
  });

  it.each([
    ["none", "# Exceptions\n"],
    ["two", `${table()}\n${table()}`],
  ])("must be the only one: not %s", (_, markdown) => {
    expect(() => readExceptions(markdown)).toThrow("There must be one table");
  });

  it("of this project can be read, and has rows", () => {
    const file = resolve(__dirname, "../../../docs/security/exceptions.md");
    expect(readExceptions(readFileSync(file, "utf8"))).not.toEqual([]);
  });
});

describe("checkov's report", () => {
  it("tells how much was looked at, and by which version", () => {
    expect(readReport(report([FINDING]))).toMatchObject({ version: "3.3.0", checkCount: 8, resourceCount: 3 });
  });

  it("is refused when a plan could not be read: its resources would count as passed", () => {
    expect(() => readReport(report([], { parsing_errors: 1 }))).toThrow("checkov could not read 1 of the plans");
  });

  it.each([
    ["nothing, as after a crash", ""],
    ["what it prints of an empty folder", '{"passed": 0, "failed": 0, "parsing_errors": 0, "resource_count": 0}'],
  ])("is refused when it is %s", (_, text) => {
    expect(() => readReport(text)).toThrow();
  });
});
