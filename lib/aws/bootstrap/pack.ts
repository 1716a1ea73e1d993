import { policyDocument } from "../iam";
import type { ManagedPolicy, ReasonedStatement } from "./contract";

/** Longest managed policy in characters, white space not counted (AWS IAM User Guide, "IAM and AWS STS quotas"). */
export const LONGEST_POLICY = 6144;

/** Managed policies that a role takes unless AWS raises its quota, to 20 at most (the same page). */
export const POLICIES_OF_ROLE = 10;

/** The characters of a policy with these statements, as IAM counts them. */
export function lengthOf(statements: readonly ReasonedStatement[]): number {
  return policyDocument(statements).replaceAll(/\s/g, "").length;
}

/**
 * Spreads statements over managed policies, in their order, each into the first that has room.
 *
 * @param kind begins the id of each policy: `read`
 */
export function packed(kind: string, statements: readonly ReasonedStatement[]): readonly ManagedPolicy[] {
  const policies: ReasonedStatement[][] = [];
  for (const statement of statements.flatMap(shortEnough)) {
    const withRoom = policies.find((policy) => lengthOf([...policy, statement]) <= LONGEST_POLICY);
    if (withRoom !== undefined) withRoom.push(statement);
    else policies.push([statement]);
  }
  return policies.map((ofPolicy, index) => ({ id: `${kind}-${index + 1}`, statements: ofPolicy }));
}

/** Halves a statement by its actions, or by its resources where it has one action, until each part fits. */
function shortEnough(statement: ReasonedStatement): readonly ReasonedStatement[] {
  if (lengthOf([statement]) <= LONGEST_POLICY) return [statement];
  const { sid, actions, resources = [] } = statement;
  const parts =
    actions.length > 1
      ? halves(actions).map((some) => ({ actions: some }))
      : halves(resources).map((some) => ({ resources: some }));
  return parts.flatMap((part, index) => shortEnough({ ...statement, ...part, sid: `${sid}${"AB".charAt(index)}` }));
}

function halves<T>(list: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}
