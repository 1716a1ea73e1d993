import { Wafv2RuleGroup } from "@cdktf/provider-aws/lib/wafv2-rule-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { IpSet } from "./ip-set";
import { groupRule, visibility } from "./rule";
import { anyOf, fromIpSet } from "./statement";

/** AWS WAF Developer Guide, "AWS WAF quotas": references of one rule group, not to be raised. */
export const REFERENCES_PER_GROUP = 50;

/**
 * Capacity units of a group, which can never change: room for all references, each at twice the one unit that AWS WAF
 * Developer Guide, "IP set match rule statement", names, since accounts have met other values.
 */
const GROUP_CAPACITY = REFERENCES_PER_GROUP * 2;

/** Properties of {@link AllowGroup}. */
export interface AllowGroupProps {
  readonly name: string;
  /** One to {@link REFERENCES_PER_GROUP} sets. */
  readonly ipSets: readonly IpSet[];
}

/** A rule group that admits whoever comes from one of its IP sets. */
export class AllowGroup extends Construct {
  readonly arn: string;
  /** For what must come after the group and its sets, and go before them. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, { name, ipSets }: AllowGroupProps) {
    super(scope, id);
    const group = new Wafv2RuleGroup(this, "Resource", {
      name: fitName(name, NAME_RULES.waf),
      scope: "REGIONAL",
      capacity: GROUP_CAPACITY,
      rule: [
        groupRule({
          name: "clusters",
          priority: 0,
          action: "allow",
          statement: anyOf(ipSets.map(({ arn }) => fromIpSet(arn))),
        }),
      ],
      visibilityConfig: visibility(name),
      // As with the sets: a group that goes must not go before the web ACL has let go of it.
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = group.arn;
    this.resource = group;
  }
}
