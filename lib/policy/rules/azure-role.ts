import type { Finding, PolicyRule } from "../rule";
import { valuesAt } from "../synthesized";

/** Built-in roles over whatever there is in their scope (Azure RBAC documentation, "Azure built-in roles"). */
const WHOLESALE: readonly string[] = [
  "Contributor",
  "Owner",
  "Role Based Access Control Administrator",
  "User Access Administrator",
];

const RIGHTS = ["permissions.actions", "permissions.data_actions"];

/** What a role of ours allows it names, and what we give is no role over everything. */
export const azureRole: PolicyRule = {
  id: "azure-role",
  title: "No role in Azure allows by wildcard without a reason",
  check: ({ type, attributes }) => {
    if (type === "azurerm_role_definition") {
      return RIGHTS.flatMap((argument) => valuesAt(attributes, argument).flatMap((right) => wildcard(argument, right)));
    }
    const { role_definition_name: role } = attributes;
    return type === "azurerm_role_assignment" && typeof role === "string" && WHOLESALE.includes(role)
      ? [
          {
            message: `role_definition_name is ${role}, which allows everything in its scope`,
            remedy: "give a role for what is done, or define one",
            detail: "role_definition_name",
          },
        ]
      : [];
  },
};

function wildcard(argument: string, right: unknown): readonly Finding[] {
  return typeof right === "string" && right.includes("*")
    ? [{ message: `${argument} allows ${right}`, remedy: "name the operations that are meant", detail: argument }]
    : [];
}
