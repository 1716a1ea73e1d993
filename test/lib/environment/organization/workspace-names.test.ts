import { WORKSPACE_NAME_LENGTH, workspaceName } from "../../../../lib/names";
import { defineEnvironment } from "../../../../lib/environment";
import { checkWorkspaces, workspaceFaults } from "../../../../lib/environment/organization/together";

const wanted = (name: string, owner = "prod", place = "app.terraform.io/acme") => ({ name, owner, place });

describe("names of workspaces", () => {
  test("of letters, digits, - and _ are taken, up to 90 characters", () => {
    expect(workspaceFaults([wanted("prod-aws-network"), wanted(`A_${"b".repeat(88)}`)])).toEqual([]);
  });

  test("that HCP Terraform refuses are told with what it takes", () => {
    const long = `prod-${"a".repeat(WORKSPACE_NAME_LENGTH - 4)}`;
    expect(workspaceFaults([wanted("prod-eks.checkout"), wanted(long)])).toEqual([
      expect.stringMatching(
        /^state: prod would have a workspace "prod-eks\.checkout" \(17 characters\), .* 90 at most; /,
      ),
      expect.stringContaining("(91 characters)"),
    ]);
  });

  test("that two stacks of one organization would have are told with both", () => {
    expect(workspaceFaults([wanted("prod-rancher-shop"), wanted("prod-rancher-shop")])).toEqual([
      "state: prod would have 2 stacks in one workspace, prod-rancher-shop of app.terraform.io/acme; rename one of them",
    ]);
    expect(workspaceFaults([wanted("prod-Shop"), wanted("prod-shop", "acme")])).toEqual([
      expect.stringContaining("prod and acme would have 2 stacks in one workspace, prod-Shop and prod-shop of"),
    ]);
  });

  test("may be the same in two organizations, and on two hosts", () => {
    const places = ["app.terraform.io/acme", "app.terraform.io/other", "tfe.example.com/acme"];
    expect(workspaceFaults(places.map((place) => wanted("prod-allowlist", "prod", place)))).toEqual([]);
  });

  test("as long as they can become still fit", () => {
    const cluster = "c".repeat(40);
    const environment = defineEnvironment({
      name: "e".repeat(16),
      state: { kind: "hcp", organization: "acme", project: "platform" },
      rancher: { url: "https://rancher.example.com", clusters: { [cluster]: {} } },
    });
    expect(workspaceName(`${environment.name}-rancher-${cluster}`).length).toBeLessThanOrEqual(WORKSPACE_NAME_LENGTH);
    expect(checkWorkspaces([environment])).toEqual([]);
  });
});
