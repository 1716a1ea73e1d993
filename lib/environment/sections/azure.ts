import { CLUSTER_SLOTS } from "../../addresses";
import { oneOf, says, trueOrFalse, wholeNumber } from "../fields";
import { listOf, madeOrExisting, mapOf, section } from "../shapes";
import {
  admittedIpv4Cidr,
  ALL_ZONES,
  azureId,
  ipv4Cidr,
  label,
  location,
  reasonFor,
  subnetId,
  uuid,
  zone,
  zones,
} from "./azure-fields";
import { firewallRules } from "./azure-rules";

/** The public IP that carries the firewall's subnet: Azure lets it neither go nor change its place. */
export const PRIMARY_ADDRESS = "primary";

/** What a cluster may be called: it becomes part of names with 63 characters at most, and of a stack's id. */
export const AKS_CLUSTER_NAME = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;

/** The fault of a key that names no cluster. */
export function aksNameFault(name: string): string | undefined {
  if (AKS_CLUSTER_NAME.test(name)) return undefined;
  return says(
    "is not a cluster name: a lower-case letter, then lower-case letters, digits and hyphens, 20 in all at most, no hyphen last",
    "rename the cluster",
  );
}

/** One to so many names of public IPs. */
function addressNames(most: number, first: string, second: string) {
  const example = `["${first}", "${second}"]`;
  return listOf(label("a public IP", second), "a list of names of public IPs", example, {
    min: 1,
    max: most,
    fault: says(`must name 1 to ${most} public IPs`, `write for example ${example}`),
  });
}

const reservedNames = listOf(label("a public IP", "third"), "a list of names of public IPs", '["third"]').default([]);

/** Azure Firewall documentation, "Deploy an Azure Firewall with multiple public IP addresses". */
const FIREWALL_ADDRESSES = 250;

/** Azure NAT Gateway documentation, "Azure NAT Gateway resource": public IPs of one gateway. */
const NAT_ADDRESSES = 16;

const firewall = section('{ tier: "Standard", publicIps: ["primary"] }', {
  /** `Premium` adds intrusion detection, at about 1.4 times the price. Changing it changes the firewall where it stands. @default "Standard" */
  tier: oneOf(["Standard", "Premium"]).default("Standard"),
  /**
   * Availability zones; `[]` where the Region has none. Changing them makes the firewall anew behind the same addresses, for about half an
   * hour in which nothing leaves; to or from `[]` it makes new addresses, too.
   * @default [1, 2, 3]
   */
  zones: zones.default(ALL_ZONES),
  /**
   * The firewall's public IPs by names of your own; `primary` is one of them and stays. A name is an address: adding or removing one
   * leaves all others alone. Each gives 2,496 SNAT ports for an instance and a destination.
   * @default ["primary"]
   */
  publicIps: addressNames(FIREWALL_ADDRESSES, PRIMARY_ADDRESS, "second").default([PRIMARY_ADDRESS]),
  /**
   * Public IPs that exist and are admitted wherever the others are, but carry no traffic yet. A name that moves from here to
   * `publicIps` in a second deploy is known everywhere before its first packet. @default []
   */
  reservedPublicIps: reservedNames,
  /**
   * Takes all public IPs from one prefix of this length: others then admit one range, and a new address is admitted before it exists.
   * Changing it makes new addresses and gives the old ones up. @default - each is an address of its own
   */
  publicIpPrefixLength: wholeNumber("the length of a public IP prefix", 28, 31).optional(),
  /** What Premium does with traffic that a signature matches. @default "Deny" on Premium */
  intrusionDetection: oneOf(["Alert", "Deny"]).optional(),
  /** Length of `AzureFirewallSubnet`; Azure wants /26 or larger, and refuses a change while the firewall stands in it. @default 26 */
  subnetPrefixLength: wholeNumber(
    "the prefix length of AzureFirewallSubnet, which Azure wants to be /26 or larger",
    20,
    26,
  ).default(26),
  /** What may leave besides what the clusters themselves need. @default - nothing else */
  rules: firewallRules.default({ application: {}, network: {}, ipGroups: {} }),
});

const natGateway = section('{ publicIps: ["nat-1"] }', {
  /** The gateway's public IPs by names of your own. Each gives 64,512 SNAT ports for a destination. */
  publicIps: addressNames(NAT_ADDRESSES, "nat-1", "nat-2"),
  /** As `firewall.reservedPublicIps`. @default [] */
  reservedPublicIps: reservedNames,
  /**
   * Whether traffic leaves through the gateway. `false` makes it and its addresses, which are then admitted wherever the firewall's
   * are, and leaves the firewall's own in use: deploy so first. @default true
   */
  attached: trueOrFalse.default(true),
  /**
   * The zone in which it stands: when that zone fails, nothing leaves. Changing it makes a new gateway with the same addresses.
   * @default - the firewall's, if that stands in one; otherwise Azure chooses
   */
  zone: zone.optional(),
  /**
   * Why all that leaves may depend on one zone although the firewall stands in several. Microsoft wants a firewall of one zone in front of
   * this kind of gateway, so that another is refused without a reason. @default - none is needed
   */
  singleZoneReason: reasonFor("250 addresses are too many for our partners to admit").optional(),
});

