/** Hosts whose requests go to one target group. */
export interface Forwarding {
  /** Begins the id of each of its rules. */
  readonly id: string;
  /** Names that clients may ask for; a `*` is any run of characters, dots too. */
  readonly hosts: readonly string[];
  /** A target group serves one load balancer. */
  readonly targetGroup: { readonly arn: string };
}

/** One rule of a listener that forwards. */
export interface ForwardingRule {
  readonly id: string;
  /** Rules are asked in the order of these numbers. */
  readonly priority: number;
  readonly hosts: readonly string[];
  readonly targetGroupArn: string;
}

/** Elastic Load Balancing, "Quotas for your Application Load Balancers": condition values per rule. */
export const VALUES_PER_RULE = 5;

/**
 * Numbers set aside for the rules of each forwarding, so that one that grows never takes a number that another still has. As many as a
 * load balancer has rules in all by default (same source).
 */
const RULES_PER_FORWARDING = 100;

/**
 * The rules for some forwardings, which are asked in their order. A host that joins the end of a list leaves all rules but the last as
 * they are; one that leaves the middle moves those behind it, and each may be unknown for the second between two changes.
 *
 * @param firstPriority of the first rule of the first forwarding
 * @throws RangeError for more hosts in one forwarding than numbers are set aside for
 */
export function forwardingRules(forwardings: readonly Forwarding[], firstPriority: number): readonly ForwardingRule[] {
  return forwardings.flatMap(({ id, hosts, targetGroup }, place) => {
    const count = Math.ceil(hosts.length / VALUES_PER_RULE);
    if (count > RULES_PER_FORWARDING) {
      throw new RangeError(
        `${id}: a forwarding has ${RULES_PER_FORWARDING * VALUES_PER_RULE} hosts at most, not ${hosts.length}`,
      );
    }
    return Array.from({ length: count }, (_, index) => ({
      id: `${id}-${index + 1}`,
      priority: firstPriority + place * RULES_PER_FORWARDING + index,
      hosts: hosts.slice(index * VALUES_PER_RULE, (index + 1) * VALUES_PER_RULE),
      targetGroupArn: targetGroup.arn,
    }));
  });
}
