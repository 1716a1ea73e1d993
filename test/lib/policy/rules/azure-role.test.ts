import { RoleAssignment } from "@cdktf/provider-azurerm/lib/role-assignment";
import { RoleDefinition } from "@cdktf/provider-azurerm/lib/role-definition";
import { azureRole } from "../../../../lib/policy/rules/azure-role";
import { judge } from "../support";

const scope = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/a";
const RUN = "Microsoft.ContainerService/managedClusters/runCommand/action";

const judgeRole = (...permissions: readonly { readonly actions?: string[]; readonly dataActions?: string[] }[]) =>
  judge(azureRole, (stack) => new RoleDefinition(stack, "x", { name: "a", scope, permissions: [...permissions] }));

const judgeAssignment = (roleDefinitionName?: string) =>
  judge(azureRole, (stack) => new RoleAssignment(stack, "x", { scope, roleDefinitionName, principalId: "p" }));

it("accepts roles that name what they allow", () => {
  expect(judgeRole({ actions: [RUN] }, { dataActions: ["Microsoft.Storage/blobs/read"] })).toEqual([]);
});

it.each([
  ["everything", "*"],
  ["a service", "Microsoft.ContainerService/*"],
  ["all that reads", "*/read"],
])("reports a role that allows %s, in whichever of its permissions", (_, right) => {
  const lines = (rights: string) => [
    `azure-role dev-example/x: permissions.${rights} allows ${right}; name the operations that are meant`,
  ];
  expect(judgeRole({ actions: [RUN] }, { actions: [RUN, right] })).toEqual(lines("actions"));
  expect(judgeRole({ actions: [RUN], dataActions: [right] })).toEqual(lines("data_actions"));
});

it("reports a role over everything in its scope, and no other built-in one", () => {
  expect(judgeAssignment("Network Contributor")).toEqual([]);
  expect(judgeAssignment()).toEqual([]);
  for (const role of ["Owner", "Contributor", "User Access Administrator"]) {
    expect(judgeAssignment(role)).toEqual([
      `azure-role dev-example/x: role_definition_name is ${role}, which allows everything in its scope; give a role for what is ` +
        "done, or define one",
    ]);
  }
});
