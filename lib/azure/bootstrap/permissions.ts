import { assignmentCondition } from "./assignable-roles";
import type { AzurePermissions, RolePermissions, SetBlock } from "./contract";
import { OPERATIONS } from "./operations";
import { WILDCARD_OPERATIONS } from "./operations/resources";
import { type OwnRole, runCommandRole } from "./run-command-role";

/** Whose permissions they are. */
export interface AzureScope {
  readonly environmentName: string;
  readonly subscriptionId: string;
}

/** What the provider reads before anything else, and where Azure answers how a change goes on. */
const ALWAYS = [
  "Microsoft.Resources/subscriptions/read",
  "Microsoft.Resources/subscriptions/providers/read",
  "Microsoft.Resources/subscriptions/operationresults/read",
  "Microsoft.ContainerService/locations/operationresults/read",
  "Microsoft.ContainerService/locations/operations/read",
  "Microsoft.Network/locations/operationResults/read",
  "Microsoft.Network/locations/operations/read",
  "Microsoft.OperationalInsights/locations/operationStatuses/read",
];

/**
 * What the identities of an environment need to plan and to apply its set, derived from the types in the set. Roles in Azure hold at a
 * scope and know no names within it, so they reach all of the subscription.
 *
 * @throws Error naming every type of Azure that no table knows, or every role that the set gives and whose id is not known.
 */
export function azurePermissions(blocks: readonly SetBlock[], scope: AzureScope): AzurePermissions {
  const own = blocks.filter(({ type }) => type.startsWith("azurerm_"));
  requireEntries(own);
  const entries = own.flatMap(({ kind, type, attributes }) => {
    const entry = kind === "resource" ? OPERATIONS[type] : undefined;
    return entry === undefined ? [] : [{ entry, attributes }];
  });
  const reads = entries.flatMap(({ entry, attributes }) => [...entry.reads, ...(entry.readsOf?.(attributes) ?? [])]);
  const writes = entries.flatMap(({ entry }) => entry.writes);
  const roles = ownRoles(own, scope);
  return {
    plan: permissionsOf([...ALWAYS, ...reads]),
    apply: permissionsOf([...ALWAYS, ...reads, ...writes]),
    roles,
    applyCondition: assignmentCondition(
      own,
      roles.map(({ id }) => id),
    ),
  };
}

function requireEntries(blocks: readonly SetBlock[]): void {
  if (blocks.some(({ type }) => type === "azurerm_role_definition")) {
    throw new Error(
      "A stack of the set makes a role in Azure, and no run may: whoever can write roles can write his own; " +
        "have the bootstrap make it, as runCommandRole in lib/azure/bootstrap/run-command-role.ts",
    );
  }
  const missing = [
    ...new Set(
      blocks.flatMap(({ kind, type }) => {
        if (kind === "data") return [`data.${type}`];
        return OPERATIONS[type] === undefined ? [type] : [];
      }),
    ),
  ].sort();
  if (missing.length > 0) {
    throw new Error(
      `No table says which operations of Azure these types need: ${missing.join(", ")}; ` +
        "add each to a file in lib/azure/bootstrap/operations",
    );
  }
}

/** Scripts that run commands in clusters need a role that nobody has but this project. */
function ownRoles(blocks: readonly SetBlock[], { subscriptionId, environmentName }: AzureScope): readonly OwnRole[] {
  return blocks.some(({ type }) => type === "azurerm_resource_deployment_script_azure_cli")
    ? [runCommandRole(subscriptionId, environmentName)]
    : [];
}

function permissionsOf(operations: readonly string[]): RolePermissions {
  const actions = [...new Set(operations)].sort();
  return {
    actions,
    wildcards: Object.fromEntries(
      actions.flatMap((action) => {
        const reason = WILDCARD_OPERATIONS[action];
        return reason === undefined ? [] : [[action, reason]];
      }),
    ),
  };
}
