import { createHash } from "node:crypto";

import type { KubernetesClusterDefaultNodePool } from "@cdktf/provider-azurerm/lib/kubernetes-cluster";
import { KubernetesClusterNodePool } from "@cdktf/provider-azurerm/lib/kubernetes-cluster-node-pool";
import { Construct } from "constructs";

/** What all pools of nodes have. */
export interface NodePoolSettings {
  readonly vmSize: string;
  /** Fewest nodes, between which and `max` the autoscaler chooses. */
  readonly min: number;
  /** Most nodes. */
  readonly max: number;
  /** Availability zones over which nodes are spread; none where the Region has none. */
  readonly zones: readonly number[];
  /** Pods on one node. */
  readonly maxPods: number;
  /** `Ephemeral` disks lie on the host: faster, free, and empty after a restart. */
  readonly osDiskType: "Ephemeral" | "Managed";
}

/** What pools take from their cluster. */
export interface PoolPlace {
  readonly subnetId: string;
  readonly kubernetesVersion: string;
  /** Whether temporary disks and caches are encrypted on the host, too. */
  readonly hostEncryption: boolean;
}

/** A pool that its cluster holds. */
export interface NamedPool extends NodePoolSettings {
  /** 1 to 12 lower-case letters and digits, a letter first. */
  readonly name: string;
}

/** Properties of {@link NodePool}. */
export interface NodePoolProps extends NamedPool, PoolPlace {
  readonly clusterId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As Kubernetes writes them: `dedicated=gpu:NoSchedule`. */
  readonly taints: readonly string[];
  /** Spare capacity at a discount, which Azure takes back at any time. */
  readonly spot: boolean;
  /** Whether Azure moves the version by itself, so that a difference is none. */
  readonly versionMoves: boolean;
}

/** How many nodes an upgrade adds at a time, and how long one may take to drain (AKS documentation, "Upgrade AKS node pools"). */
const UPGRADE = { maxSurge: "33%", drainTimeoutInMinutes: 30, nodeSoakDurationInMinutes: 0 } as const;

/**
 * How long Terraform waits for what is done to nodes. An upgrade goes through a pool in four rounds at most, a third at a time; a round makes nodes
 * and then waits up to half an hour for others to drain, so a pool takes two hours and a half. A change of the cluster upgrades the control plane
 * and the system pool, and may make the pool anew through one that stands in: with room, six hours. Creation and deletion drain nothing. The
 * provider's own 60 and 90 minutes would leave a good upgrade behind as a failed one.
 */
export const POOL_TIMEOUTS = { create: "2h", update: "6h", delete: "2h" } as const;

/** Azure puts it on every node of a spot pool; left out here it would be a difference in every plan. */
const SPOT = {
  label: { "kubernetes.azure.com/scalesetpriority": "spot" },
  taint: "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
} as const;

/** A pool for workloads, which scales by itself. */
export class NodePool extends Construct {
  constructor(scope: Construct, id: string, props: NodePoolProps) {
    super(scope, id);
    const { spot } = props;
    const labels = { ...props.labels, ...(spot ? SPOT.label : {}) };
    const taints = [...props.taints, ...(spot ? [SPOT.taint] : [])];
    new KubernetesClusterNodePool(this, "Resource", {
      ...poolArguments(props.name, props),
      kubernetesClusterId: props.clusterId,
      mode: "User",
      nodeLabels: Object.keys(labels).length === 0 ? undefined : labels,
      nodeTaints: taints.length === 0 ? undefined : taints,
      priority: spot ? "Spot" : "Regular",
      evictionPolicy: spot ? "Delete" : undefined,
      // Up to the price of a regular machine: evicted for capacity, never for price.
      spotMaxPrice: spot ? -1 : undefined,
      // Azure refuses it of a spot pool.
      upgradeSettings: spot ? undefined : UPGRADE,
      timeouts: POOL_TIMEOUTS,
      lifecycle: props.versionMoves ? { ignoreChanges: ["orchestrator_version"] } : undefined,
    });
  }
}

/** The first pool, which the cluster itself holds. Its taint keeps out whatever does not tolerate `CriticalAddonsOnly`. */
export function systemPool(pool: NamedPool, place: PoolPlace): KubernetesClusterDefaultNodePool {
  return {
    ...poolArguments(pool.name, { ...pool, ...place }),
    onlyCriticalAddonsEnabled: true,
    upgradeSettings: UPGRADE,
  };
}

function poolArguments(name: string, pool: NodePoolSettings & PoolPlace) {
  return {
    name,
    vmSize: pool.vmSize,
    autoScalingEnabled: true,
    minCount: pool.min,
    maxCount: pool.max,
    maxPods: pool.maxPods,
    zones: pool.zones.length === 0 ? undefined : pool.zones.map(String),
    vnetSubnetId: pool.subnetId,
    orchestratorVersion: pool.kubernetesVersion,
    osSku: "Ubuntu",
    osDiskType: pool.osDiskType,
    hostEncryptionEnabled: pool.hostEncryption,
    nodePublicIpEnabled: false,
    temporaryNameForRotation: temporaryName(name),
  };
}

/** Under this name stands a second pool while a change replaces the first: of its own, and the same every time. */
function temporaryName(name: string): string {
  return `tmp${createHash("sha256").update(name).digest("hex").slice(0, 9)}`;
}
