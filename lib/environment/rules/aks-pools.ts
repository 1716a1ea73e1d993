import { addressCount, type Cidr, parseCidr, planVnet } from "../../addresses";
import { SYSTEM_POOL_NAME } from "../sections/aks";
import { hostStorageGib, isBurstable, vcpusOf } from "../vm-sizes";
import { clustersOf, type Placed } from "./aks-clusters";
import { madeVnet } from "./azure";
import { type CrossFieldRule, fault, twice } from "./rule";

/** The pools of a cluster with where they stand. */
function poolsOf({ path, cluster }: Placed) {
  const pools = Object.entries(cluster.nodePools ?? {}).map(([name, pool]) => ({
    path: [...path, "nodePools", name],
    pool,
  }));
  return [{ path: [...path, "systemPool"], pool: cluster.systemPool }, ...pools];
}

/** A pool does not begin above its end, and stands in a zone once. */
export const poolsAreSound: CrossFieldRule = (environment) =>
  clustersOf(environment)
    .flatMap(poolsOf)
    .flatMap(({ path, pool }) => [
      ...(pool?.min !== undefined && pool.max !== undefined && pool.min > pool.max
        ? [fault([...path, "max"], `is less than min, ${pool.min}`, pool.max, "write the same or more")]
        : []),
      ...twice([...path, "zones"], pool?.zones),
    ]);

/** Azure Virtual Network documentation: addresses of a subnet that Azure keeps. */
const KEPT_BY_AZURE = 5;

/** AKS documentation, "Azure CNI Overlay": each node has a /24 of the pods' range. */
const PODS_PREFIX_LENGTH = 24;

/** Nodes that stand beside a pool's own while it is upgraded, as a share of them: as many as the stack asks AKS for. */
export const SURGE_PERCENT = 33;

const withSurge = (nodes: number): number => nodes + Math.ceil((nodes * SURGE_PERCENT) / 100);

const counted = (nodes: number): string => `${nodes} ${nodes === 1 ? "node" : "nodes"}`;

function mostNodes(placed: Placed): number | undefined {
  const pools = poolsOf(placed).map(({ pool }) => pool?.max);
  return pools.includes(undefined) ? undefined : pools.reduce<number>((sum, max) => sum + withSurge(max ?? 0), 0);
}

/** All nodes and their pods find addresses, also during an upgrade. */
export const nodesFit: CrossFieldRule = (environment) => {
  const vnet = madeVnet(environment.azure);
  const parsed = parseCidr(vnet?.cidr ?? "");
  return clustersOf(environment).flatMap((placed) => {
    const { path, cluster } = placed;
    const nodes = mostNodes(placed);
    if (nodes === undefined) return [];
    const pods = parseCidr(cluster.podCidr ?? "");
    const nodesOfPods = pods.ok ? 2 ** (PODS_PREFIX_LENGTH - pods.cidr.prefixLength) : Infinity;
    const podFault =
      nodes <= nodesOfPods
        ? []
        : [
            fault(
              [...path, "podCidr"],
              `has a /24 for ${counted(Math.floor(nodesOfPods))}, and the pools have ${nodes} with those that stand in during upgrades`,
              cluster.podCidr,
              "write a larger range, or smaller pools",
            ),
          ];
    const room = roomForNodes(parsed.ok ? parsed.cidr : undefined, vnet?.firewall?.subnetPrefixLength, cluster.slot);
    if (nodes <= room) return podFault;
    const subnetFault = fault(
      [...path, "nodePools"],
      `has ${nodes} nodes with the system pool and those that stand in during upgrades, and the slot's subnet has ${room} addresses`,
      undefined,
      "write smaller pools, or a larger azure.network.cidr",
    );
    return [...podFault, subnetFault];
  });
};

function roomForNodes(vnet: Cidr | undefined, firewallLength: number | undefined, slot: number | undefined): number {
  if (vnet === undefined || firewallLength === undefined || slot === undefined) return Infinity;
  if (vnet.prefixLength > 22 || firewallLength < vnet.prefixLength + 4) return Infinity;
  return Number(addressCount(planVnet(vnet, firewallLength).cluster(slot).nodes)) - KEPT_BY_AZURE;
}

