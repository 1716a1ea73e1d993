import { aksClusterName, clusterTableName, ipSetCount, itemNames } from "./allowlist-facts";
import { madeBucket, trustsOf, whoMayEmpty } from "./bootstrap-facts";
import type { Environment } from "./environment";
import { frontOf, latticeRecordsOf } from "./lattice-facts";
import { recordsOf } from "./wallarm-facts";

/** What shows only when environments are seen together, as messages ready to print. */
export function checkTogether(environments: readonly Environment[]): string[] {
  return [
    ...sharedBalancers(environments),
    ...sharedTables(environments),
    ...sharedItems(environments),
    ...sharedQuota(environments),
    ...sharedRecords(environments),
    ...sharedAssociations(environments),
    ...sharedHosts(environments),
    ...sharedLogRoles(environments),
    ...sharedPolicies(environments),
    ...sharedAttachments(environments),
    ...sharedNames(environments),
    ...sharedProviders(environments),
    ...sharedBuckets(environments),
    ...lostStates(environments),
    ...statesInReach(environments),
  ];
}

/** An Application Load Balancer carries one web ACL: the second association would take the first one's place. */
function sharedBalancers(environments: readonly Environment[]): string[] {
  const balancers = ownersOf(environments, ({ rancher, allowlist }) =>
    allowlist === undefined ? [] : (rancher?.loadBalancerArns ?? []),
  );
  return shared(balancers).map(
    ([arn, names]) =>
      `rancher.loadBalancerArns: ${arn} stands in ${names}, and a balancer carries one web ACL; leave it in one of them`,
  );
}

/** Two environments that make one table would take it from each other. */
function sharedTables(environments: readonly Environment[]): string[] {
  const tables = ownersOf(environments, (environment) => {
    const { allowlist } = environment;
    return allowlist === undefined || "existing" in allowlist.table ? [] : [tableOf(environment)];
  });
  return shared(tables).map(
    ([table, names]) =>
      `allowlist.table: ${names} would each make the table ${table}; let one make it, and give it to the other as existing`,
  );
}

/** Two writers of one item would undo each other's work for ever. */
function sharedItems(environments: readonly Environment[]): string[] {
  const items = ownersOf(environments, (environment) =>
    environment.allowlist === undefined
      ? []
      : itemNames(environment).map((item) => `${item} into the table ${tableOf(environment)}`),
  );
  return shared(items).map(
    ([item, names]) => `allowlist: ${names} would each write ${item}; leave the cluster in one of them`,
  );
}

/** Environments in one account and Region share its quota of IP sets. */
function sharedQuota(environments: readonly Environment[]): string[] {
  const places = ownersOf(environments, (environment) =>
    environment.allowlist === undefined ? [] : [placeOf(environment)],
  );
  return [...places.values()].flatMap((group) => {
    const sets = group.reduce((sum, environment) => sum + ipSetCount(environment), 0);
    const quota = Math.max(...group.map(({ allowlist }) => allowlist?.capacity.quota ?? 0));
    if (group.length < 2 || sets <= quota) return [];
    return [
      `allowlist.capacity: ${namesOf(group)} share an account and Region and need ${sets} IP sets together, and it may have ` +
        `${quota}; lower their capacities, or have the quota raised by AWS and write it into capacity.quota`,
    ];
  });
}

/** Two environments that make one DNS record would take it from each other; one that makes it twice is told by itself. */
function sharedRecords(environments: readonly Environment[]): string[] {
  const records = ownersOf(environments, ({ wallarm, lattice }) => [
    ...new Set(
      [...Object.values(wallarm ?? {}).flatMap(recordsOf), ...latticeRecordsOf(lattice)].map(
        ({ name, zoneId }) => `${name} in the zone ${zoneId}`,
      ),
    ),
  ]);
  return shared(records).map(
    ([record, names]) =>
      `wallarm, lattice: ${names} would each make the record ${record}; leave the zone to one of them`,
  );
}

/** A VPC is associated with one service network: the second would be refused. */
function sharedAssociations(environments: readonly Environment[]): string[] {
  const vpcs = ownersOf(environments, ({ aws, lattice }) =>
    lattice?.reach === "association" && aws?.network && "existing" in aws.network ? [aws.network.existing.vpcId] : [],
  );
  return shared(vpcs).map(
    ([vpc, names]) =>
      `lattice.reach: ${names} would each associate ${vpc} with a service network, and a VPC takes one; write "endpoint" in all but one`,
  );
}

/** API Gateway knows a host once in a Region, over all accounts (Developer Guide, "Custom domain name for public REST APIs"). */
function sharedHosts(environments: readonly Environment[]): string[] {
  const hosts = ownersOf(environments, ({ aws, lattice }) => {
    const front = frontOf(lattice?.ingress);
    if (aws === undefined || lattice === undefined || front === undefined || front === "balancer") return [];
    return Object.keys(lattice.hosts).map((host) => `${host} in ${aws.region}`);
  });
  return shared(hosts).map(
    ([host, names]) =>
      `lattice.hosts: ${names} would each have API Gateway answer for ${host}, which knows a host once; leave it in one of them`,
  );
}

/** The account and Region have one role by which API Gateway writes logs, and the first environment to go would take it along. */
function sharedLogRoles(environments: readonly Environment[]): string[] {
  const places = ownersOf(environments, (environment) => {
    const ingress = environment.lattice?.ingress;
    const makes = ingress?.kind === "lambda" && ingress.front === "restApi" && ingress.accountLogRole === "made";
    return makes ? [placeOf(environment)] : [];
  });
  return shared(places).map(
    ([, names]) =>
      `lattice.ingress.accountLogRole: ${names} would each set the role of one account and Region; write "existing" in all but one`,
  );
}

