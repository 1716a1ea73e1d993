import type { VpclatticeListenerRuleMatchHttpMatch as HttpMatch } from "@cdktf/provider-aws/lib/vpclattice-listener-rule";

/** Shares of the requests, by target group: weights from 0 to 999. */
export type LatticeWeights = Readonly<Record<string, number>>;

/** Where requests go: groups by weight, or a status that VPC Lattice answers itself. */
export type LatticeDestination = LatticeWeights | { readonly status: number };

/** Text that a header must have, in one of three ways. */
export interface LatticeHeader {
  readonly name: string;
  readonly exact?: string;
  readonly prefix?: string;
  readonly contains?: string;
}

/** Requests that have all of this go to these groups. */
export interface LatticeRoute {
  /** Upper and lower case differ. */
  readonly path?: { readonly exact?: string; readonly prefix?: string };
  readonly method?: string;
  /** Upper and lower case of the values differ. */
  readonly headers?: readonly LatticeHeader[];
  readonly to: LatticeWeights;
}

/** Amazon VPC Lattice User Guide, "Quotas for Amazon VPC Lattice": rules per listener. */
export const RULES_PER_LISTENER = 10;

/** A group of a forwarding action. */
export interface WeightedGroup {
  readonly targetGroupIdentifier: string;
  readonly weight: number;
}

/**
 * The groups of some weights, in one order however they are written.
 *
 * @throws RangeError for a group that does not exist
 */
export function weightedGroups(
  weights: LatticeWeights,
  groups: ReadonlyMap<string, { readonly id: string }>,
): WeightedGroup[] {
  return Object.entries(weights)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, weight]) => {
      const group = groups.get(name);
      if (group === undefined) {
        throw new RangeError(`there is no target group ${name}, but ${[...groups.keys()].join(", ")}`);
      }
      return { targetGroupIdentifier: group.id, weight };
    });
}

/** Whether requests get a status instead of a target. */
export function isAnswered(destination: LatticeDestination): destination is { readonly status: number } {
  return Object.keys(destination).join() === "status";
}

/** A route's conditions as a rule takes them. */
export function matchOf({ path, method, headers = [] }: LatticeRoute): HttpMatch {
  return {
    method,
    pathMatch: path && { caseSensitive: true, match: path },
    headerMatches:
      headers.length === 0 ? undefined : headers.map(({ name, ...match }) => ({ name, caseSensitive: true, match })),
  };
}

/**
 * Name of the rule at a place. The provider does not see that a rule lost its last header; a rule of another name is another rule.
 */
export function ruleName(place: number, { headers = [] }: LatticeRoute): string {
  return headers.length === 0 ? `route-${place}` : `route-${place}-by-header`;
}
