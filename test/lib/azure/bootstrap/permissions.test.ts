import type { SetBlock } from "../../../../lib/azure/bootstrap/contract";
import { OPERATIONS } from "../../../../lib/azure/bootstrap/operations";
import { azurePermissions } from "../../../../lib/azure/bootstrap/permissions";
import { runCommandRole } from "../../../../lib/azure/bootstrap/run-command-role";

const PROD = { environmentName: "prod", subscriptionId: "88888888-8888-8888-8888-888888888888" };

const block = (type: string, attributes: SetBlock["attributes"] = {}): SetBlock => ({
  kind: "resource",
  type,
  attributes,
});
const assignment = (role: string): SetBlock => block("azurerm_role_assignment", { role_definition_name: role });
const everything = azurePermissions(
  Object.keys(OPERATIONS).map((type) => block(type)),
  PROD,
);

test("every action is an operation of a resource provider, and every wildcard says why", () => {
  for (const { actions, wildcards } of [everything.plan, everything.apply]) {
    const plain = actions.filter((action) => !action.includes("*"));
    expect(plain.filter((action) => !/^Microsoft\.\w+(\/\w+)+\/(read|write|delete|action)$/.test(action))).toEqual([]);
    expect(actions.filter((action) => action.includes("*")).sort()).toEqual(Object.keys(wildcards).sort());
    expect(new Set(actions).size).toBe(actions.length);
  }
  expect(everything.plan.wildcards).toEqual({});
});

test("what plans reads, and has no more than what it has to ask for by a POST", () => {
  const others = everything.plan.actions.filter((action) => !action.endsWith("/read"));
  expect(others).toEqual([
    "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
    "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
  ]);
  expect(everything.apply.actions).toEqual(expect.arrayContaining([...everything.plan.actions]));
});

test("an administrator's credentials are read only of clusters with local accounts", () => {
  const admin = "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action";
  const of = (local_account_disabled: boolean): readonly string[] =>
    azurePermissions([block("azurerm_kubernetes_cluster", { local_account_disabled })], PROD).plan.actions;
  expect(of(true)).not.toContain(admin);
  expect(of(false)).toContain(admin);
});

test("nobody gets to write roles, locks' keeper, or all of a subscription", () => {
  expect(everything.apply.actions).not.toContain("*");
  expect(
    everything.apply.actions.filter((action) =>
      /roleDefinitions\/(?!read)|federatedIdentityCredentials|\/register\//.test(action),
    ),
  ).toEqual([]);
  expect(() => azurePermissions([block("azurerm_role_definition")], PROD)).toThrow(/no run may.*runCommandRole/);
});

test("a set holds what it needs and no more", () => {
  const { plan, apply, roles, applyCondition } = azurePermissions([block("azurerm_public_ip"), block("aws_vpc")], PROD);
  const networkOf = (actions: readonly string[]): readonly string[] =>
    actions.filter((action) => action.startsWith("Microsoft.Network/public"));
  expect(networkOf(plan.actions)).toEqual(["Microsoft.Network/publicIPAddresses/read"]);
  expect(networkOf(apply.actions)).toEqual([
    "Microsoft.Network/publicIPAddresses/delete",
    "Microsoft.Network/publicIPAddresses/read",
    "Microsoft.Network/publicIPAddresses/write",
    "Microsoft.Network/publicIPPrefixes/join/action",
  ]);
  expect(apply.actions.filter((action) => action.startsWith("Microsoft.Authorization/"))).toEqual([]);
  expect({ roles, applyCondition }).toEqual({ roles: [], applyCondition: undefined });
});

test("types that no table knows are named with their place, data sources too", () => {
  const unknown: readonly SetBlock[] = [
    block("azurerm_key_vault"),
    { kind: "data", type: "azurerm_subnet", attributes: {} },
  ];
  expect(() => azurePermissions(unknown, PROD)).toThrow(
    /azurerm_key_vault, data\.azurerm_subnet; add each to a file in lib\/azure\/bootstrap\/operations/,
  );
});

describe("the condition on roles", () => {
  const [NETWORK, READER] = ["4d97b98b-1d4f-4787-a291-c67834d212e7", "acdd72a7-3385-48ef-bd42-f606fba81ae7"];

  it("names the roles that the set gives, for what is written and for what is taken away, and services only", () => {
    const set = [assignment("Reader"), assignment("Network Contributor"), assignment("Reader")];
    const role = "Microsoft.Authorization/roleAssignments";
    expect(azurePermissions(set, PROD).applyCondition).toBe(
      `((!(ActionMatches{'${role}/write'})) OR (@Request[${role}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${NETWORK}, ${READER}}` +
        ` AND @Request[${role}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))` +
        ` AND ((!(ActionMatches{'${role}/delete'})) OR (@Resource[${role}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${NETWORK}, ${READER}}` +
        ` AND @Resource[${role}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))`,
    );
  });

  it("names the environment's own role beside them, where scripts run commands", () => {
    const own = runCommandRole(PROD.subscriptionId, "prod");
    const set = [
      block("azurerm_resource_deployment_script_azure_cli"),
      block("azurerm_role_assignment", { role_definition_id: own.resourceId }),
    ];
    const { roles, applyCondition } = azurePermissions(set, PROD);
    expect(roles).toEqual([own]);
    expect(applyCondition).toContain(`GuidEquals {${own.id}}`);
  });

  it("is refused for a role whose id is not known", () => {
    expect(() => azurePermissions([assignment("Owner"), assignment("Reader")], PROD)).toThrow(
      /not known: Owner; add them to lib\/azure\/bootstrap\/assignable-roles\.ts/,
    );
  });
});

test("the role of an environment has a GUID of its own, the same each time", () => {
  const of = (environment: string, subscription = PROD.subscriptionId): string =>
    runCommandRole(subscription, environment).id;
  expect(of("prod")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(of("prod")).toBe(of("prod"));
  expect(new Set([of("prod"), of("dev"), of("prod", "99999999-8888-8888-8888-888888888888")]).size).toBe(3);
});
