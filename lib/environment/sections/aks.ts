import { z } from "zod";

import { admittedCidr, oneOf, says, text, trueOrFalse, wholeNumber } from "../fields";
import { isPlainObject } from "../values";
import { listOf, mapOf, section } from "../shapes";
import { aksNameFault } from "./azure";
import { ALL_ZONES, azureId, ipv4Cidr, resourceGroupName, uuid, zones } from "./azure-fields";
import { registration } from "./registration";

const alsoAdmit = listOf(admittedCidr, "a list of address ranges", '["198.51.100.0/24"]').default([]);

/** Whom an API server with a public address lets in, besides the firewall and `access`. */
const admitted = {
  /** Ranges besides those of `access` and the firewall's own. @default [] */
  alsoAdmit,
  /** Whether the addresses that this environment's AWS network leaves from are admitted: Rancher there may then reach it. @default false */
  awsEgress: trueOrFalse.default(false),
};

const publicApi = section('{ access: "public" }', {
  /** `public`: a public address that admits listed ranges only, 200 at most. */
  access: z.literal("public"),
  ...admitted,
});

const integratedApi = section('{ access: "vnetIntegration" }', {
  /** `vnetIntegration`: as `public`, 2,000 ranges at most, and nodes reach it inside the VNet, past the firewall. */
  access: z.literal("vnetIntegration"),
  ...admitted,
});

const privateApi = section('{ access: "private" }', {
  /** `private`: no public address at all; whoever administers the cluster must be in the VNet or use run command. */
  access: z.literal("private"),
  /** An existing private DNS zone `privatelink.<location>.azmk8s.io`, or one below that. @default - AKS makes one */
  dnsZoneId: azureId("a private DNS zone", "Microsoft.Network", "privateDnsZones").optional(),
});

const ACCESS = '"public", "vnetIntegration" or "private"';
const ACCESS_OBJECTS = '{ access: "public" }, { access: "vnetIntegration" } or { access: "private" }';

function apiServerFault(input: unknown): string {
  if (!isPlainObject(input)) return says("must say who reaches the API server", `write ${ACCESS_OBJECTS}`);
  return says(`must be ${ACCESS}`, `write ${ACCESS}`);
}

const apiServer = z.discriminatedUnion("access", [publicApi, integratedApi, privateApi], {
  error: ({ input }) => apiServerFault(input),
});

const vmSize = text({
  pattern: /^Standard_[A-Z][A-Za-z0-9_-]{1,40}$/,
  what: "the size of a virtual machine",
  example: '"Standard_D4ds_v5"',
});

/** Azure Kubernetes Service documentation, "Quotas, virtual machine size restrictions, and region availability". */
const NODES_PER_POOL = 1000;

const SYSTEM_POOL = { vmSize: "Standard_D4ds_v5", min: 3, max: 6, zones: ALL_ZONES };

const systemPool = section("{ min: 3, max: 6 }", {
  /** With 4 virtual CPUs at least, not of the series B, and with a local disk, which holds the system's image. @default "Standard_D4ds_v5" */
  vmSize: vmSize.default(SYSTEM_POOL.vmSize),
  /** Fewest nodes; a system pool has two at least. @default 3 */
  min: wholeNumber("the fewest nodes", 2, NODES_PER_POOL).default(SYSTEM_POOL.min),
  /** Most nodes. @default 6 */
  max: wholeNumber("the most nodes", 2, NODES_PER_POOL).default(SYSTEM_POOL.max),
  /** Availability zones. Changing them replaces the pool. @default [1, 2, 3] */
  zones: zones.default(ALL_ZONES),
});

