import { dirname, join } from "node:path";

import ts from "typescript";

import { anyOf, fromIpSet } from "../../../../lib/aws/waf/statement";

const STATEMENT = join(__dirname, "../../../../lib/aws/waf/statement.ts");

describe("any of several statements", () => {
  const [one, two] = [fromIpSet("arn:one"), fromIpSet("arn:two")];

  it("is an OR", () => {
    expect(anyOf([one, two])).toEqual({ or_statement: { statement: [one, two] } });
  });

  it("is the statement itself when there is one: WAF refuses an OR of fewer than two", () => {
    expect(anyOf([one])).toEqual(one);
  });

  it("needs one at least", () => {
    expect(() => anyOf([])).toThrow(new RangeError("a rule needs at least one statement"));
  });
});

describe("a statement", () => {
  it.each([
    ["an IP set", `{ ip_set_reference_statement: { arn: "arn" } }`],
    ["an OR", `{ or_statement: { statement: [{ ip_set_reference_statement: { arn: "arn" } }] } }`],
  ])("compiles as the builder writes it: %s", (_what, statement) => {
    expect(compilerErrors(statement)).toEqual([]);
  });

  it.each([
    ["camel case", `{ ipSetReferenceStatement: { arn: "arn" } }`],
    ["a misspelt kind", `{ ip_set_refrence_statement: { arn: "arn" } }`],
    ["a misspelt argument", `{ ip_set_reference_statement: { arns: "arn" } }`],
    [
      "a misspelt argument within an OR",
      `{ or_statement: { statement: [{ ip_set_reference_statement: { id: "arn" } }] } }`,
    ],
    ["a missing argument", `{ rule_group_reference_statement: {} }`],
    ["another operator", `{ size_constraint_statement: { comparison_operator: "ge" } }`],
  ])("does not compile with %s", (_what, statement) => {
    expect(compilerErrors(statement)).not.toEqual([]);
  });
});

/** What the compiler says of a statement in a module beside the builder's. */
function compilerErrors(statement: string): readonly string[] {
  const snippet = join(dirname(STATEMENT), "snippet.ts");
  const source = `import type { WafStatement } from "./statement"; export const statement: WafStatement = ${statement};`;
  const options: ts.CompilerOptions = { strict: true, noEmit: true, lib: ["lib.es5.d.ts"], types: [] };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, target) =>
    file === snippet ? ts.createSourceFile(file, source, target) : (libraries.get(file) ?? remember(file, target));
  const remember = (file: string, target: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.SourceFile | undefined => {
    const parsed = getSourceFile(file, target);
    if (parsed !== undefined) libraries.set(file, parsed);
    return parsed;
  };
  const program = ts.createProgram([snippet], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** Files that no snippet changes, parsed once. */
const libraries = new Map<string, ts.SourceFile>();