const made = section(
  '{ cidr: "10.40.0.0/16", firewall: { … } } or { existing: { … } }',
  {
    /** IPv4 range of the VNet, /16 to /22: it is cut into 16 blocks, one for what is shared and one for each cluster slot. */
    cidr: ipv4Cidr,
    /** The one way out: everything in the VNet is routed to it. */
    firewall,
    /**
     * Networks outside of the VNet, peered or on-premises, that may reach nodes and internal load balancers. A security group refuses all
     * others, and every deploy takes out rules that were made by hand. @default []
     */
    admit: listOf(admittedIpv4Cidr("10.64.0.0/16"), "a list of IPv4 ranges", '["10.64.0.0/16"]').default([]),
    /** A NAT gateway behind the firewall: its addresses are then what the internet sees. @default - the firewall's own addresses */
    natGateway: natGateway.optional(),
  },
  ["existing"],
);

/** Behind all groups of a network that is made here, and with room for a group of each slot. */
export const CLUSTER_RULES_PRIORITY = 20_000;

/** Azure Firewall documentation, "Azure Firewall policy rule sets": priorities of rule collection groups. */
const PRIORITIES = { first: 100, last: 65_000 };

const EGRESS = '["203.0.113.7/32"]';

const existing = section("{ vnetId, cidr, firewallPolicyId, egress, clusters }", {
  /** The VNet. */
  vnetId: azureId("a VNet", "Microsoft.Network", "virtualNetworks"),
  /** Its IPv4 range. */
  cidr: ipv4Cidr,
  /** The firewall's policy, into which each cluster's own rule group is written. */
  firewallPolicyId: azureId("a firewall policy", "Microsoft.Network", "firewallPolicies"),
  /**
   * Priority of the group of slot 0 in that policy; each cluster's is this and its slot, and no other group of the policy may have it. Lower
   * ones are looked at first. @default 20000
   */
  clusterRulesPriority: wholeNumber(
    "the priority of the first cluster's rules",
    PRIORITIES.first,
    PRIORITIES.last - (CLUSTER_SLOTS - 1),
  ).default(CLUSTER_RULES_PRIORITY),
  /** The public addresses that the firewall leaves from, in IPv4, as Azure Firewall has no others; a single address is a /32. */
  egress: listOf(admittedIpv4Cidr("203.0.113.7/32"), "the list of addresses that the network leaves from", EGRESS, {
    min: 1,
    fault: says("must name at least one address", `write for example ${EGRESS}`),
  }),
  /** Route table with the default route to the firewall, so that clusters may read it. @default - none is named */
  routeTableId: azureId("a route table", "Microsoft.Network", "routeTables").optional(),
  /** The subnets of each cluster of `aks`, by its name. */
  clusters: mapOf(
    section("{ nodeSubnetId }", {
      /** Where its nodes stand. The subnet's route table sends 0.0.0.0/0 to the firewall. */
      nodeSubnetId: subnetId("a subnet for nodes"),
      /** Where its API server stands, delegated to Microsoft.ContainerService/managedClusters. @default - none */
      apiServerSubnetId: subnetId("a subnet for the API server").optional(),
    }),
    aksNameFault,
    "an object of clusters with their subnets",
    '{ payments: { nodeSubnetId: "…" } }',
  ).default({}),
});

/** One Azure subscription and location. */
export const azure = section('{ tenantId: "…", subscriptionId: "…", location: "westeurope" }', {
  /** The only tenant that the provider will sign in to. */
  tenantId: uuid("the id of a Microsoft Entra tenant"),
  /** The only subscription that the provider will touch. */
  subscriptionId: uuid("the id of an Azure subscription"),
  /** The Region of everything that is made in Azure. */
  location,
  /** Where logs and metrics go. @default - a workspace is made together with the network */
  monitoring: section('{ workspaceId: "…" }', {
    /** An existing Log Analytics workspace. Defender of a cluster signs in to it with its keys, which must be on then. */
    workspaceId: azureId("a Log Analytics workspace", "Microsoft.OperationalInsights", "workspaces"),
    /**
     * The Region of that workspace: the rules of container insights stand where their workspace does. @default - `location` of `azure`
     */
    location: location.optional(),
  }).optional(),
  /** The VNet: made here, or an existing one by its ids. @default - no network stack */
  network: madeOrExisting("a network", made, existing).optional(),
});
