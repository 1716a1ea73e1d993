import type { Construct } from "constructs";

import { authorizedRanges, leftOutRanges } from "../lib/azure/aks/authorized-ranges";
import { type ApiServerAccess, Cluster, versionMoves } from "../lib/azure/aks/cluster";
import { ClusterRules } from "../lib/azure/aks/cluster-rules";
import { ClusterDiagnostics } from "../lib/azure/aks/diagnostics";
import { ClusterIdentities, type ControlPlaneRole } from "../lib/azure/aks/identities";
import { NodePool } from "../lib/azure/aks/node-pool";
import { ResourceGroup } from "../lib/azure/resource-group";
import { type AksEnvironment, type AzureEnvironment, type Environment, SYSTEM_POOL_NAME } from "../lib/environment";
import { stackId } from "../lib/names";
import { note, RingfenceStack } from "../lib/terraform";
import type { AksSubnets, AzureNetworkOutputs } from "./azure-network";

/** What other stacks may know of a cluster. */
export interface AksOutputs {
  readonly clusterId: string;
  readonly clusterName: string;
  readonly resourceGroupName: string;
  readonly location: string;
  /** Issuer of the tokens with which workloads sign in to Azure. */
  readonly oidcIssuerUrl: string;
}

/** What the stack needs besides the environment's common sections. */
export interface AksProps {
  /** The cluster's name in the environment. */
  readonly cluster: string;
  readonly settings: AksEnvironment;
  readonly azure: AzureEnvironment;
  readonly network: AzureNetworkOutputs;
  /** Addresses that the environment's AWS network leaves from. @default - it has none */
  readonly awsEgressCidrs?: readonly string[];
}

/** Pods on a node of the system pool; what a user's pool has is in the environment. */
const SYSTEM_PODS = 110;

/**
 * One AKS cluster behind the firewall. Whatever its nodes need to start is made before it: the network's routes, rules and DNS in the
 * stack `azure-network`, identities and roles here.
 */
export class AksStack extends RingfenceStack {
  readonly outputs: AksOutputs;

  constructor(scope: Construct, environment: Environment, props: AksProps) {
    super(scope, environment, "aks", { clouds: ["azure"], instance: props.cluster });
    const { azure, network, settings } = props;
    const name = stackId(environment.name, "aks", props.cluster);
    const subnets = subnetsOf(props);
    const admitted = admittedRanges(environment, props);

    const { adopt } = settings;
    const resourceGroupName =
      adopt?.resourceGroup ?? new ResourceGroup(this, "resource-group", { name, location: network.location }).name;
    const place = { resourceGroupName, location: network.location };
    const identities = new ClusterIdentities(this, "identities", {
      ...place,
      name,
      roles: controlPlaneRoles(props, subnets),
      makesKubelet: adopt === undefined,
      keptKubeletId: adopt?.kubeletIdentityId,
    });
    const cluster = new Cluster(this, "cluster", {
      ...place,
      name: adopt?.name ?? name,
      dnsPrefix: adopt?.dnsPrefix ?? name,
      nodeResourceGroup: adopt?.nodeResourceGroup ?? `${name}-nodes`,
      kubernetesVersion: settings.kubernetesVersion,
      supportPlan: settings.supportPlan,
      tenantId: azure.tenantId,
      adminGroupIds: settings.adminGroupIds,
      localAccounts: settings.localAccounts,
      identities,
      adopted: adopt !== undefined,
      apiServer: apiServerAccess(props, subnets, admitted),
      nodeSubnetId: subnets.nodeSubnetId,
      podCidr: settings.podCidr,
      serviceCidr: settings.serviceCidr,
      systemPool: {
        ...settings.systemPool,
        name: adopt?.systemPool ?? SYSTEM_POOL_NAME,
        maxPods: SYSTEM_PODS,
        osDiskType: "Ephemeral",
      },
      upgrade: settings.upgrade,
      workspaceId: network.workspaceId,
      defender: settings.defender,
      hostEncryption: settings.hostEncryption,
      diskEncryptionSetId: settings.diskEncryptionSetId,
      runCommand: settings.rancher?.agent === "runCommand",
      protect: environment.protect,
    });
    for (const [pool, poolSettings] of Object.entries(settings.nodePools)) {
      new NodePool(this, `pool-${pool}`, {
        ...poolSettings,
        name: pool,
        clusterId: cluster.id,
        subnetId: subnets.nodeSubnetId,
        kubernetesVersion: settings.kubernetesVersion,
        hostEncryption: settings.hostEncryption,
        versionMoves: versionMoves(settings.kubernetesVersion, settings.upgrade),
      });
    }
    // Of a private API server the firewall sees nothing: it stands in the VNet.
    if (settings.apiServer.access !== "private") {
      new ClusterRules(this, "rules", {
        name,
        firewallPolicyId: network.firewallPolicyId,
        priority: network.clusterRulesPriority + settings.slot,
        sourceCidr: subnets.nodeCidr ?? network.cidr,
        fqdn: cluster.fqdn,
      });
    }
    new ClusterDiagnostics(this, "diagnostics", {
      name,
      resourceGroupName,
      clusterId: cluster.id,
      workspaceId: network.workspaceId,
      workspaceLocation: network.workspaceLocation,
    });

    const leftOut = leftOutRanges(admitted);
    if (leftOut.length > 0) {
      note(this, `AKS admits IPv4 only, so from these nobody reaches the API server: ${leftOut.join(", ")}`);
    }

    this.outputs = {
      clusterId: cluster.id,
      clusterName: cluster.name,
      resourceGroupName,
      location: network.location,
      oidcIssuerUrl: cluster.oidcIssuerUrl,
    };
    this.publish("cluster-name", cluster.name, "For az aks get-credentials, with the resource group");
    this.publish("resource-group-name", resourceGroupName, "Where the cluster stands");
    this.publish("api-server", cluster.fqdn, "DNS name of the API server");
    this.publish("oidc-issuer-url", cluster.oidcIssuerUrl, "Issuer for federated credentials of workloads");
    if (identities.kubelet) {
      this.publish(
        "kubelet-object-id",
        identities.kubelet.objectId,
        "Give it AcrPull on the registries of your images",
      );
    }
  }
}

