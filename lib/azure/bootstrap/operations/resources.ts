import { type OperationTable, owned } from "./table";

const GROUP = "Microsoft.Resources/subscriptions/resourceGroups";
const SCRIPT = "Microsoft.Resources/deploymentScripts";
const IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities";

/**
 * What a deployment script takes of whoever deploys it, for the account and the container it runs with (Azure Resource Manager
 * documentation, "Use deployment scripts in Bicep": minimum permissions).
 */
const SCRIPT_SUPPORT = [
  "Microsoft.ContainerInstance/containerGroups/*",
  "Microsoft.Resources/deployments/*",
  "Microsoft.Storage/storageAccounts/*",
];

/** Why wildcards stand among the operations. */
export const WILDCARD_OPERATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  SCRIPT_SUPPORT.map((operation) => [
    operation,
    "deployment scripts make and remove a container and a storage account of their own, and Azure documents the operations that they " +
      'take of whoever deploys one as these three ("Use deployment scripts in Bicep")',
  ]),
);

/** Resource groups and what else Azure Resource Manager keeps itself. */
export const RESOURCE_OPERATIONS: OperationTable = {
  // A group that holds what Terraform does not know stays: the provider looks.
  azurerm_resource_group: owned(GROUP, `${GROUP}/resources/read`),
  azurerm_management_lock: owned("Microsoft.Authorization/locks"),
  azurerm_user_assigned_identity: owned(IDENTITY),
  azurerm_resource_deployment_script_azure_cli: owned(
    SCRIPT,
    `${SCRIPT}/logs/read`,
    `${IDENTITY}/assign/action`,
    ...SCRIPT_SUPPORT,
  ),
  azurerm_role_assignment: {
    reads: ["Microsoft.Authorization/roleAssignments/read", "Microsoft.Authorization/roleDefinitions/read"],
    // A condition says which roles.
    writes: ["Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete"],
  },
};
