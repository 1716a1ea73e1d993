import { ipSetCount } from "./allowlist-facts";
import type { Environment } from "./environment";

/** What shows only when environments are seen together, as messages ready to print. */
export function checkTogether(environments: readonly Environment[]): string[] {
  return [...sharedBalancers(environments), ...sharedQuota(environments)];
}

/** An Application Load Balancer carries one web ACL: the second association would take the first one's place. */
function sharedBalancers(environments: readonly Environment[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { name, rancher, allowlist } of environments) {
    if (allowlist === undefined) continue;
    for (const arn of rancher?.loadBalancerArns ?? []) owners.set(arn, [...(owners.get(arn) ?? []), name]);
  }
  return [...owners]
    .filter(([, names]) => names.length > 1)
    .map(
      ([arn, names]) =>
        `rancher.loadBalancerArns: ${arn} stands in ${names.join(" and ")}, and a balancer carries one web ACL; leave it in one of them`,
    );
}

/** Environments in one account and Region share its quota of IP sets. */
function sharedQuota(environments: readonly Environment[]): string[] {
  const shares = new Map<string, Environment[]>();
  for (const environment of environments) {
    if (environment.aws === undefined || environment.allowlist === undefined) continue;
    const key = `${environment.aws.accountId} ${environment.aws.region}`;
    shares.set(key, [...(shares.get(key) ?? []), environment]);
  }
  return [...shares.values()].flatMap((group) => {
    const sets = group.reduce((sum, environment) => sum + ipSetCount(environment), 0);
    const quota = Math.max(...group.map(({ allowlist }) => allowlist?.capacity.quota ?? 0));
    if (group.length < 2 || sets <= quota) return [];
    const names = group.map(({ name }) => name).join(", ");
    return [
      `allowlist.capacity: ${names} share an account and Region and need ${sets} IP sets together, and it may have ${quota}; ` +
        "lower their capacities, or have the quota raised by AWS and write it into capacity.quota",
    ];
  });
}
