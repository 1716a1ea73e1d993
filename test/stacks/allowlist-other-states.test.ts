import type { EnvironmentInput } from "../../lib/environment";
import elsewhere from "../environments/elsewhere";
import { environmentWith } from "../support/environment";
import { objectOf, objectsOf, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

const ITEM = "aws_dynamodb_table_item";
const STATE = "terraform_remote_state";
const RANGES = ["203.0.113.10/32"];
const OF_STATE = { state: { kind: "s3", bucket: "acme-states", key: "otc.tfstate", region: "eu-west-1" } } as const;

type Addresses = typeof RANGES | typeof OF_STATE;

function allowlistWith(sections: Partial<EnvironmentInput>): Template {
  return stackTemplates(environmentWith(sections)).template("test-allowlist");
}

const inAllowlist = (addresses: Addresses, keySchema: "id" | "id+ips" = "id"): Template =>
  allowlistWith({ allowlist: { table: { keySchema }, clusters: { otc: addresses } } });

const inRancher = (addresses: Addresses): Template =>
  allowlistWith({ rancher: { url: "https://rancher.example.com", clusters: { otc: { egress: addresses } } } });

describe("addresses in another Terraform state", () => {
  const stack = stackTemplates(elsewhere).template("elsewhere-allowlist");

  it("are read by the kind of that state, with what it takes to find it", () => {
    const configOf = (backend: string) => objectOf(stack.data(STATE, { backend }).attributes.config);
    expect(configOf("s3")).toEqual({
      bucket: "acme-terraform-state",
      key: "otc/billing.tfstate",
      region: "eu-central-1",
      assume_role: { role_arn: "arn:aws:iam::444455556666:role/state-reader" },
    });
    expect(configOf("remote")).toEqual({ organization: "acme", workspaces: { name: "gke-search" } });
    expect(textOf(configOf("local").path)).toMatch(/^(\.\.\/)+.*eks\/checkout\.tfstate$/);
  });

  it.each([
    ["s3", "egress_cidrs", "s3://acme-terraform-state/otc/billing.tfstate", "otc-billing"],
    ["remote", "nat-addresses", "acme/gke-search of HCP Terraform", "gke-search"],
    ["local", "nat_public_ips", "../eks/checkout.tfstate", "eks.checkout"],
  ])(
    "stop the plan when the state (%s) has none, and say which, whose and where",
    (backend, output, where, cluster) => {
      const [isThere, isExact] = objectsOf(
        objectOf(stack.data(STATE, { backend }).attributes.lifecycle).postcondition,
      ).map(({ condition, error_message: message }) => ({ condition: textOf(condition), message: textOf(message) }));
      for (const { condition, message } of [isThere, isExact].filter((found) => found !== undefined)) {
        expect(condition).toContain(`lookup(self.outputs, "${output}", [])`);
        expect(message).toContain(`The output ${output} of the state ${where} `);
        // Terraform prints what such an attribute holds beside the message, were it a secret.
        expect(condition).not.toMatch(/outputs[.[]/);
      }
      expect(isThere?.message).toContain(`that ${cluster} leaves from`);
      expect(isExact?.message).toMatch(/no wider than \/8 or, for IPv6, \/16/);
    },
  );

  it("are in the table before the function looks for the first time", () => {
    const items = stack.resources(ITEM).map(({ address }) => address);
    expect(items).toHaveLength(3);
    expect(stack.resource("aws_lambda_function").attributes.depends_on).toEqual(expect.arrayContaining(items));
  });
});

describe("the item of a cluster made elsewhere", () => {
  const addressesOf = (template: Template) => template.resources(ITEM).map(({ address }) => address);

  it("stays where it is when the cluster moves from the allowlist to Rancher, or its addresses to another state", () => {
    for (const addresses of [RANGES, OF_STATE]) {
      expect(addressesOf(inRancher(addresses))).toEqual([`${ITEM}.cluster-otc`]);
      expect(addressesOf(inAllowlist(addresses))).toEqual([`${ITEM}.cluster-otc`]);
    }
  });

  it("has the same key whichever way its addresses come", () => {
    const keyOf = (template: Template): Block["attributes"] => {
      const { hash_key, range_key, table_name } = template.resource(ITEM).attributes;
      return { hash_key: hash_key ?? null, range_key: range_key ?? null, table_name: table_name ?? null };
    };
    expect(keyOf(inAllowlist(OF_STATE))).toEqual(keyOf(inAllowlist(RANGES)));
    expect(keyOf(inAllowlist(OF_STATE, "id+ips"))).toEqual(keyOf(inAllowlist(RANGES, "id+ips")));
    expect(textOf(inAllowlist(OF_STATE).resource(ITEM).attributes.item)).toContain('{ S = "otc" }');
  });

  it("becomes as many as the composite key asks for, each named after what it holds", () => {
    const { for_each: parts, item } = inAllowlist(OF_STATE, "id+ips").resource(ITEM).attributes;
    const [, perKey] = /chunklist\(local\.[\w-]+, (\d+)\)/.exec(textOf(parts)) ?? [];
    const longest = Array.from({ length: Number(perKey) }, () => `"${"ffff:".repeat(7)}ffff/128"`);
    expect(`[ ${longest.join(", ")} ]`.length).toBeLessThanOrEqual(1024);
    expect(textOf(parts)).toMatch(/sha256\(jsonencode\(part\)\)/);
    expect(textOf(item)).toContain("each.value");
  });
});
