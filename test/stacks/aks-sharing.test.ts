import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import example from "../../environments/example";
import { aksClusterName } from "../../lib/environment";
import { isObject, parseJson } from "../../lib/policy/terraform-json";
import guest from "../environments/guest";
import premium from "../environments/premium";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { stackTemplates, synthesizeInto } from "../support/stacks";
import type { Template } from "../support/template";

const ITEM = "aws_dynamodb_table_item";
const sets = stackTemplates(example, premium, guest);

/** What an item lists, whichever way it is encoded. */
function addressesOf(template: Template, logicalId: string): readonly string[] {
  const block = template.resources(ITEM).find((item) => item.logicalId === logicalId);
  const { L: list, S: text } = objectOf(parsedObject(block?.attributes.item).ips);
  return text === undefined ? objectsOf(list).map(({ S }) => textOf(S)) : (JSON.parse(textOf(text)) as string[]);
}

/** The resources behind ranges that are known only after apply. */
function sourcesOf(template: Template, ranges: readonly string[]): readonly string[] {
  return ranges
    .filter((range) => range.startsWith("${"))
    .map((range) => template.follow(range.replace(/\}\/32$/, "}")).block.address);
}

describe("in the allowlist", () => {
  it.each([
    ["example", "aks-payments", "payments"],
    ["premium", "aks-payments-part-0", "payments"],
    ["premium", "aks-ledger-part-0", "ledger"],
    ["guest", "aks-vault", "vault"],
  ])("of %s, %s is an item of its own", (environment, logicalId, cluster) => {
    const allowlist = sets.template(`${environment}-allowlist`);
    const block = allowlist.resources(ITEM).find((item) => item.logicalId === logicalId);
    expect(parsedObject(block?.attributes.item)).toMatchObject({ id: { S: aksClusterName(environment, cluster) } });
  });

  it("a cluster is admitted from the addresses of the firewall", () => {
    const sources = sourcesOf(
      sets.template("example-allowlist"),
      addressesOf(sets.template("example-allowlist"), "aks-payments"),
    );
    expect(sources).toEqual([
      "azurerm_public_ip.firewall-address-primary",
      "azurerm_public_ip.firewall-address-second",
    ]);
  });

  it("a cluster is admitted from those of the NAT gateway behind the firewall, where there is one", () => {
    const allowlist = sets.template("premium-allowlist");
    const payments = sourcesOf(allowlist, addressesOf(allowlist, "aks-payments-part-0"));
    expect(payments).toEqual(["azurerm_public_ip.nat-address-nat-1", "azurerm_public_ip.nat-address-nat-2"]);
    expect(sourcesOf(allowlist, addressesOf(allowlist, "aks-ledger-part-0"))).toEqual(payments);
  });

  it("a cluster in an existing network is admitted from what that network names", () => {
    expect(addressesOf(sets.template("guest-allowlist"), "aks-shop")).toEqual(["203.0.113.40/30"]);
  });

  it("waits for the network, and no cluster waits for it or it for them", () => {
    expect([...sets.dependencies("example-allowlist")].sort()).toEqual([
      "example-aws-network",
      "example-azure-network",
    ]);
    expect(sets.dependencies("example-aks-payments")).not.toContain("example-allowlist");
  });
});

describe("the authorised ranges", () => {
  const rangesOf = (stackId: string): readonly string[] => {
    const { api_server_access_profile } = sets.template(stackId).resource("azurerm_kubernetes_cluster").attributes;
    const ranges = objectOf(api_server_access_profile).authorized_ip_ranges;
    return Array.isArray(ranges) ? ranges.map(textOf) : [];
  };

  it("of the example are the firewall's, the AWS network's, and those of access", () => {
    const ranges = rangesOf("example-aks-payments");
    const sources = sourcesOf(sets.template("example-aks-payments"), ranges);
    expect(sources).toEqual([
      "azurerm_public_ip.firewall-address-primary",
      "azurerm_public_ip.firewall-address-second",
      "aws_eip.zone-a-egress",
      "aws_eip.zone-b-egress",
      "aws_eip.zone-c-egress",
    ]);
    expect(ranges.slice(sources.length)).toEqual(["198.51.100.0/24", "203.0.113.64/28"]);
  });

  it("behind a NAT gateway are its addresses, not the firewall's", () => {
    const sources = sourcesOf(sets.template("premium-aks-payments"), rangesOf("premium-aks-payments"));
    expect(sources.filter((source) => source.startsWith("azurerm_"))).toEqual([
      "azurerm_public_ip.nat-address-nat-1",
      "azurerm_public_ip.nat-address-nat-2",
    ]);
  });

  it("of a cluster whose file does not ask for them leave the AWS network's addresses out", () => {
    expect(rangesOf("guest-aks-shop")).toEqual(["198.18.7.0/24", "203.0.113.40/30"]);
  });
});

test("the manifest, by which cdktf orders stacks, has the clusters of a set one after another", () => {
  const outdir = mkdtempSync(join(tmpdir(), "ringfence-"));
  try {
    synthesizeInto(outdir, [guest, premium]);
    const { stacks } = objectOf(parseJson(readFileSync(join(outdir, "manifest.json"), "utf8")));
    const dependencies = (stackId: string): unknown => {
      const stack = objectOf(stacks)[stackId];
      return isObject(stack) ? stack.dependencies : undefined;
    };
    expect(dependencies("guest-aks-search")).toContain("guest-aks-shop");
    expect(dependencies("guest-aks-vault")).toContain("guest-aks-search");
    expect(dependencies("premium-aks-ledger")).toEqual(
      expect.arrayContaining(["premium-aks-payments", "premium-azure-network"]),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
