import type { ApplicationRule, NetworkRule, RuleGroup, RuleSources } from "./rules";

/** Where a rule's traffic comes from, as an environment says it. */
export interface OwnSources {
  readonly cidrs?: readonly string[];
  /** Names of IP groups. */
  readonly ipGroups?: readonly string[];
}

/** Rules by name, as an environment says them. */
export interface OwnRules {
  readonly application: Readonly<
    Record<
      string,
      {
        readonly sources?: OwnSources;
        readonly fqdns?: readonly string[];
        readonly fqdnTags?: readonly string[];
        readonly protocols: readonly string[];
        readonly reason?: string;
      }
    >
  >;
  readonly network: Readonly<
    Record<
      string,
      {
        readonly sources?: OwnSources;
        readonly destinations: OwnSources & {
          readonly serviceTags?: readonly string[];
          readonly fqdns?: readonly string[];
        };
        readonly ports: readonly string[];
        readonly protocols: readonly string[];
        readonly reason?: string;
      }
    >
  >;
}

/** How rules of the user's own become rules of the firewall. */
export interface OwnRulesOptions {
  /** Where traffic comes from unless a rule says otherwise. */
  readonly sourceCidr: string;
  /** The resource id of an IP group. */
  readonly ipGroupId: (name: string) => string;
}

const ANYWHERE = "0.0.0.0/0";

/** Rules of the user's own as a group, behind those that clusters need; none where there are no rules. */
export function ownRules(rules: OwnRules, { sourceCidr, ipGroupId }: OwnRulesOptions): RuleGroup | undefined {
  const idsOf = (names: readonly string[] | undefined): readonly string[] | undefined => names?.map(ipGroupId);
  const sourcesOf = (sources: OwnSources | undefined): RuleSources =>
    sources === undefined ? { cidrs: [sourceCidr] } : { cidrs: sources.cidrs, ipGroupIds: idsOf(sources.ipGroups) };
  const application = Object.entries(rules.application).map(
    ([name, { sources, reason, ...rule }]): ApplicationRule => ({
      name,
      description: reason,
      sources: sourcesOf(sources),
      ...rule,
    }),
  );
  const network = Object.entries(rules.network).map(
    ([name, { sources, destinations, ports, protocols, reason }]): NetworkRule => ({
      name,
      description: reason,
      sources: sourcesOf(sources),
      destinationAddresses: addressesOf(destinations.cidrs) ?? destinations.serviceTags,
      destinationFqdns: destinations.fqdns,
      destinationIpGroupIds: idsOf(destinations.ipGroups),
      ports,
      protocols,
    }),
  );
  if (application.length + network.length === 0) return undefined;
  return { name: "own", priority: 2000, application, network };
}

/** The firewall writes every address as `*`. */
const addressesOf = (cidrs: readonly string[] | undefined): readonly string[] | undefined =>
  cidrs?.map((range) => (range === ANYWHERE ? "*" : range));