const nodePool = section('{ vmSize: "Standard_D4ds_v5", min: 3, max: 12 }', {
  vmSize,
  /** Fewest nodes. */
  min: wholeNumber("the fewest nodes", 0, NODES_PER_POOL),
  /** Most nodes. */
  max: wholeNumber("the most nodes", 1, NODES_PER_POOL),
  /** Availability zones. @default [1, 2, 3] */
  zones: zones.default(ALL_ZONES),
  /** Taints, as `kubectl taint` takes them. @default [] */
  taints: listOf(
    text({
      pattern: /^[a-zA-Z0-9][\w./-]*=[\w.-]*:(NoSchedule|PreferNoSchedule|NoExecute)$/,
      what: "a taint",
      example: '"dedicated=batch:NoSchedule"',
    }),
    "a list of taints",
    '["dedicated=batch:NoSchedule"]',
  ).default([]),
  /** Labels of its nodes. @default {} */
  labels: mapOf(
    text({
      pattern: /^([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?$/,
      what: "the value of a Kubernetes label",
      example: '"batch"',
    }),
    (key) =>
      /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/.test(key) &&
      !key.startsWith("kubernetes.azure.com/")
        ? undefined
        : says("is no key of a Kubernetes label, or one that AKS keeps for itself", 'write for example "workload"'),
    "an object of labels",
    '{ workload: "batch" }',
  ).default({}),
  /** Most pods of a node. @default 110 */
  maxPods: wholeNumber("the most pods of a node", 10, 250).default(110),
  /** `Ephemeral`: on the machine's local disk, of which its size must have 128 GiB. @default "Ephemeral" */
  osDiskType: oneOf(["Ephemeral", "Managed"]).default("Ephemeral"),
  /** Spare capacity at a lower price, taken away at half a minute's notice. @default false */
  spot: trueOrFalse.default(false),
});

/** The name of the pool for critical add-ons, unless its cluster brings another. */
export const SYSTEM_POOL_NAME = "system";

const POOL_NAME = /^[a-z][a-z0-9]{0,11}$/;

const POOL_NAME_WORDS =
  "the name of a node pool: a lower-case letter, then lower-case letters and digits, 12 in all at most";

const poolNameFault = (name: string): string | undefined =>
  POOL_NAME.test(name) ? undefined : says(`is not ${POOL_NAME_WORDS}`, "rename the pool");

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

const WINDOW = { dayOfWeek: "Sunday", startTime: "02:00", utcOffset: "+00:00", durationHours: 4 } as const;

const maintenanceWindow = section('{ dayOfWeek: "Sunday", startTime: "02:00" }', {
  /** @default "Sunday" */
  dayOfWeek: oneOf(DAYS).default(WINDOW.dayOfWeek),
  /** On the hour. @default "02:00" */
  startTime: text({ pattern: /^([01]\d|2[0-3]):00$/, what: "a full hour of the day", example: '"02:00"' }).default(
    WINDOW.startTime,
  ),
  /** Distance of `startTime` from UTC. @default "+00:00" */
  utcOffset: text({
    pattern: /^[+-](0\d|1[0-4]):(00|30|45)$/,
    what: "a distance from UTC",
    example: '"+01:00"',
  }).default(WINDOW.utcOffset),
  /** Hours; Azure wants four at least. @default 4 */
  durationHours: wholeNumber("a number of hours", 4, 24).default(WINDOW.durationHours),
});

const WINDOWS = { planned: WINDOW, autoUpgrade: WINDOW, nodeOs: WINDOW };

const UPGRADE = { automaticChannel: "patch", nodeOsChannel: "NodeImage", windows: WINDOWS } as const;

const upgrade = section('{ automaticChannel: "patch" }', {
  /** Which versions of Kubernetes AKS moves to by itself. @default "patch" */
  automaticChannel: oneOf(["patch", "stable", "rapid", "node-image", "none"]).default(UPGRADE.automaticChannel),
  /** What AKS does to the nodes' operating system by itself. @default "NodeImage" */
  nodeOsChannel: oneOf(["NodeImage", "SecurityPatch", "None"]).default(UPGRADE.nodeOsChannel),
  /** When each kind of maintenance may happen. @default - all on Sunday, 02:00 to 06:00 UTC */
  windows: section("{ autoUpgrade: { … } }", {
    /** Maintenance by AKS itself, of what is not one of the other two. */
    planned: maintenanceWindow.default(WINDOW),
    /** Upgrades of Kubernetes. */
    autoUpgrade: maintenanceWindow.default(WINDOW),
    /** Upgrades of the nodes' operating system. */
    nodeOs: maintenanceWindow.default(WINDOW),
  }).default(WINDOWS),
});

/** A cluster that stands already, under names that no change can give it. */
const adopt = section("{ resourceGroup, name, dnsPrefix, nodeResourceGroup }", {
  /** Resource group in which it stands; it stays yours. */
  resourceGroup: resourceGroupName,
  /** Its name. */
  name: text({
    pattern: /^[A-Za-z0-9]([\w-]{0,61}[A-Za-z0-9])?$/,
    what: "the name of an AKS cluster",
    example: '"payments"',
  }),
  /** Its DNS prefix, as `az aks show --query dnsPrefix` tells it. */
  dnsPrefix: text({
    pattern: /^[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?$/,
    what: "a DNS prefix",
    example: '"payments-dns"',
  }),
  /** Resource group of its nodes, as `az aks show --query nodeResourceGroup` tells it. */
  nodeResourceGroup: resourceGroupName,
  /** Its pool of mode `System`, which no change can rename: `az` calls it `nodepool1`, the portal `agentpool`. @default "system" */
  systemPool: text({ pattern: POOL_NAME, what: POOL_NAME_WORDS, example: '"nodepool1"' }).optional(),
  /**
   * The identity of its nodes, if you brought one: as `az aks show --query identityProfile.kubeletidentity.resourceId` tells it, and not in the
   * resource group of its nodes. The control plane's new identity is then allowed to give it to nodes. @default - AKS made it
   */
  kubeletIdentityId: azureId(
    "a user-assigned identity",
    "Microsoft.ManagedIdentity",
    "userAssignedIdentities",
  ).optional(),
});

const byRunCommand = section('{ agent: "runCommand" }', {
  /** `runCommand`: Azure's run command brings the agent in, with an identity that can do nothing else. It stays switched on for it. */
  agent: z.literal("runCommand"),
  ...registration,
});

const byHand = section('{ agent: "manual" }', {
  /** `manual`: somebody applies the agent's manifest, and the stack says how to fetch it. */
  agent: z.literal("manual"),
  ...registration,
});

const hosted = section('{ agent: "hosted", cloudCredentialId: "cattle-global-data:cc-abcde" }', {
  /** `hosted`: Rancher itself signs in to Azure and to the API server. It needs `localAccounts`, and the API server must admit Rancher. */
  agent: z.literal("hosted"),
  /** Rancher's cloud credential for the subscription, made in Rancher beforehand: its secret is none of Terraform's business. */
  cloudCredentialId: text({
    pattern: /^cattle-global-data:cc-[a-z0-9]{5}$/,
    what: "the id of a cloud credential in Rancher",
    example: '"cattle-global-data:cc-abcde"',
  }),
  ...registration,
});

const AGENTS = '"runCommand", "manual" or "hosted"';

const joins = z.discriminatedUnion("agent", [byRunCommand, byHand, hosted], {
  error: ({ input }) =>
    isPlainObject(input)
      ? says(`must be ${AGENTS}`, `write ${AGENTS}`)
      : says("must say how the cluster joins Rancher", 'write { agent: "runCommand" }'),
});

const cluster = section('{ slot: 0, kubernetesVersion: "1.35", apiServer: { access: "public" }, … }', {
  /** Its place in the VNet's address plan, 0 to 14: unique, and it never changes, or the cluster is made anew. */
  slot: wholeNumber("the cluster's place in the VNet's address plan", 0, 14),
  /**
   * Minor version, or with a patch. Azure makes a cluster only of one within its year of support (`az aks get-versions`), or within the year
   * after with `supportPlan: "AKSLongTermSupport"`; upgrades go one minor version at a time.
   */
  kubernetesVersion: text({ pattern: /^1\.\d{2}(\.\d{1,2})?$/, what: "a version of Kubernetes", example: '"1.35"' }),
  /**
   * How long Azure supports a version: `KubernetesOfficial` for a year, `AKSLongTermSupport` for two, in the tier Premium at about six times
   * the price of the control plane. @default "KubernetesOfficial"
   */
  supportPlan: oneOf(["KubernetesOfficial", "AKSLongTermSupport"]).default("KubernetesOfficial"),
  /** Who reaches the API server. */
  apiServer,
  /**
   * Azure CNI Overlay with Cilium is the one plugin: kubenet is retired on 31 March 2028, and cannot be upgraded without new nodes.
   * @default "azure"
   */
  networkPlugin: text({
    pattern: /^azure$/,
    what: '"azure", that is Azure CNI Overlay with Cilium (kubenet is retired on 31 March 2028)',
    example: '"azure"',
  }).default("azure"),
  /** Addresses of pods, a /24 for each node. They exist inside the cluster only. Changing it makes a new cluster. @default "10.244.0.0/16" */
  podCidr: ipv4Cidr.default("10.244.0.0/16"),
  /** Addresses of services, inside the cluster only, smaller than /12. Changing it makes a new cluster. @default "10.245.0.0/16" */
  serviceCidr: ipv4Cidr.default("10.245.0.0/16"),
  /** Groups of Microsoft Entra whose members administer the cluster, by object id. Local accounts are off. */
  adminGroupIds: listOf(
    uuid("the object id of a group"),
    "a list of groups",
    '["11111111-2222-3333-4444-555555555555"]',
    {
      min: 1,
      fault: says("must name a group: local accounts are off", "write the object id of your administrators' group"),
    },
  ),
  /**
   * Whether certificates of the cluster's own open the API server besides Entra ID: nobody's leaving the company takes them away. Rancher's
   * hosted import needs them. @default false
   */
  localAccounts: trueOrFalse.default(false),
  /** Nodes for critical add-ons only. */
  systemPool: systemPool.default(SYSTEM_POOL),
  /** Pools of nodes for workloads, by name. */
  nodePools: mapOf(
    nodePool,
    poolNameFault,
    "an object of node pools",
    '{ work: { vmSize: "Standard_D4ds_v5", min: 3, max: 12 } }',
  ).default({}),
  /**
   * Encrypts temporary disks and caches on the host. The subscription must have the feature
   * `Microsoft.Compute/EncryptionAtHost`. @default true
   */
  hostEncryption: trueOrFalse.default(true),
  /** Encrypts nodes' disks with a key of yours. Changing it makes a new cluster. @default - a key of Microsoft's */
  diskEncryptionSetId: azureId("a disk encryption set", "Microsoft.Compute", "diskEncryptionSets").optional(),
  /** What AKS upgrades by itself, and when. */
  upgrade: upgrade.default(UPGRADE),
  /** Microsoft Defender for Containers. @default true */
  defender: trueOrFalse.default(true),
  /**
   * A cluster that exists, to be imported into the stack before its first deploy; see `docs/aks-existing-cluster.md`. It keeps its names
   * and the identity of its nodes. Adding or removing it later makes a new cluster. @default - a cluster is made
   */
  adopt: adopt.optional(),
  /** How the cluster joins Rancher: a stack of its own. @default - it does not */
  rancher: joins.optional(),
});

/** AKS clusters behind the firewall: a stack for each name. */
export const aks = mapOf(cluster, aksNameFault, "an object of clusters", "{ payments: { slot: 0, … } }");
