import type { SetBlock } from "./contract";

/** Ids of Azure's own roles that a set gives (Azure documentation, "Azure built-in roles"). */
const BUILT_IN_ROLES: Readonly<Record<string, string>> = {
  "Azure Kubernetes Service RBAC Cluster Admin": "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
  "Managed Identity Operator": "f1a07417-d97a-45cb-824c-7a7467783830",
  "Network Contributor": "4d97b98b-1d4f-4787-a291-c67834d212e7",
  "Private DNS Zone Contributor": "b12aa53e-6015-4669-85d0-8515ebb3ae7f",
  Reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
};

/**
 * Condition, of version 2.0, under which an identity gives and takes away no roles but those of the set, and to no people (Azure
 * documentation, "Delegate Azure role assignment management to others with conditions").
 *
 * @param ownRoleIds ids of roles that the environment has of its own
 * @returns undefined when the set gives no roles
 * @throws Error naming the roles whose ids are not known here
 */
export function assignmentCondition(blocks: readonly SetBlock[], ownRoleIds: readonly string[]): string | undefined {
  const assignments = blocks.filter(({ kind, type }) => kind === "resource" && type === "azurerm_role_assignment");
  if (assignments.length === 0) return undefined;
  const names = assignments
    .map(({ attributes }) => attributes.role_definition_name)
    .filter((name): name is string => typeof name === "string");
  const unknown = [...new Set(names.filter((name) => BUILT_IN_ROLES[name] === undefined))].sort();
  if (unknown.length > 0) {
    throw new Error(
      `The ids of these roles of Azure are not known: ${unknown.join(", ")}; add them to lib/azure/bootstrap/assignable-roles.ts`,
    );
  }
  const ids = [...names.flatMap((name) => BUILT_IN_ROLES[name] ?? []), ...ownRoleIds];
  const roles = `{${[...new Set(ids)].sort().join(", ")}}`;
  return [limited("write", "Request", roles), limited("delete", "Resource", roles)].join(" AND ");
}

function limited(operation: string, source: string, roles: string): string {
  const attribute = (name: string): string => `@${source}[Microsoft.Authorization/roleAssignments:${name}]`;
  return (
    `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${operation}'})) OR ` +
    `(${attribute("RoleDefinitionId")} ForAnyOfAnyValues:GuidEquals ${roles} AND ` +
    `${attribute("PrincipalType")} ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`
  );
}
