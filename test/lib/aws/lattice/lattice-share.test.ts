import { buildLattice } from "./lattice";

const ORGANIZATION = "arn:aws:organizations::111122223333:organization/o-a1b2c3d4e5";

describe("a share of network and services", () => {
  const template = buildLattice({ principals: [ORGANIZATION, "444455556666"] });

  it("holds both, by their ARNs", () => {
    const shared = template
      .resources("aws_ram_resource_association")
      .map(({ attributes }) => template.follow(attributes.resource_arn));
    expect(shared.map(({ block, attribute }) => [block.type, attribute]).sort()).toEqual([
      ["aws_vpclattice_service", "arn"],
      ["aws_vpclattice_service_network", "arn"],
    ]);
  });

  it("is given to each principal", () => {
    for (const principal of [ORGANIZATION, "444455556666"]) {
      const association = template.resource("aws_ram_principal_association", { principal });
      expect(template.follow(association.attributes.resource_share_arn).block.type).toBe("aws_ram_resource_share");
    }
  });

  it("leaves the organization only when an account is named by its number", () => {
    template.resource("aws_ram_resource_share", { allow_external_principals: true });
    buildLattice({ principals: [ORGANIZATION] }).resource("aws_ram_resource_share", {
      allow_external_principals: false,
    });
  });
});

test("nothing is shared unasked", () => {
  expect(buildLattice().count("aws_ram_resource_share")).toBe(0);
});
