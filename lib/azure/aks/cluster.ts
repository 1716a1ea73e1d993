import {
  KubernetesCluster,
  type KubernetesClusterApiServerAccessProfile,
} from "@cdktf/provider-azurerm/lib/kubernetes-cluster";
import type { TerraformResourceLifecycle } from "cdktf";
import { Construct } from "constructs";

import { guarded } from "../../terraform";
import type { ClusterIdentities } from "./identities";
import { type MaintenanceWindows, releaseWindow, upgradeWindow } from "./maintenance";
import { type NamedPool, POOL_TIMEOUTS, systemPool } from "./node-pool";
import { dnsServiceIp } from "./service-address";

/** How the API server is reached. */
export type ApiServerAccess =
  | {
      /** At a public address, by the authorised ranges alone. */
      readonly access: "public";
      /** Networks without host bits, 1 to 200. */
      readonly authorizedRanges: readonly string[];
    }
  | {
      /** As `public`, and by the nodes at an address inside the VNet. */
      readonly access: "vnetIntegration";
      /** Networks without host bits, 1 to 2,000. */
      readonly authorizedRanges: readonly string[];
      /** A subnet of /28 or larger, delegated to Microsoft.ContainerService/managedClusters. */
      readonly subnetId: string;
    }
  | {
      /** At an address inside the VNet and nowhere else. */
      readonly access: "private";
      /** Private DNS zone that holds its name. @default - one that Azure makes */
      readonly dnsZoneId?: string;
    };

/** How a cluster is kept up to date. */
export interface UpgradeSettings {
  /** Which versions of Kubernetes Azure moves to by itself. */
  readonly automaticChannel: "patch" | "stable" | "rapid" | "node-image" | "none";
  /** What Azure does to the nodes' operating system by itself. */
  readonly nodeOsChannel: "NodeImage" | "SecurityPatch" | "None";
  readonly windows: MaintenanceWindows;
}

/** Properties of {@link Cluster}. */
export interface ClusterProps {
  readonly name: string;
  /** Begins the DNS name of the API server. */
  readonly dnsPrefix: string;
  /** Resource group that Azure makes for the nodes. */
  readonly nodeResourceGroup: string;
  readonly resourceGroupName: string;
  readonly location: string;
  /** A minor version, `1.35`, of which Azure chooses the newest patch; or with a patch. */
  readonly kubernetesVersion: string;
  /** `AKSLongTermSupport` keeps a version supported for a second year, and takes the tier Premium. */
  readonly supportPlan: "KubernetesOfficial" | "AKSLongTermSupport";
  readonly tenantId: string;
  /** Entra groups whose members administer the cluster. */
  readonly adminGroupIds: readonly string[];
  /** Whether certificates of the cluster's own open it, too, past Entra ID and whatever it asks of people. */
  readonly localAccounts: boolean;
  readonly identities: ClusterIdentities;
  /** Whether the cluster is older than its stack. */
  readonly adopted: boolean;
  readonly apiServer: ApiServerAccess;
  readonly nodeSubnetId: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly systemPool: NamedPool;
  readonly upgrade: UpgradeSettings;
  /** Log Analytics workspace of container insights and of Defender. */
  readonly workspaceId: string;
  readonly defender: boolean;
  readonly hostEncryption: boolean;
  /** Encrypts disks of nodes and volumes with a key of your own. @default - Azure's keys */
  readonly diskEncryptionSetId?: string;
  /** Whether commands can be run in the cluster through Azure's own API. */
  readonly runCommand: boolean;
  /** Keeps the cluster from being destroyed: its volumes and its state would be lost. */
  readonly protect: boolean;
}

/** Hours between two sweeps of unused images; a week. */
const IMAGE_CLEANER_HOURS = 168;

/**
 * Whether Azure leaves the version that is asked for behind: `patch` moves within a minor version, so it stays within one that names
 * no patch.
 */
export function versionMoves(kubernetesVersion: string, { automaticChannel }: UpgradeSettings): boolean {
  const namesPatch = kubernetesVersion.split(".").length > 2;
  return automaticChannel === "stable" || automaticChannel === "rapid" || (automaticChannel === "patch" && namesPatch);
}

/**
 * An AKS cluster whose traffic leaves by the routes of its subnet, and whose API server admits people of Microsoft Entra only, unless it
 * has local accounts. Routes, rules and DNS of its network must stand before it: its nodes start by fetching what they consist of.
 */
export class Cluster extends Construct {
  readonly id: string;
  readonly name: string;
  /** DNS name of the API server; inside the VNet alone when it is private. */
  readonly fqdn: string;
  readonly oidcIssuerUrl: string;

