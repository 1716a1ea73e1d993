/**
 * Typed statements of WAF rules.
 *
 * The bindings take a rule's statement as `any` and pass its keys through: a key in camel case, or a misspelt one, would only
 * fail at AWS. Rules in this project are made here, so a wrong key does not compile.
 */

/** A statement in Terraform's own words. Only the kinds in use are listed. */
export type WafStatement =
  | { readonly ip_set_reference_statement: { readonly arn: string } }
  | { readonly rule_group_reference_statement: { readonly arn: string } }
  | { readonly or_statement: { readonly statement: readonly WafStatement[] } }
  | {
      readonly size_constraint_statement: {
        readonly comparison_operator: "GE";
        readonly size: number;
        readonly field_to_match: { readonly uri_path: Record<string, never> };
        readonly text_transformation: readonly { readonly priority: number; readonly type: "NONE" }[];
      };
    };

/** Requests that come from an address of the set. */
export function fromIpSet(arn: string): WafStatement {
  return { ip_set_reference_statement: { arn } };
}

/**
 * Requests that match any of the statements. WAF refuses an OR of fewer than two, so one statement stands for itself.
 *
 * @throws RangeError without a statement
 */
export function anyOf(statements: readonly WafStatement[]): WafStatement {
  const [first, ...others] = statements;
  if (first === undefined) throw new RangeError("a rule needs at least one statement");
  return others.length === 0 ? first : { or_statement: { statement: statements } };
}

/** The rules of a rule group. */
export function ruleGroup(arn: string): WafStatement {
  return { rule_group_reference_statement: { arn } };
}

/** Every request: a path is never shorter than nothing. */
export function everyRequest(): WafStatement {
  return {
    size_constraint_statement: {
      comparison_operator: "GE",
      size: 0,
      field_to_match: { uri_path: {} },
      text_transformation: [{ priority: 0, type: "NONE" }],
    },
  };
}
