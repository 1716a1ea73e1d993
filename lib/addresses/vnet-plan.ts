import { allocate } from "./allocate";
import type { Cidr } from "./cidr";

/** Clusters that a VNet's plan has room for, used or not: one that is added later moves nothing. */
export const CLUSTER_SLOTS = 15;

/** One block besides the slots holds what the clusters share. */
const BLOCK_BITS = Math.log2(CLUSTER_SLOTS + 1);

/** Azure Kubernetes Service documentation, "API Server VNet Integration": /28 or larger. */
const API_SERVER_PREFIX_LENGTH = 28;

/** The subnets of one cluster. */
export interface ClusterPlan {
  /** Nodes; half of the slot. Pods have addresses of their own. */
  readonly nodes: Cidr;
  /** The API server, where it stands in the VNet. */
  readonly apiServer: Cidr;
}

/** The subnets of a VNet. */
export interface VnetPlan {
  /** `AzureFirewallSubnet` */
  readonly firewall: Cidr;
  /** The subnets of the cluster in a slot, 0 to 14. */
  cluster(slot: number): ClusterPlan;
}

/**
 * Cuts a VNet's range into 16 equal blocks: the first for what is shared, beginning with the firewall's subnet, and the others for
 * clusters by their slots. In a slot the first half is for nodes, and the second half begins with the API server's subnet.
 *
 * @param vnet the VNet's range, /16 to /22
 * @param firewallPrefixLength of `AzureFirewallSubnet`
 * @throws AllocationError, with the plan, when the range is too small
 */
export function planVnet(vnet: Cidr, firewallPrefixLength: number): VnetPlan {
  const blockPrefixLength = vnet.prefixLength + BLOCK_BITS;
  const blocks = allocate(
    vnet,
    Array.from({ length: CLUSTER_SLOTS + 1 }, (_, block) => ({ name: nameOf(block), prefixLength: blockPrefixLength })),
  );
  const shared = allocate(blocks.subnet(nameOf(0)), [{ name: "firewall", prefixLength: firewallPrefixLength }]);
  return {
    firewall: shared.subnet("firewall"),
    cluster: (slot) => {
      const tiers = allocate(blocks.subnet(nameOf(slot + 1)), [
        { name: "nodes", prefixLength: blockPrefixLength + 1 },
        { name: "API server", prefixLength: API_SERVER_PREFIX_LENGTH },
      ]);
      return { nodes: tiers.subnet("nodes"), apiServer: tiers.subnet("API server") };
    },
  };
}

const nameOf = (block: number): string => (block === 0 ? "shared" : `slot ${block - 1}`);