/** AKS documentation, "Ephemeral OS disk", and what Azure answers (`VMCacheSizeTooSmall`) where there is less, in GiB. */
const SYSTEM_DISK_GIB = 128;

/** What is wrong with a size as the host of its own system disk. */
function diskProblem(vmSize: string): string | undefined {
  const gib = hostStorageGib(vmSize);
  if (gib === undefined || gib >= SYSTEM_DISK_GIB) return undefined;
  return gib === 0
    ? "has no disk of its own, on which an ephemeral system disk would lie"
    : `has ${gib} GiB on its host for an ephemeral system disk, and AKS takes ${SYSTEM_DISK_GIB}`;
}

/** An ephemeral disk lies on the machine's own; without one that is large enough AKS fails after minutes. */
export const ephemeralHasDisk: CrossFieldRule = (environment) =>
  clustersOf(environment)
    .flatMap(poolsOf)
    .flatMap(({ path, pool }) => {
      const isEphemeral = pool !== undefined && (!("osDiskType" in pool) || pool.osDiskType === "Ephemeral");
      const problem = isEphemeral && pool.vmSize !== undefined ? diskProblem(pool.vmSize) : undefined;
      if (problem === undefined) return [];
      const size = 'write a size with a d and 4 virtual CPUs, such as "Standard_D4ds_v5"';
      const remedy = path.at(-1) === "systemPool" ? size : `${size}, or osDiskType: "Managed"`;
      return [fault([...path, "vmSize"], problem, pool?.vmSize, remedy)];
    });

/** AKS documentation, "Manage system node pools": what machines of such a pool have at least. */
const SYSTEM_POOL_VCPUS = 4;

/** What AKS itself runs needs machines of some size, all the time. */
export const systemPoolIsStrong: CrossFieldRule = (environment) =>
  clustersOf(environment).flatMap(({ path, cluster }) => {
    const vmSize = cluster.systemPool?.vmSize;
    if (vmSize === undefined) return [];
    const vcpus = vcpusOf(vmSize) ?? SYSTEM_POOL_VCPUS;
    const problems = [
      ...(isBurstable(vmSize) ? ["is of the series B, which AKS does not support for its system pool"] : []),
      ...(vcpus < SYSTEM_POOL_VCPUS
        ? [`has too few virtual CPUs for the system pool: ${vcpus}, and AKS asks for ${SYSTEM_POOL_VCPUS}`]
        : []),
    ];
    return problems.map((problem) =>
      fault([...path, "systemPool", "vmSize"], problem, vmSize, 'write for example "Standard_D4ds_v5"'),
    );
  });

/** The system pool is a pool among the others, under a name of its own. */
export const systemPoolNameIsFree: CrossFieldRule = (environment, isRefused) =>
  clustersOf(environment).flatMap(({ path, cluster: { adopt, nodePools } }) => {
    const name = adopt?.systemPool ?? SYSTEM_POOL_NAME;
    if (!Object.keys(nodePools ?? {}).includes(name) || isRefused([...path, "adopt"])) return [];
    return [fault([...path, "nodePools", name], "is the name of the system pool", undefined, "rename the pool")];
  });

/** azure-cli#25336: pods of run commands tolerate no taint, and the system pool has one. */
export const runCommandHasAPool: CrossFieldRule = (environment, isRefused) =>
  clustersOf(environment)
    .filter(({ path, cluster: { rancher, nodePools } }) => {
      if (rancher?.agent !== "runCommand" || isRefused([...path, "nodePools"])) return false;
      return !Object.values(nodePools ?? {}).some(
        (pool) => pool?.spot !== true && (pool?.taints ?? []).length === 0 && (pool?.min ?? 1) > 0,
      );
    })
    .map(({ path }) =>
      fault(
        [...path, "rancher", "agent"],
        "needs a pool of nodePools without taints, not spot, with one node at least: the system pool is for add-ons only",
        "runCommand",
        'add such a pool, or write agent: "manual"',
      ),
    );
