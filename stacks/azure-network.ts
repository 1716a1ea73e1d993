import type { Construct } from "constructs";

import { cidr, planVnet } from "../lib/addresses";
import { ClusterNetwork } from "../lib/azure/network/cluster-network";
import { EgressAlerts } from "../lib/azure/network/egress-alerts";
import { Firewall } from "../lib/azure/network/firewall";
import { FirewallRoutes } from "../lib/azure/network/firewall-routes";
import { FirewallRules } from "../lib/azure/network/firewall-rules";
import { IpGroups } from "../lib/azure/network/ip-groups";
import { NatGateway } from "../lib/azure/network/nat-gateway";
import { aksRules, monitoringRules, rancherRules } from "../lib/azure/network/needed-rules";
import { ownRules } from "../lib/azure/network/own-rules";
import { PublicAddresses } from "../lib/azure/network/public-addresses";
import type { RuleGroup } from "../lib/azure/network/rules";
import { Vnet } from "../lib/azure/network/vnet";
import { VnetDns } from "../lib/azure/network/vnet-dns";
import type { AzurePlace } from "../lib/azure/place";
import { ResourceGroup } from "../lib/azure/resource-group";
import { Workspace } from "../lib/azure/workspace";
import {
  type AksEnvironment,
  type AzureEnvironment,
  CLUSTER_RULES_PRIORITY,
  type Environment,
  PRIMARY_ADDRESS,
} from "../lib/environment";
import { fitName, NAME_RULES, stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";

type Network = NonNullable<AzureEnvironment["network"]>;
type MadeNetwork = Extract<Network, { readonly cidr: string }>;
type ExistingNetwork = Extract<Network, { readonly existing: unknown }>;

/** A network behind a firewall, on which clusters stand, whoever made it. */
export interface AzureNetworkOutputs {
  readonly location: string;
  readonly vnetId: string;
  /** IPv4 range of the VNet. */
  readonly cidr: string;
  /** Where everything behind the firewall leaves from, and will leave from: ranges, most of a single address. */
  readonly egressCidrs: readonly string[];
  readonly firewallPolicyId: string;
  /** Priority of the rule group of slot 0 in that policy; that of another slot comes as many behind. */
  readonly clusterRulesPriority: number;
  /** Log Analytics workspace for logs and metrics. */
  readonly workspaceId: string;
  /** Region of the workspace, which can be another than the network's where it is not made here. */
  readonly workspaceLocation: string;
  /** @default - an existing network that does not name it */
  readonly routeTableId?: string;
  /** The subnets of each cluster, by its name. */
  readonly clusters: Readonly<Record<string, AksSubnets>>;
}

/** Where a cluster stands. */
export interface AksSubnets {
  readonly nodeSubnetId: string;
  /** IPv4 range of that subnet. @default - an existing one, somewhere in the VNet's */
  readonly nodeCidr?: string;
  /** @default - the API server does not stand in the VNet */
  readonly apiServerSubnetId?: string;
}

/** What the stack must know of a cluster. */
export type ClusterOfNetwork = Pick<AksEnvironment, "slot" | "podCidr" | "defender" | "upgrade"> & {
  readonly apiServer: Pick<AksEnvironment["apiServer"], "access">;
};

/** What the stack needs besides the environment's common sections. */
export interface AzureNetworkProps {
  readonly azure: AzureEnvironment;
  readonly network: MadeNetwork;
  /** The clusters that stand in it, by name. */
  readonly clusters: Readonly<Record<string, ClusterOfNetwork>>;
}

/**
 * The VNet of an environment, and the firewall through which everything in it leaves from addresses that others can admit. All that a cluster
 * needs before it comes up is in this one stack, so that it is there before the stack of any cluster begins.
 */
export class AzureNetworkStack extends RingfenceStack {
  readonly outputs: AzureNetworkOutputs;

  constructor(scope: Construct, environment: Environment, { azure, network, clusters }: AzureNetworkProps) {
    super(scope, environment, "azure-network", { clouds: ["azure"] });
    const { protect, notify } = environment;
    const { firewall: wanted } = network;
    const name = stackId(environment.name, "network");
    const plan = planVnet(cidr(network.cidr), wanted.subnetPrefixLength);

    const group = new ResourceGroup(this, "resource-group", { name, location: azure.location });
    const place = { resourceGroupName: group.name, location: azure.location };
    const workspaceId =
      azure.monitoring?.workspaceId ??
      new Workspace(this, "workspace", {
        name: fitName(name, NAME_RULES.azureWorkspace),
        place,
        protect,
        keys: hasDefender(clusters),
      }).id;

    const vnet = new Vnet(this, "vnet", { name, place, cidr: network.cidr });
    const firewallSubnet = vnet.addSubnet(this, "firewall-subnet", {
      name: "AzureFirewallSubnet",
      cidr: plan.firewall.text,
    });
    const firewallAddresses = new PublicAddresses(this, "firewall-address", {
      name: stackId(environment.name, "firewall"),
      place,
      names: [...inUse(wanted.publicIps), ...wanted.reservedPublicIps],
      zoneRedundant: wanted.zones.length > 0,
      prefixLength: wanted.publicIpPrefixLength,
      protect,
    });
    const nat = this.#natGateway(environment, network, place, firewallSubnet.id);

    const rules = new FirewallRules(this, "firewall-policy", {
      name,
      place,
      tier: wanted.tier,
      intrusionDetection: wanted.tier === "Premium" ? (wanted.intrusionDetection ?? "Deny") : undefined,
      groups: this.#ruleGroups(environment, { network, clusters }, place),
    });
    const firewall = new Firewall(this, "firewall", {
      name,
      place,
      tier: wanted.tier,
      zones: wanted.zones,
      subnetId: firewallSubnet.id,
      addresses: firewallAddresses.addresses.slice(0, wanted.publicIps.length),
      rules,
      workspaceId,
      after: nat.attachments,
    });
    const routes = new FirewallRoutes(this, "routes", {
      name,
      place,
      firewallIp: firewall.privateIp,
      firewallRanges: firewallAddresses.rangeByName,
    });
    new VnetDns(this, "dns", { vnetId: vnet.id, servers: [firewall.privateIp] });
    new EgressAlerts(this, "alerts", {
      name,
      resourceGroupName: group.name,
      firewallId: firewall.id,
      tier: wanted.tier,
      natGatewayId: nat.gateway?.id,
      actionGroupIds: notify.azureActionGroupIds,
    });
    const subnets = Object.entries(clusters).map(([cluster, { slot, podCidr, apiServer }]) => {
      const { nodes, apiServer: apiServerSubnet } = plan.cluster(slot);
      const made = new ClusterNetwork(this, `cluster-${cluster}`, {
        name: cluster,
        vnet,
        routes,
        nodesCidr: nodes.text,
        podCidr,
        admittedCidrs: network.admit,
        apiServerCidr: apiServer.access === "vnetIntegration" ? apiServerSubnet.text : undefined,
      });
      const { nodeSubnetId, apiServerSubnetId } = made;
      return [cluster, { nodeSubnetId, nodeCidr: nodes.text, apiServerSubnetId }] as const;
    });

    this.outputs = {
      location: place.location,
      vnetId: vnet.id,
      cidr: network.cidr,
      egressCidrs: egressOf(network, firewallAddresses.cidrs, nat.cidrs),
      firewallPolicyId: rules.policyId,
      clusterRulesPriority: CLUSTER_RULES_PRIORITY,
      workspaceId,
      workspaceLocation: workspaceLocation(azure),
      routeTableId: routes.id,
      clusters: Object.fromEntries(subnets),
    };
    this.publish("vnet-id", vnet.id, "The VNet");
    this.publish(
      "egress-cidrs",
      [...this.outputs.egressCidrs],
      "Addresses that everything behind the firewall leaves from",
    );
    this.publish("firewall-cidrs", [...firewallAddresses.cidrs], "The firewall's own public addresses");
    this.publish("firewall-private-ip", firewall.privateIp, "Where routes lead to; machines ask it for names");
    this.publish("workspace-id", workspaceId, "Log Analytics workspace for the firewall's logs");
  }

  /** The NAT gateway and its addresses; nothing where none is asked for. */
  #natGateway(environment: Environment, { natGateway, firewall }: MadeNetwork, place: AzurePlace, subnetId: string) {
    if (natGateway === undefined) return { cidrs: [], attachments: [] };
    const { publicIps, reservedPublicIps, attached, zone = onlyOne(firewall.zones) } = natGateway;
    const addresses = new PublicAddresses(this, "nat-address", {
      name: stackId(environment.name, "nat"),
      place,
      names: [...publicIps, ...reservedPublicIps],
      zoneRedundant: firewall.zones.length > 0,
      protect: environment.protect,
    });
    const gateway = new NatGateway(this, "nat", {
      name: stackId(environment.name, "network"),
      place,
      addresses: addresses.addresses.slice(0, publicIps.length),
      zone,
    });
    return { gateway, cidrs: addresses.cidrs, attachments: attached ? [gateway.attach(subnetId)] : [] };
  }

  #ruleGroups(
    environment: Environment,
    { network, clusters }: Pick<AzureNetworkProps, "network" | "clusters">,
    place: AzurePlace,
  ): readonly RuleGroup[] {
    const sourceCidr = network.cidr;
    const { rules } = network.firewall;
    const ipGroups = new IpGroups(this, "ip-group", {
      name: stackId(environment.name, "ip-group"),
      place,
      groups: rules.ipGroups,
    });
    const defender = hasDefender(clusters);
    const securityPatches = Object.values(clusters).some(({ upgrade }) => upgrade.nodeOsChannel === "SecurityPatch");
    const own = ownRules(rules, { sourceCidr, ipGroupId: (group) => ipGroups.idOf(group) });
    return [
      aksRules({ sourceCidr, defender, securityPatches }),
      monitoringRules({ sourceCidr }),
      ...(environment.rancher ? [rancherRules({ sourceCidr, url: environment.rancher.url })] : []),
      ...(own ? [own] : []),
    ];
  }
}