/** Azure takes one write to a firewall policy at a time, and places in it are given by each environment's own slots. */
function sharedPolicies(environments: readonly Environment[]): string[] {
  const policies = ownersOf(environments, ({ azure, aks }) =>
    aks !== undefined && azure?.network && "existing" in azure.network
      ? [azure.network.existing.firewallPolicyId.toLowerCase()]
      : [],
  );
  return shared(policies).map(
    ([policy, names]) =>
      `azure.network.existing.firewallPolicyId: ${names} would each write the rules of their clusters into ${policy}; ` +
      "describe the clusters of one firewall in one environment",
  );
}

/** A transit gateway has one route table for an attachment: the second association would be refused. */
function sharedAttachments(environments: readonly Environment[]): string[] {
  const attachments = ownersOf(environments, ({ inspection }) =>
    Object.values(inspection?.spokes ?? {}).map(({ attachmentId }) => attachmentId),
  );
  return shared(attachments).map(
    ([id, names]) =>
      `inspection.spokes: ${id} stands in ${names}, and an attachment has one way out; leave it in one of them`,
  );
}

/** Rancher refuses a second cluster of a name at apply, and two environments would each hold the one for theirs. */
function sharedNames(environments: readonly Environment[]): string[] {
  const clusters = ownersOf(environments, ({ name, rancher, aks }) => {
    if (rancher === undefined) return [];
    const ofAks = Object.entries(aks ?? {}).flatMap(([cluster, settings]) =>
      settings.rancher === undefined ? [] : [aksClusterName(name, cluster)],
    );
    // Scheme, case, default port and closing slash make no other server.
    const { host } = new URL(rancher.url);
    return [...Object.keys(rancher.clusters), ...ofAks].map((cluster) => `${cluster} at ${host}`);
  });
  return shared(clusters).map(
    ([cluster, names]) => `rancher: ${names} would each register the cluster ${cluster}; leave it in one of them`,
  );
}

/** An account takes one identity provider for an issuer: the second would be refused. */
function sharedProviders(environments: readonly Environment[]): string[] {
  const providers = ownersOf(environments, (environment) =>
    trustsOf(environment).flatMap(({ issuer, oidcProvider }) =>
      environment.aws !== undefined && oidcProvider === "made"
        ? [`${issuer} in the account ${environment.aws.accountId}`]
        : [],
    ),
  );
  return shared(providers).map(
    ([provider, names]) =>
      `bootstrap: ${names} would each make the identity provider of ${provider}, which takes one; write oidcProvider: "existing" in all but one`,
  );
}

/** The name of a bucket is taken once in the world. */
function sharedBuckets(environments: readonly Environment[]): string[] {
  return shared(
    ownersOf(environments, (environment) => [madeBucket(environment)].filter((bucket) => bucket !== undefined)),
  ).map(
    ([bucket, names]) =>
      `bootstrap.bucket: ${names} would each make the bucket ${bucket}; leave it in one of them, and give the others its key as state.kmsKeyArn`,
  );
}

/** A bucket of an unprotected environment is emptied when that is destroyed, whosever states are in it. */
function lostStates(environments: readonly Environment[]): string[] {
  return environments
    .filter(({ protect }) => !protect)
    .flatMap((owner) => {
      const bucket = madeBucket(owner);
      const guests = environments.filter(
        ({ protect, state }) => protect && state.kind === "s3" && state.bucket === bucket,
      );
      if (guests.length === 0) return [];
      return [
        `bootstrap.bucket: ${owner.name} makes the bucket ${bucket ?? ""} and is not protected, and ${namesOf(guests)} has its states in it; ` +
          "let a protected environment make it",
      ];
    });
}

/** Names decide which buckets runs may change, whosever states are in them. What an environment has in reach of its own is told in its file. */
function statesInReach(environments: readonly Environment[]): string[] {
  const guests = ownersOf(environments, ({ state }) => (state.kind === "s3" ? [state.bucket] : []));
  return [...guests].flatMap(([bucket, group]) =>
    whoMayEmpty(bucket, environments).flatMap((owner) => {
      const others = group.filter((guest) => guest !== owner);
      if (others.length === 0) return [];
      return [
        `state.bucket: ${namesOf(others)} would have states in ${bucket}, which runs of ${owner.name} could empty and delete, since it begins ` +
          "like the names of what they make; choose a name that begins otherwise",
      ];
    }),
  );
}

/** Which environments have each thing. */
function ownersOf(
  environments: readonly Environment[],
  thingsOf: (environment: Environment) => readonly string[],
): ReadonlyMap<string, readonly Environment[]> {
  const owners = new Map<string, Environment[]>();
  for (const environment of environments) {
    for (const thing of thingsOf(environment)) owners.set(thing, [...(owners.get(thing) ?? []), environment]);
  }
  return owners;
}

/** What several have, with their names. */
function shared(owners: ReadonlyMap<string, readonly Environment[]>): [thing: string, names: string][] {
  return [...owners].filter(([, group]) => group.length > 1).map(([thing, group]) => [thing, namesOf(group)]);
}

const namesOf = (group: readonly Environment[]): string => group.map(({ name }) => name).join(" and ");

const placeOf = ({ aws }: Environment): string => `${aws?.accountId ?? ""} ${aws?.region ?? ""}`;

function tableOf(environment: Environment): string {
  const table = environment.allowlist?.table;
  const named = table !== undefined && "existing" in table ? table.existing : { ...table };
  return `${clusterTableName(environment.name, named)} (${placeOf(environment)})`;
}
