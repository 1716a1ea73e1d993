import type { Wafv2RuleGroupRule } from "@cdktf/provider-aws/lib/wafv2-rule-group";
import type { Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";

import type { WafStatement } from "./statement";

/** One rule of a web ACL or rule group. */
export interface WafRule {
  /** Unique in its web ACL or group; also the name of its metric. */
  readonly name: string;
  /** Lower numbers are evaluated first. */
  readonly priority: number;
  readonly statement: WafStatement;
  /** `rules of the group` for a rule group reference, whose rules act themselves. */
  readonly action: "allow" | "count" | "rules of the group";
  /** Label that the rule puts on a request it matches. @default - none */
  readonly label?: string;
}

/** What CloudWatch and the console show of a rule, group or web ACL. */
export function visibility(metricName: string) {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: true };
}

/** A rule as a web ACL takes it. */
export function webAclRule({ name, priority, statement, action, label }: WafRule): Wafv2WebAclRule {
  return {
    name,
    priority,
    statement,
    ...(action === "rules of the group" ? { overrideAction: { none: {} } } : { action: { [action]: {} } }),
    ruleLabel: label === undefined ? undefined : [{ name: label }],
    visibilityConfig: visibility(name),
  };
}

/** A rule as a rule group takes it. */
export function groupRule({
  name,
  priority,
  statement,
  action,
}: WafRule & { readonly action: "allow" | "count" }): Wafv2RuleGroupRule {
  return { name, priority, statement, action: { [action]: {} }, visibilityConfig: visibility(name) };
}
