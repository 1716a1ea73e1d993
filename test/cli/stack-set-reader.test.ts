import { readStackSet, type StackSet } from "../../cli/stack-set-reader";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import { withFolder } from "../support/folder";
import { synthesizeInto } from "../support/stacks";

function read(...environments: Parameters<typeof synthesizeInto>[1]): StackSet {
  return withFolder((folder) => {
    synthesizeInto(folder, environments);
    return readStackSet(folder);
  });
}

describe("the set of several clouds", () => {
  const { stacks, flows, waits, foreign } = read(clouds);
  const waveOf = (name: string): number => stacks.find((stack) => stack.name === name)?.wave ?? 0;

  it("stands in the order in which it is deployed", () => {
    expect(stacks.map(({ wave }) => wave)).toEqual(stacks.map(({ wave }) => wave).sort());
    expect(stacks.filter(({ wave }) => wave === 1).map(({ name }) => name)).toEqual([
      "clouds-aws-network",
      "clouds-azure-network",
    ]);
    for (const { from, to } of [...flows, ...waits]) expect(waveOf(from)).toBeLessThan(waveOf(to));
  });

  it("says where each stack makes things", () => {
    expect(Object.fromEntries(stacks.map(({ name, clouds: places }) => [name, places]))).toMatchObject({
      "clouds-allowlist": ["AWS"],
      "clouds-aks-shop": ["Azure"],
      "clouds-rancher-shop": ["Azure", "Rancher"],
      "clouds-rancher-otc-billing": ["Rancher"],
    });
  });

  it("tells a stack that takes something from one that only waits", () => {
    const resourcesInto = (from: string, to: string) =>
      flows.find((flow) => flow.from === from && flow.to === to)?.resources;
    expect(resourcesInto("clouds-azure-network", "clouds-allowlist")).toEqual([
      "azurerm_public_ip.firewall-address-primary",
      "azurerm_public_ip.firewall-address-second",
    ]);
    expect(resourcesInto("clouds-allowlist", "clouds-rancher-shop")).toBeUndefined();
    expect(waits).toContainEqual({ from: "clouds-allowlist", to: "clouds-rancher-shop" });
    expect(waits).not.toContainEqual({ from: "clouds-azure-network", to: "clouds-allowlist" });
  });

  it("reads no state of others", () => {
    expect(foreign).toEqual([]);
  });
});

test("a state that no stack of the set writes is named as a person would, with what is read there", () => {
  const { foreign, flows } = read(elsewhere);
  const to = "elsewhere-allowlist";
  expect(flows).toEqual([]);
  expect(foreign).toEqual(
    expect.arrayContaining([
      { state: "s3://acme-terraform-state/otc/billing.tfstate", to, output: "egress_cidrs" },
      { state: "HCP Terraform, acme/gke-search", to, output: "nat-addresses" },
      { state: "../eks/checkout.tfstate", to, output: "nat_public_ips" },
    ]),
  );
  expect(foreign).toHaveLength(3);
});
