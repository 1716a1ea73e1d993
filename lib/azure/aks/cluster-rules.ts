import { FirewallPolicyRuleCollectionGroup } from "@cdktf/provider-azurerm/lib/firewall-policy-rule-collection-group";
import { Construct } from "constructs";

/** Properties of {@link ClusterRules}. */
export interface ClusterRulesProps {
  /** Name of the cluster. */
  readonly name: string;
  readonly firewallPolicyId: string;
  /** 100 to 65,000, and no other group of the policy has it, whoever writes that. */
  readonly priority: number;
  /** Where its nodes stand: pods leave a node under the node's address. */
  readonly sourceCidr: string;
  /** DNS name of the API server. */
  readonly fqdn: string;
}

/**
 * What a firewall must let through for one cluster and can only know once that is there: its API server. Nodes start without it, by
 * the host names that AKS's FQDN tag holds; pods outside of `kube-system` that call the API server need it.
 */
export class ClusterRules extends Construct {
  constructor(scope: Construct, id: string, props: ClusterRulesProps) {
    super(scope, id);
    new FirewallPolicyRuleCollectionGroup(this, "Resource", {
      name: props.name,
      firewallPolicyId: props.firewallPolicyId,
      priority: props.priority,
      networkRuleCollection: [
        {
          name: "api-server",
          priority: 100,
          action: "Allow",
          rule: [
            {
              name: "api-server",
              description: `API server of ${props.name}, whose address may change`,
              protocols: ["TCP"],
              sourceAddresses: [props.sourceCidr],
              destinationFqdns: [props.fqdn],
              destinationPorts: ["443"],
            },
          ],
        },
      ],
    });
  }
}
