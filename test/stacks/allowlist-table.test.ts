import { App, Lazy } from "cdktf";
import fc from "fast-check";

import example from "../../environments/example";
import * as contract from "../../lambda/allowlist-sync/contract";
import type { Environment } from "../../lib/environment";
import { AllowlistStack } from "../../stacks/allowlist";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { withFolder } from "../support/folder";
import { objectOf, parsedObject, textOf } from "../support/json";
import { covers, grants } from "../support/policy-documents";
import { stackTemplates } from "../support/stacks";
import { Template } from "../support/template";

const ITEM = "aws_dynamodb_table_item";
const made = stackTemplates(example).template("example-allowlist");
const composite = stackTemplates(wide).template("wide-allowlist");
const existing = stackTemplates(hosted).template("hosted-allowlist");

describe("the table", () => {
  it("streams new and old images, can be restored to any second, and is encrypted with the stack's key", () => {
    const { attributes } = made.resource("aws_dynamodb_table", {
      billing_mode: "PAY_PER_REQUEST",
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
      point_in_time_recovery: { enabled: true },
      server_side_encryption: { enabled: true },
    });
    const encryption = attributes.server_side_encryption;
    const key = made.follow(objectOf(encryption).kms_key_arn);
    expect(key.block.attributes).toMatchObject({ enable_key_rotation: true });
  });

  it("has the cluster's id as its only key", () => {
    made.resource("aws_dynamodb_table", {
      name: "example-cluster-bootstrapping",
      hash_key: contract.ATTRIBUTES.id,
      range_key: undefined,
      attribute: [{ name: contract.ATTRIBUTES.id, type: "S" }],
    });
  });

  it("has the addresses as its range key with the composite key", () => {
    composite.resource("aws_dynamodb_table", {
      hash_key: contract.ATTRIBUTES.id,
      range_key: contract.ATTRIBUTES.ips,
      attribute: [
        { name: contract.ATTRIBUTES.id, type: "S" },
        { name: contract.ATTRIBUTES.ips, type: "S" },
      ],
    });
  });

  it("is kept from being deleted, by AWS and by Terraform, under protect", () => {
    composite.resource("aws_dynamodb_table", {
      deletion_protection_enabled: true,
      lifecycle: { prevent_destroy: true },
    });
    made.resource("aws_dynamodb_table", { deletion_protection_enabled: false, lifecycle: undefined });
  });

  it("takes the name that the environment gives", () => {
    const environment = environmentWith({ allowlist: { table: { name: "fleet" } } });
    stackTemplates(environment).template("test-allowlist").resource("aws_dynamodb_table", { name: "fleet" });
  });
});

test("an existing table is read and written, not made", () => {
  existing.expectAbsent("aws_dynamodb_table");
  existing.resource("aws_lambda_event_source_mapping", {
    event_source_arn: "arn:aws:dynamodb:eu-west-1:444455556666:table/clusters/stream/2026-01-01T00:00:00.000",
  });
  expect(existing.resources(ITEM, { table_name: "clusters" })).toHaveLength(2);
  expect(existing.output("table-name").value).toBe("clusters");
});

describe("clusters", () => {
  const itemsOf = (template: Template): readonly unknown[] =>
    template.resources(ITEM).map(({ attributes }) => parsedObject(attributes.item));

  it("become one item each, with the addresses as a list", () => {
    expect(itemsOf(made)).toEqual(
      expect.arrayContaining([
        { id: { S: "otc-billing" }, ips: { L: [{ S: "203.0.113.10/32" }, { S: "203.0.113.11/32" }] } },
        { id: { S: "gke-search" }, ips: { L: [{ S: "192.0.2.128/28" }, { S: "2001:db8:200::/56" }] } },
      ]),
    );
    expect(made.resources(ITEM, { hash_key: "id", range_key: undefined })).toHaveLength(made.count(ITEM));
  });

  it("are written into the table that the function reads", () => {
    const [read] = [made.resource("aws_lambda_event_source_mapping").attributes.event_source_arn];
    for (const { attributes } of [...made.resources(ITEM), ...composite.resources(ITEM)]) {
      expect(attributes.table_name).toBe("${aws_dynamodb_table.clusters.name}");
    }
    expect(made.follow(read)).toMatchObject({
      block: { address: "aws_dynamodb_table.clusters" },
      attribute: "stream_arn",
    });
  });

  it("become several items with the composite key where one sort key is too short", () => {
    const parts = composite.resources(ITEM, { range_key: "ips", item: /"fleet-central"/ }).map(({ attributes }) => {
      const sortKey = textOf(objectOf(parsedObject(attributes.item).ips).S);
      expect(Buffer.byteLength(sortKey)).toBeLessThanOrEqual(1024);
      return JSON.parse(sortKey) as string[];
    });
    const written = wide.allowlist?.clusters["fleet-central"] ?? [];
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat().sort()).toEqual("state" in written ? [] : [...written].sort());
  });

  it("keep their Terraform addresses when the part before them goes, so that none is written and deleted at once", () => {
    const cidrs = Array.from({ length: 150 }, (_, index) => `203.0.113.${index}/32`);
    const itemsOf = (clusters: Record<string, readonly string[]>): Map<string, string> => {
      const stacks = stackTemplates(environmentWith({ allowlist: { table: { keySchema: "id+ips" }, clusters } }));
      const items = stacks.template("test-allowlist").resources(ITEM);
      return new Map(items.map(({ address, attributes }) => [address, textOf(attributes.item)]));
    };
    const before = itemsOf({ big: cidrs });
    const first = [...before.values()].find((item) => item.includes("203.0.113.0/32")) ?? "";
    const dropped = cidrs.filter((cidr) => first.includes(cidr));
    const after = itemsOf({ big: cidrs.filter((cidr) => !dropped.includes(cidr)) });

    // Growing from one item to two is the same in the other direction.
    const grown = itemsOf({ big: cidrs.slice(0, dropped.length) });
    expect([...grown.keys()]).toEqual([...before.keys()].filter((address) => before.get(address) === first));

    expect(dropped.length).toBeGreaterThan(1);
    expect(after.size).toBe(before.size - 1);
    for (const [address, item] of after) expect(before.get(address)).toBe(item);
  });
});

