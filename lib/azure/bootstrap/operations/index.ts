import { KUBERNETES_OPERATIONS } from "./kubernetes";
import { MONITOR_OPERATIONS } from "./monitor";
import { NETWORK_OPERATIONS } from "./network";
import { RESOURCE_OPERATIONS } from "./resources";
import type { OperationTable } from "./table";

/**
 * What every type of Azure that a stack makes needs (Azure documentation, "Azure permissions": operations by resource provider).
 *
 * There is no `azurerm_role_definition`: whoever may write definitions of roles can write his own.
 */
export const OPERATIONS: OperationTable = {
  ...KUBERNETES_OPERATIONS,
  ...MONITOR_OPERATIONS,
  ...NETWORK_OPERATIONS,
  ...RESOURCE_OPERATIONS,
};
