import { membershipsOf } from "../../../lib/rancher/groups";

const A = "azuread_group://aaaaaaaa-0000-0000-0000-000000000000";
const B = "azuread_group://bbbbbbbb-0000-0000-0000-000000000000";

it("names each membership after its role and group, so that others leave it where it is", () => {
  const [alone] = membershipsOf({ "cluster-owner": [A] });
  const among = membershipsOf({ "read-only": [A], "cluster-owner": [B, A] });
  expect(among).toContainEqual(alone);
  expect(among.map(({ role, group }) => [role, group])).toEqual([
    ["read-only", A],
    ["cluster-owner", B],
    ["cluster-owner", A],
  ]);
  expect(new Set(among.map(({ name }) => name)).size).toBe(3);
});

it("gives names that Kubernetes takes, whatever the role and the group are called", () => {
  const groups = ["openldap_group://CN=Größe & Co,OU=x", "github_team://1"];
  for (const { name } of membershipsOf({ [`r${"x".repeat(62)}`]: groups, "a-": groups })) {
    expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  }
});
