/** A network behind a firewall, on which clusters stand, whoever made it. */
export interface AzureNetworkOutputs {
  readonly resourceGroupName: string;
  readonly location: string;
  readonly vnetId: string;
  /** IPv4 range of the VNet. */
  readonly cidr: string;
  /** Where everything behind the firewall leaves from, and will leave from: ranges, most of a single address. */
  readonly egressCidrs: readonly string[];
  readonly firewallPolicyId: string;
  /** Log Analytics workspace for logs and metrics. */
  readonly workspaceId: string;
  /** @default - an existing network that does not name it */
  readonly routeTableId?: string;
  /** The subnets of each cluster, by its name. */
  readonly clusters: Readonly<Record<string, AksSubnets>>;
}

/** Where a cluster stands. */
export interface AksSubnets {
  readonly nodeSubnetId: string;
  /** @default - the API server does not stand in the VNet */
  readonly apiServerSubnetId?: string;
}
