import example from "../../environments/example";
import { egressClusterName } from "../../lib/environment";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";

const ITEM = "aws_dynamodb_table_item";
const stacks = stackTemplates(example, wide, hosted);

/** The addresses that an item lists, whichever way it is encoded. */
function addressesOf(template: Template, logicalId: string): readonly string[] {
  const block = template.resources(ITEM).find((item) => item.logicalId === logicalId);
  const { L: list, S: text } = objectOf(parsedObject(block?.attributes.item).ips);
  return text === undefined ? objectsOf(list).map(({ S }) => textOf(S)) : (JSON.parse(textOf(text)) as string[]);
}

describe.each([
  ["example", "own-egress"],
  ["wide", "own-egress-part-0"],
])("the allowlist of %s", (name, logicalId) => {
  const allowlist = stacks.template(`${name}-allowlist`);
  const network = stacks.template(`${name}-aws-network`);

  it("admits exactly the addresses of the network's NAT gateways", () => {
    const sources = addressesOf(allowlist, logicalId).map((entry) => {
      const [, reference, length] = /^(\$\{.*\})\/(\d+)$/.exec(entry) ?? [];
      expect(length).toBe("32");
      const { block, attribute } = allowlist.follow(reference);
      expect(attribute).toBe("public_ip");
      return block.address;
    });
    const natAddresses = network
      .resources("aws_nat_gateway")
      .map(({ attributes }) => network.follow(attributes.allocation_id).block.address);
    expect(sources).toEqual(natAddresses);
    expect(sources).toHaveLength(3);
  });

  it("lists them under the network's own name", () => {
    const item = parsedObject(allowlist.resource(ITEM, { item: /cross-stack-output-aws/ }).attributes.item);
    expect(item).toMatchObject({ id: { S: egressClusterName(name) } });
  });

  it("is applied after the network", () => {
    expect(stacks.dependencies(`${name}-allowlist`)).toContain(`${name}-aws-network`);
    expect(stacks.dependencies(`${name}-aws-network`)).toEqual([]);
  });
});

test("without a network there is no item for it, and nothing to wait for", () => {
  const alone = stackTemplates(environmentWith());
  alone.template("test-allowlist").expectAbsent(ITEM);
  expect(alone.dependencies("test-allowlist")).toEqual([]);
});

test("with an existing network the item holds the addresses themselves", () => {
  expect(addressesOf(stacks.template("hosted-allowlist"), "own-egress")).toEqual(["203.0.113.7/32", "203.0.113.8/32"]);
  expect(stacks.dependencies("hosted-allowlist")).toEqual([]);
});

test("a network alone makes no allowlist", () => {
  const { aws } = example;
  expect(stackTemplates(environmentWith({ aws, allowlist: undefined })).stackIds).toEqual(["test-aws-network"]);
});

test("the sets of several environments know nothing of each other", () => {
  expect(stacks.stackIds).toEqual([
    "example-aws-network",
    "example-azure-network",
    "example-allowlist",
    "example-wallarm-api",
    "example-wallarm-partners",
    "example-lattice",
    "example-aks-payments",
    "example-rancher-payments",
    "example-rancher-otc-billing",
    "wide-aws-network",
    "wide-allowlist",
    "wide-wallarm-full",
    "wide-wallarm-partners-and-all",
    "hosted-allowlist",
    "hosted-wallarm-api",
  ]);
  for (const stackId of stacks.stackIds) {
    const [environment = ""] = stackId.split("-");
    for (const dependency of stacks.dependencies(stackId)) expect(dependency).toMatch(new RegExp(`^${environment}-`));
  }
});