/** @throws Error when the network has no subnets for the cluster */
function subnetsOf({ cluster, network }: AksProps): AksSubnets {
  const subnets = network.clusters[cluster];
  if (subnets === undefined) throw new Error(`the network has no subnets for the cluster ${cluster}`);
  return subnets;
}

/** What a control plane writes outside of its own resource groups, and reads: each on that one thing. */
function controlPlaneRoles({ settings, network }: AksProps, subnets: AksSubnets): ControlPlaneRole[] {
  const { apiServer, diskEncryptionSetId } = settings;
  const networkRole = (id: string, scope: string | undefined, description: string): ControlPlaneRole[] =>
    scope === undefined ? [] : [{ id, role: "Network Contributor", scope, description }];
  const isPrivate = apiServer.access === "private";
  const dnsZoneId = isPrivate ? apiServer.dnsZoneId : undefined;
  return [
    ...networkRole("node-subnet", subnets.nodeSubnetId, "Joins nodes and internal load balancers to their subnet"),
    ...networkRole(
      "api-server-subnet",
      apiServer.access === "vnetIntegration" ? subnets.apiServerSubnetId : undefined,
      "Puts the API server into its subnet",
    ),
    ...networkRole("route-table", network.routeTableId, "Reads the default route that it relies on"),
    // Azure links the zone of a private API server to the VNet, whoever made the zone, and a link is a right on the whole VNet.
    ...networkRole("vnet", isPrivate ? network.vnetId : undefined, "Links the API server's DNS zone to the VNet"),
    ...(dnsZoneId === undefined
      ? []
      : [
          {
            id: "dns-zone",
            role: "Private DNS Zone Contributor",
            scope: dnsZoneId,
            description: "Names the API server",
          },
        ]),
    ...(diskEncryptionSetId === undefined
      ? []
      : [
          {
            id: "disk-encryption-set",
            role: "Reader",
            scope: diskEncryptionSetId,
            description: "Encrypts disks with it",
          },
        ]),
  ];
}

/** Everybody whom a public API server is to admit, in IPv4 and IPv6. */
function admittedRanges({ access }: Environment, { settings, network, awsEgressCidrs = [] }: AksProps): string[] {
  const { apiServer } = settings;
  if (apiServer.access === "private") return [];
  return [
    // Nodes reach a public API server through the firewall: without its addresses none would ever join.
    ...network.egressCidrs,
    ...(apiServer.awsEgress ? awsEgressCidrs : []),
    ...access.operators,
    ...access.runners,
    ...apiServer.alsoAdmit,
  ];
}

/** @throws Error when the API server is to stand in a subnet that the network does not have */
function apiServerAccess(
  { cluster, settings: { apiServer } }: AksProps,
  { apiServerSubnetId }: AksSubnets,
  admitted: readonly string[],
): ApiServerAccess {
  if (apiServer.access === "private") return { access: "private", dnsZoneId: apiServer.dnsZoneId };
  const ranges = authorizedRanges(admitted);
  if (apiServer.access === "public") return { access: "public", authorizedRanges: ranges };
  if (apiServerSubnetId === undefined) throw new Error(`the network has no API-server subnet for ${cluster}`);
  return { access: "vnetIntegration", authorizedRanges: ranges, subnetId: apiServerSubnetId };
}
