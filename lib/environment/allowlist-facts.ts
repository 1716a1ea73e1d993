import { cidr, type Family, parseCidr } from "../addresses";
import { stackId } from "../names";
import type { AllowlistEnvironment, Environment, PartialEnvironment } from "./environment";
import { CAPACITY_DEFAULTS } from "./sections/allowlist";

/** Under this name a set writes the addresses that its own AWS network leaves from. */
export function egressClusterName(environment: string): string {
  return `${environment}-aws-egress`;
}

/** Under this name a set writes the addresses that one of its own AKS clusters leaves from. */
export function aksClusterName(environment: string, cluster: string): string {
  return stackId(environment, "aks", cluster);
}

/**
 * Clusters made elsewhere whose items this environment writes, by name: those of the allowlist, and those that it registers in Rancher
 * with their addresses.
 */
export function foreignClusters({
  allowlist,
  rancher,
}: Pick<Environment, "allowlist" | "rancher">): AllowlistEnvironment["clusters"] {
  const registered = Object.entries(rancher?.clusters ?? {}).flatMap(([name, { egress }]) =>
    egress === undefined ? [] : [[name, egress] as const],
  );
  return { ...allowlist?.clusters, ...Object.fromEntries(registered) };
}

/** Names of all items that an environment writes or keeps for itself: nobody else writes one of that name into the same table. */
export function itemNames(environment: Pick<Environment, "name" | "allowlist" | "rancher" | "aks">): readonly string[] {
  return [
    ...Object.keys(foreignClusters(environment)),
    ...Object.keys(environment.aks ?? {}).map((cluster) => aksClusterName(environment.name, cluster)),
    egressClusterName(environment.name),
  ];
}

/** The table's name, unless the environment gives one. */
export function clusterTableName(environment: string, table: { readonly name?: string }): string {
  return table.name ?? `${environment}-cluster-bootstrapping`;
}

/** The ranges of one family, in canonical form. */
export function addressesOf(family: Family, addresses: readonly string[]): readonly string[] {
  return addresses.map((text) => cidr(text)).flatMap((range) => (range.family === family ? [range.text] : []));
}

/** Which access sets an environment needs: WAF sets hold one address family each, and an empty list needs no set. */
export function accessFamilies(addresses: readonly (string | undefined)[]): readonly Family[] {
  const families = addresses.flatMap((text) => {
    const parsed = parseCidr(text ?? "");
    return parsed.ok ? [parsed.cidr.family] : [];
  });
  return (["ipv4", "ipv6"] as const).filter((family) => families.includes(family));
}

/** IP sets that an environment takes from the account's quota: those for clusters and those for `access`. */
export function ipSetCount({ allowlist, access }: PartialEnvironment): number {
  if (allowlist === undefined) return 0;
  const clusterSets =
    (allowlist.capacity?.ipv4Sets ?? CAPACITY_DEFAULTS.ipv4Sets) +
    (allowlist.capacity?.ipv6Sets ?? CAPACITY_DEFAULTS.ipv6Sets);
  const accessSets = [access?.operators ?? [], access?.runners ?? []].flatMap(accessFamilies).length;
  return clusterSets + accessSets;
}
