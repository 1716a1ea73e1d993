import {
  NetworkSecurityGroup,
  type NetworkSecurityGroupSecurityRule,
} from "@cdktf/provider-azurerm/lib/network-security-group";
import { SubnetNetworkSecurityGroupAssociation } from "@cdktf/provider-azurerm/lib/subnet-network-security-group-association";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import type { FirewallRoutes } from "./firewall-routes";
import type { Vnet } from "./vnet";

/** Properties of {@link ClusterNetwork}. */
export interface ClusterNetworkProps {
  /** Begins the names of the subnets and of their security groups. */
  readonly name: string;
  readonly vnet: Vnet;
  readonly routes: FirewallRoutes;
  readonly nodesCidr: string;
  /** Addresses of pods: between nodes they travel as they are. */
  readonly podCidr: string;
  /** Networks outside of the VNet that may reach nodes and internal load balancers. */
  readonly admittedCidrs: readonly string[];
  /** @default - the API server does not stand in the VNet */
  readonly apiServerCidr?: string;
}

/** The subnets of one cluster. */
export class ClusterNetwork extends Construct {
  readonly nodeSubnetId: string;
  readonly apiServerSubnetId?: string;

  constructor(scope: Construct, id: string, props: ClusterNetworkProps) {
    super(scope, id);
    const { name, vnet, routes } = props;
    const nodes = vnet.addSubnet(this, "nodes", { name: `${name}-nodes`, cidr: props.nodesCidr });
    this.#protect("nodes", nodes.id, props, nodeRules(props));
    routes.associate(this, "nodes-routes", nodes.id);
    this.nodeSubnetId = nodes.id;
    if (props.apiServerCidr === undefined) return;

    const apiServer = vnet.addSubnet(this, "api-server", {
      name: `${name}-api-server`,
      cidr: props.apiServerCidr,
      delegation: [
        {
          name: "aks",
          serviceDelegation: {
            name: "Microsoft.ContainerService/managedClusters",
            actions: ["Microsoft.Network/virtualNetworks/subnets/join/action"],
          },
        },
      ],
    });
    this.#protect("api-server", apiServer.id, props, API_SERVER_RULES);
    // No route to the firewall: answers to those who come by the public address would be dropped on the way.
    this.apiServerSubnetId = apiServer.id;
  }

  #protect(tier: string, subnetId: string, { name, vnet }: ClusterNetworkProps, rules: readonly SecurityRule[]): void {
    const group = new NetworkSecurityGroup(this, `${tier}-security-group`, {
      ...vnet.place,
      name: fitName(`${name}-${tier}`, NAME_RULES.azureNetwork),
      securityRule: rules.map(inbound),
    });
    new SubnetNetworkSecurityGroupAssociation(this, `${tier}-security-group-association`, {
      subnetId,
      networkSecurityGroupId: group.id,
    });
  }
}

/** Who may come in. */
interface SecurityRule {
  readonly name: string;
  readonly description: string;
  readonly priority: number;
  readonly access: "Allow" | "Deny";
  readonly protocol: "*" | "Tcp";
  /** Ranges, or one service tag, or `*`. */
  readonly sources: readonly string[];
  readonly ports: readonly string[];
}

/**
 * In a subnet whose table has a route to 0.0.0.0/0, the tag `VirtualNetwork` of Azure's own rules holds every address (Azure documentation,
 * "Virtual network service tags"), so that they would let everybody in. These name the ranges, and refuse the rest before them.
 */
const DENY_OTHERS: SecurityRule = {
  name: "deny-others",
  description: "Azure's own rules would let in more",
  priority: 4096,
  access: "Deny",
  protocol: "*",
  sources: ["*"],
  ports: ["*"],
};

function nodeRules({ vnet, podCidr, admittedCidrs }: ClusterNetworkProps): readonly SecurityRule[] {
  const admitted: SecurityRule = {
    name: "admitted",
    description: "Networks outside of the VNet that the environment admits",
    priority: 120,
    access: "Allow",
    protocol: "*",
    sources: admittedCidrs,
    ports: ["*"],
  };
  return [
    {
      name: "vnet",
      description: "The VNet, which the firewall is part of, and pods of other nodes",
      priority: 100,
      access: "Allow",
      protocol: "*",
      sources: [vnet.cidr, podCidr],
      ports: ["*"],
    },
    {
      name: "balancer",
      description: "Health probes of internal load balancers",
      priority: 110,
      access: "Allow",
      protocol: "*",
      sources: ["AzureLoadBalancer"],
      ports: ["*"],
    },
    ...(admittedCidrs.length === 0 ? [] : [admitted]),
    DENY_OTHERS,
  ];
}

/** Azure Kubernetes Service documentation, "API Server VNet Integration": ports of the API server and of its balancer's probe. */
const API_SERVER_RULES: readonly SecurityRule[] = [
  {
    name: "api-server",
    description: "Whom the API server itself admits, by its authorised ranges",
    priority: 100,
    access: "Allow",
    protocol: "Tcp",
    sources: ["*"],
    ports: ["443", "4443"],
  },
  {
    name: "balancer",
    description: "Health probes of its load balancer",
    priority: 110,
    access: "Allow",
    protocol: "Tcp",
    sources: ["AzureLoadBalancer"],
    ports: ["9988"],
  },
  DENY_OTHERS,
];

/** Azure takes a tag or `*` in the argument for one, and a list only in the argument for several. */
function inbound({ sources, ports, ...rule }: SecurityRule): NetworkSecurityGroupSecurityRule {
  return {
    ...rule,
    direction: "Inbound",
    sourceAddressPrefix: sources.length === 1 ? sources[0] : undefined,
    sourceAddressPrefixes: sources.length === 1 ? undefined : [...sources],
    sourcePortRange: "*",
    destinationAddressPrefix: "*",
    destinationPortRange: ports.length === 1 ? ports[0] : undefined,
    destinationPortRanges: ports.length === 1 ? undefined : [...ports],
  };
}
