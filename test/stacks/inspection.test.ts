import { readFileSync } from "node:fs";
import { join } from "node:path";

import inspected from "../environments/inspected";
import { withFolder } from "../support/folder";
import { stackTemplates, synthesizeInto } from "../support/stacks";
import { edgesEnvironment, MADE } from "./edges";
import { BOTH, inspectedEnvironment } from "./inspections";

describe("an environment whose egress is inspected", () => {
  const set = stackTemplates(inspected);

  it("has edges that wait for inspection, without which they could not pull their image", () => {
    expect(set.dependencies("inspected-wallarm-api")).toContain("inspected-inspection");
    expect(set.dependencies("inspected-inspection")).toEqual(["inspected-aws-network"]);
    expect(set.dependencies("inspected-aws-network")).toEqual([]);
  });

  it("says so to whoever deploys it", () => {
    const manifest = withFolder((outdir) => {
      synthesizeInto(outdir, [inspected]);
      return JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
        stacks: Record<string, { dependencies: string[] }>;
      };
    });
    expect(manifest.stacks["inspected-wallarm-api"]?.dependencies).toContain("inspected-inspection");
  });

  it("takes its fixed addresses from the network, each to the NAT gateway of its own zone", () => {
    const template = set.template("inspected-inspection");
    for (const zone of ["a", "b", "c"]) {
      const nat = template.resource("aws_nat_gateway", { tags: { Name: `inspected-inspection-${zone}` } });
      const address = template.follow(nat.attributes.allocation_id);
      expect(address.attribute).toBe("allocation_id");
      expect(address.block.address).toBe(`aws_eip.zone-${zone}-egress`);
    }
    template.expectAbsent("aws_eip");
  });
});

test("edges of a network that leaves through NAT wait for no inspection", () => {
  const set = stackTemplates(edgesEnvironment({ api: {} }, MADE));
  expect(set.dependencies("test-wallarm-api")).toEqual(["test-aws-network"]);
  expect(set.stackIds).toEqual(["test-aws-network", "test-wallarm-api"]);
});

test.each([
  ["one appliance in a zone of a protected environment", true, 1, true],
  ["two", true, 2, false],
  ["one where nothing is protected", false, 1, false],
])("what one appliance that fails costs is told with %s", (_, protect, minPerZone, told) => {
  const manifest = withFolder((outdir) => {
    synthesizeInto(outdir, [inspectedEnvironment({ fleet: { minPerZone } }, { protect })]);
    return readFileSync(join(outdir, "manifest.json"), "utf8");
  });
  expect(manifest.includes("loses one connection in 2 of every spoke")).toBe(told);
});

test("inspection stands without any edge", () => {
  expect(stackTemplates(inspectedEnvironment()).stackIds).toEqual(["test-aws-network", "test-inspection"]);
});

test.each(BOTH)(
  "logs of $name are encrypted, kept for a year, and seven of them the appliances'",
  ({ template, environment }) => {
    const groups = template.resources("aws_cloudwatch_log_group");
    expect(groups.map(({ attributes }) => attributes.name)).toEqual(
      expect.arrayContaining(
        ["alerts", "boot", "dns", "flows", "health", "policy", "tls", "flow-logs"].map(
          (log) => `/ringfence/${environment.name}-inspection/${log}`,
        ),
      ),
    );
    expect(groups).toHaveLength(8);
    for (const { attributes } of groups) {
      expect(template.follow(attributes.kms_key_id).block.address).toBe("aws_kms_key.key");
      expect(attributes.retention_in_days).toBe(365);
    }
  },
);