  /** @throws Error when a public API server would admit everybody, for want of ranges */
  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { apiServer, identities, upgrade } = props;
    const place = {
      subnetId: props.nodeSubnetId,
      kubernetesVersion: props.kubernetesVersion,
      hostEncryption: props.hostEncryption,
    };
    const cluster = new KubernetesCluster(this, "Resource", {
      name: props.name,
      dnsPrefix: props.dnsPrefix,
      resourceGroupName: props.resourceGroupName,
      nodeResourceGroup: props.nodeResourceGroup,
      location: props.location,
      kubernetesVersion: props.kubernetesVersion,
      // Both with an SLA, and without the limits of the free tier. Azure supports a version for longer in the dearer one alone.
      skuTier: props.supportPlan === "AKSLongTermSupport" ? "Premium" : "Standard",
      supportPlan: props.supportPlan,

      identity: { type: "UserAssigned", identityIds: [identities.controlPlaneId] },
      kubeletIdentity: identities.kubelet && {
        userAssignedIdentityId: identities.kubelet.id,
        clientId: identities.kubelet.clientId,
        objectId: identities.kubelet.objectId,
      },
      azureActiveDirectoryRoleBasedAccessControl: {
        tenantId: props.tenantId,
        azureRbacEnabled: true,
        adminGroupObjectIds: [...props.adminGroupIds],
      },
      roleBasedAccessControlEnabled: true,
      localAccountDisabled: !props.localAccounts,
      oidcIssuerEnabled: true,
      workloadIdentityEnabled: true,
      runCommandEnabled: props.runCommand,

      ...apiServerArguments(apiServer),
      networkProfile: {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataPlane: "cilium",
        networkPolicy: "cilium",
        outboundType: "userDefinedRouting",
        loadBalancerSku: "standard",
        podCidr: props.podCidr,
        serviceCidr: props.serviceCidr,
        dnsServiceIp: dnsServiceIp(props.serviceCidr),
      },

      defaultNodePool: systemPool(props.systemPool, place),
      diskEncryptionSetId: props.diskEncryptionSetId,

      automaticUpgradeChannel: upgrade.automaticChannel === "none" ? undefined : upgrade.automaticChannel,
      nodeOsUpgradeChannel: upgrade.nodeOsChannel,
      maintenanceWindow: releaseWindow(upgrade.windows.planned),
      maintenanceWindowAutoUpgrade: upgradeWindow(upgrade.windows.autoUpgrade),
      maintenanceWindowNodeOs: upgradeWindow(upgrade.windows.nodeOs),

      azurePolicyEnabled: true,
      keyVaultSecretsProvider: { secretRotationEnabled: true, secretRotationInterval: "2m" },
      imageCleanerEnabled: true,
      imageCleanerIntervalHours: IMAGE_CLEANER_HOURS,
      omsAgent: { logAnalyticsWorkspaceId: props.workspaceId, msiAuthForMonitoringEnabled: true },
      microsoftDefender: props.defender ? { logAnalyticsWorkspaceId: props.workspaceId } : undefined,

      timeouts: POOL_TIMEOUTS,
      dependsOn: [...identities.assignments],
      lifecycle: clusterLifecycle(props),
    });
    this.id = cluster.id;
    this.name = cluster.name;
    this.fqdn = apiServer.access === "private" ? cluster.privateFqdn : cluster.fqdn;
    this.oidcIssuerUrl = cluster.oidcIssuerUrl;
  }
}

function apiServerArguments(apiServer: ApiServerAccess) {
  if (apiServer.access === "private") {
    return {
      privateClusterEnabled: true,
      privateClusterPublicFqdnEnabled: false,
      privateDnsZoneId: apiServer.dnsZoneId ?? "System",
    };
  }
  return { privateClusterEnabled: false, apiServerAccessProfile: accessProfile(apiServer) };
}

/** Azure takes no ranges as all of them: both kinds have a public address, which then answers to the whole internet. */
function accessProfile(
  apiServer: Exclude<ApiServerAccess, { readonly access: "private" }>,
): KubernetesClusterApiServerAccessProfile {
  const authorizedIpRanges = [...apiServer.authorizedRanges];
  if (authorizedIpRanges.length === 0) throw new Error("an API server without authorised ranges is open to everybody");
  if (apiServer.access === "public") return { authorizedIpRanges };
  return { virtualNetworkIntegrationEnabled: true, subnetId: apiServer.subnetId, authorizedIpRanges };
}

function clusterLifecycle({
  protect,
  adopted,
  kubernetesVersion,
  upgrade,
}: ClusterProps): TerraformResourceLifecycle | undefined {
  const ignoreChanges = [
    // The SSH key that `az aks create` makes: to Terraform, a cluster without it is another cluster.
    ...(adopted ? ["linux_profile"] : []),
    // The file's version is where it began; going back to it is what Azure refuses.
    ...(versionMoves(kubernetesVersion, upgrade)
      ? ["kubernetes_version", "default_node_pool[0].orchestrator_version"]
      : []),
  ];
  return ignoreChanges.length === 0 ? guarded(protect) : { ...guarded(protect), ignoreChanges };
}
