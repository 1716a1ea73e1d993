import { anyOf, fromIpSet } from "../../../../lib/aws/waf/statement";
import { compilerFaults } from "../../../support/compiler-faults";

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
  const right = {
    "an IP set": `{ ip_set_reference_statement: { arn: "arn" } }`,
    "an OR": `{ or_statement: { statement: [{ ip_set_reference_statement: { arn: "arn" } }] } }`,
  };
  const wrong = {
    "camel case": `{ ipSetReferenceStatement: { arn: "arn" } }`,
    "a misspelt kind": `{ ip_set_refrence_statement: { arn: "arn" } }`,
    "a misspelt argument": `{ ip_set_reference_statement: { arns: "arn" } }`,
    "a misspelt argument within an OR": `{ or_statement: { statement: [{ ip_set_reference_statement: { id: "arn" } }] } }`,
    "a missing argument": `{ rule_group_reference_statement: {} }`,
    "another operator": `{ size_constraint_statement: { comparison_operator: "ge" } }`,
  };
  const source = (statement: string): string =>
    `import type { WafStatement } from "./statement";\nexport const statement: WafStatement = ${statement};\n`;
  const pieces = Object.entries({ ...right, ...wrong }).map(([name, statement]) => [name, source(statement)] as const);
  const faults = compilerFaults("lib/aws/waf", Object.fromEntries(pieces));

  it.each(Object.keys(right))("compiles as the builder writes it: %s", (name) => {
    expect(faults[name]).toEqual([]);
  });

  it.each(Object.keys(wrong))("does not compile with %s", (name) => {
    expect(faults[name]).not.toEqual([]);
    expect(faults[name]).toBeDefined();
  });
});