describe("the split over sort keys", () => {
  const v4 = fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([ip, length]) => `${ip}/${length}`);
  const v6 = fc.tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 })).map(([ip, length]) => `${ip}/${length}`);
  const sortKeys = (items: readonly string[]): readonly string[] =>
    items.map((text) => (JSON.parse(text) as { ips: { S: string } }).ips.S);

  it("keeps every sort key within 1,024 bytes and every address, in its order", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(v4, v6), { minLength: 1, maxLength: 300 }), (cidrs) => {
        const keys = sortKeys(contract.encodeCluster("id+ips", "any", cidrs));
        expect(keys.filter((key) => Buffer.byteLength(key) > 1024)).toEqual([]);
        expect(keys.flatMap((key) => JSON.parse(key) as string[])).toEqual(cidrs);
      }),
    );
  });

  it("leaves room for addresses that are known only after apply", () => {
    const tokens = Array.from({ length: 120 }, (_, index) => `\${aws_eip.egress-${index}.public_ip}`);
    const template = allowlistWithEgress(tokens.map((token) => `${Lazy.stringValue({ produce: () => token })}/32`));
    const keys = sortKeys(template.resources(ITEM).map(({ attributes }) => textOf(attributes.item)));
    const plain = tokens.map(() => "255.255.255.255/32");
    expect(keys).toHaveLength(contract.encodeCluster("id+ips", "any", plain).length);
    const applied = keys.map((key) => key.replaceAll(/\$\{[^}]*\}/g, "255.255.255.255"));
    expect(applied.filter((key) => Buffer.byteLength(key) > 1024)).toEqual([]);
    expect(keys.flatMap((key) => JSON.parse(key) as string[]).sort()).toEqual(
      tokens.map((token) => `${token}/32`).sort(),
    );
  });

  /** The allowlist of a network that has these addresses. */
  function allowlistWithEgress(ownEgressCidrs: readonly string[]): Template {
    const environment: Environment = environmentWith({ allowlist: { table: { keySchema: "id+ips" } } });
    const { aws, allowlist } = environment;
    if (aws === undefined || allowlist === undefined) throw new Error("the environment lacks a section");
    return withFolder((outdir) =>
      Template.of(new AllowlistStack(new App({ outdir }), environment, { aws, allowlist, ownEgressCidrs })),
    );
  }
});

describe("whoever else writes clusters", () => {
  const writerOf = (template: Template): readonly string[] =>
    grants(template.resource("aws_iam_policy").attributes.policy);
  const allowed = writerOf(made).filter((line) => line.startsWith("Allow"));
  const denied = writerOf(made).filter((line) => line.startsWith("Deny"));

  it("may read and write items of this table, and nothing else", () => {
    const table = "${aws_dynamodb_table.clusters.arn}";
    const via = '{"StringEquals":{"kms:ViaService":"dynamodb.eu-central-1.amazonaws.com"}}';
    expect(allowed).toEqual([
      `Allow dynamodb:DeleteItem on ${table}`,
      `Allow dynamodb:DescribeTable on ${table}`,
      `Allow dynamodb:GetItem on ${table}`,
      `Allow dynamodb:PutItem on ${table}`,
      `Allow dynamodb:Query on ${table}`,
      `Allow dynamodb:UpdateItem on ${table}`,
      `Allow kms:Decrypt on \${aws_kms_key.key.arn} if ${via}`,
      `Allow kms:GenerateDataKey on \${aws_kms_key.key.arn} if ${via}`,
    ]);
  });

  it("is denied every write to the ids that Ringfence keeps for itself", () => {
    const condition = JSON.stringify({ "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": "ringfence:*" } });
    const actions = denied.map((line) => / (\S+) on /.exec(line)?.[1]);
    const writes = allowed.flatMap((line) => /dynamodb:(?:Put|Update|Delete)\w+/.exec(line) ?? []);
    expect(actions).toEqual(expect.arrayContaining(writes));
    // Also the ways that this policy does not admit and another one might.
    const others = ["BatchWriteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"];
    expect(actions).toEqual(expect.arrayContaining(others.map((action) => `dynamodb:${action}`)));
    for (const line of denied) expect(line).toContain(` on \${aws_dynamodb_table.clusters.arn} if ${condition}`);
    expect(covers("ringfence:*", `${contract.RESERVED_ID_PREFIX}approval`)).toBe(true);
  });

  it("needs no key where the table has none", () => {
    const table = {
      name: "clusters",
      streamArn: "arn:aws:dynamodb:eu-central-1:111122223333:table/clusters/stream/2026-01-01T00:00:00.000",
      keySchema: "id",
    } as const;
    const template = stackTemplates(environmentWith({ allowlist: { table: { existing: table } } })).template(
      "test-allowlist",
    );
    expect(writerOf(template).filter((line) => line.includes("kms:"))).toEqual([]);
    expect(writerOf(template)).toContain(
      "Allow dynamodb:PutItem on arn:aws:dynamodb:eu-central-1:111122223333:table/clusters",
    );
  });

  it("finds the policy among the outputs", () => {
    expect(made.follow(made.output("writer-policy-arn").value).block.type).toBe("aws_iam_policy");
  });
});
