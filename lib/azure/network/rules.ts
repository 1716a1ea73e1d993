import type { FirewallPolicyRuleCollectionGroupConfig } from "@cdktf/provider-azurerm/lib/firewall-policy-rule-collection-group";

/** Where a rule's traffic comes from. */
export interface RuleSources {
  /** IPv4 ranges. */
  readonly cidrs?: readonly string[];
  /** Resource ids of IP groups. */
  readonly ipGroupIds?: readonly string[];
}

/** What may leave by host name. */
export interface ApplicationRule {
  readonly name: string;
  /** Why it is there. */
  readonly description?: string;
  readonly sources: RuleSources;
  readonly fqdns?: readonly string[];
  readonly fqdnTags?: readonly string[];
  /** `https:443` */
  readonly protocols: readonly string[];
}

/** What may leave by address and port. */
export interface NetworkRule {
  readonly name: string;
  /** Why it is there. */
  readonly description?: string;
  readonly sources: RuleSources;
  /** IPv4 ranges, service tags, or `*`. */
  readonly destinationAddresses?: readonly string[];
  readonly destinationFqdns?: readonly string[];
  readonly destinationIpGroupIds?: readonly string[];
  readonly ports: readonly string[];
  /** `TCP`, `UDP`, `ICMP`, `Any` */
  readonly protocols: readonly string[];
}

/** Rules that belong together. */
export interface RuleGroup {
  /** Names the group in the policy, and its construct. */
  readonly name: string;
  /** 100 to 65,000, lowest first, another for each group of a policy. */
  readonly priority: number;
  readonly application: readonly ApplicationRule[];
  readonly network: readonly NetworkRule[];
}

type Collections = Pick<
  FirewallPolicyRuleCollectionGroupConfig,
  "applicationRuleCollection" | "networkRuleCollection" | "name" | "priority"
>;

/** Priorities within a group; Azure looks at all network rules before any application rule all the same. */
const NETWORK_PRIORITY = 100;
const APPLICATION_PRIORITY = 200;

/** How a protocol is called by the firewall. */
const PROTOCOL_TYPES: Readonly<Record<string, string>> = { http: "Http", https: "Https", mssql: "Mssql" };

/** A group as its resource takes it. A kind of rules of which there are none has no collection: Azure refuses an empty one. */
export function ruleCollections({ name, priority, application, network }: RuleGroup): Collections {
  return {
    name,
    priority,
    networkRuleCollection:
      network.length === 0
        ? undefined
        : [{ name: "network", action: "Allow", priority: NETWORK_PRIORITY, rule: network.map(networkRule) }],
    applicationRuleCollection:
      application.length === 0
        ? undefined
        : [
            {
              name: "application",
              action: "Allow",
              priority: APPLICATION_PRIORITY,
              rule: application.map(applicationRule),
            },
          ],
  };
}

const list = (items: readonly string[] | undefined): string[] | undefined => items && [...items];

const sourcesOf = ({ cidrs, ipGroupIds }: RuleSources) => ({
  sourceAddresses: list(cidrs),
  sourceIpGroups: list(ipGroupIds),
});

const networkRule = (rule: NetworkRule) => ({
  name: rule.name,
  description: rule.description,
  ...sourcesOf(rule.sources),
  destinationAddresses: list(rule.destinationAddresses),
  destinationFqdns: list(rule.destinationFqdns),
  destinationIpGroups: list(rule.destinationIpGroupIds),
  destinationPorts: [...rule.ports],
  protocols: [...rule.protocols],
});

const applicationRule = (rule: ApplicationRule) => ({
  name: rule.name,
  description: rule.description,
  ...sourcesOf(rule.sources),
  destinationFqdns: list(rule.fqdns),
  destinationFqdnTags: list(rule.fqdnTags),
  protocols: rule.protocols.map((protocol) => {
    const [type = "", port] = protocol.split(":");
    return { type: PROTOCOL_TYPES[type] ?? type, port: Number(port) };
  }),
});