function hasDefender(clusters: AzureNetworkProps["clusters"]): boolean {
  return Object.values(clusters).some(({ defender }) => defender);
}

/** An existing network as the stacks see it. Nothing is made for it, so it has no stack and no state. */
export function existingAzureNetwork(azure: AzureEnvironment, { existing }: ExistingNetwork): AzureNetworkOutputs {
  const { egress, ...ids } = existing;
  if (azure.monitoring === undefined) throw new Error("an existing network needs azure.monitoring.workspaceId");
  return {
    ...ids,
    location: azure.location,
    egressCidrs: egress,
    workspaceId: azure.monitoring.workspaceId,
    workspaceLocation: workspaceLocation(azure),
  };
}

function workspaceLocation({ location, monitoring }: AzureEnvironment): string {
  return monitoring?.location ?? location;
}

/** A firewall of one zone takes its gateway along: apart, either zone's failure would stop everything. */
function onlyOne(zones: readonly number[]): number | undefined {
  return zones.length === 1 ? zones[0] : undefined;
}

/** The address that carries the firewall's subnet comes first, wherever it stands in the file. */
function inUse(names: readonly string[]): readonly string[] {
  return [...names].sort((one, other) => Number(other === PRIMARY_ADDRESS) - Number(one === PRIMARY_ADDRESS));
}

/**
 * Behind a NAT gateway its addresses are what the internet sees. One that is not attached yet is announced beside the firewall's, so that
 * everybody who admits knows it before the first packet.
 */
function egressOf(
  { natGateway }: MadeNetwork,
  firewallCidrs: readonly string[],
  natCidrs: readonly string[],
): readonly string[] {
  return natGateway?.attached === true ? natCidrs : [...firewallCidrs, ...natCidrs];
}
