import { FirewallPolicy } from "@cdktf/provider-azurerm/lib/firewall-policy";
import { FirewallPolicyRuleCollectionGroup } from "@cdktf/provider-azurerm/lib/firewall-policy-rule-collection-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { AzurePlace } from "../place";
import { ruleCollections, type RuleGroup } from "./rules";

/** Properties of {@link FirewallRules}. */
export interface FirewallRulesProps {
  /** Begins the name of the policy. */
  readonly name: string;
  readonly place: AzurePlace;
  readonly tier: "Standard" | "Premium";
  /** What Premium does with traffic that a signature matches. @default - nothing is matched, as on Standard */
  readonly intrusionDetection?: "Alert" | "Deny";
  readonly groups: readonly RuleGroup[];
}

/** A firewall policy and its rules: what no rule lets through is refused. */
export class FirewallRules extends Construct {
  readonly policyId: string;
  /** All rules; whoever relies on them waits for these. */
  readonly groups: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: FirewallRulesProps) {
    super(scope, id);
    const policy = new FirewallPolicy(this, "Resource", {
      ...props.place,
      // Azure changes a firewall's tier where it stands, but no policy's, and keeps a policy that a firewall uses: a change of tier makes
      // another under another name, with all rules, and the old one goes when the firewall has let go of it.
      name: fitName(`${props.name}-${props.tier.toLowerCase()}`, NAME_RULES.azureNetwork),
      sku: props.tier,
      threatIntelligenceMode: "Deny",
      // Network rules by host name hold only if clients and firewall resolve it alike, so clients ask the firewall.
      dns: { proxyEnabled: true },
      intrusionDetection: props.intrusionDetection && { mode: props.intrusionDetection },
      lifecycle: { createBeforeDestroy: true },
    });
    this.policyId = policy.id;
    const groups: FirewallPolicyRuleCollectionGroup[] = [];
    for (const group of props.groups) {
      const previous = groups.at(-1);
      groups.push(
        new FirewallPolicyRuleCollectionGroup(this, group.name, {
          ...ruleCollections(group),
          firewallPolicyId: policy.id,
          // Azure answers a second write to one policy with a conflict, so they are written one after another.
          dependsOn: previous && [previous],
          lifecycle: { createBeforeDestroy: true },
        }),
      );
    }
    this.groups = groups;
  }
}
