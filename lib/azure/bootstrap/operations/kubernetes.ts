import { type OperationTable, owned, type TypeOperations } from "./table";

const CLUSTER = "Microsoft.ContainerService/managedClusters";
const POOL = `${CLUSTER}/agentPools`;
const SUBNETS = [
  "Microsoft.Network/virtualNetworks/subnets/read",
  "Microsoft.Network/virtualNetworks/subnets/join/action",
];

const clusters: TypeOperations = {
  reads: [
    `${CLUSTER}/read`,
    `${CLUSTER}/maintenanceConfigurations/read`,
    `${POOL}/read`,
    // The provider keeps the way in that users get; with local accounts off it holds no secret.
    `${CLUSTER}/listClusterUserCredential/action`,
  ],
  readsOf: ({ local_account_disabled: localAccountDisabled }) =>
    localAccountDisabled === true ? [] : [`${CLUSTER}/listClusterAdminCredential/action`],
  writes: [
    `${CLUSTER}/write`,
    `${CLUSTER}/delete`,
    `${CLUSTER}/maintenanceConfigurations/write`,
    `${CLUSTER}/maintenanceConfigurations/delete`,
    `${POOL}/write`,
    `${POOL}/delete`,
    ...SUBNETS,
    "Microsoft.Compute/diskEncryptionSets/read",
    "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
    "Microsoft.Network/privateDnsZones/read",
    "Microsoft.OperationalInsights/workspaces/read",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
  ],
};

/** Azure Kubernetes Service. */
export const KUBERNETES_OPERATIONS: OperationTable = {
  azurerm_kubernetes_cluster: clusters,
  azurerm_kubernetes_cluster_node_pool: owned(POOL, `${CLUSTER}/read`, ...SUBNETS),
};
