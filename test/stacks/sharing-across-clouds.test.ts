import example from "../../environments/example";
import { aksClusterName, type Environment } from "../../lib/environment";
import { isObject, type JsonObject, type JsonValue } from "../../lib/policy/terraform-json";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import premium from "../environments/premium";
import wide from "../environments/wide";
import { objectOf, textOf, textsIn } from "../support/json";
import { stackTemplates } from "../support/stacks";

/** The stacks of a set, as Terraform reads them, by their ids. */
type Stacks = ReadonlyMap<string, JsonObject>;

function stacksOf(environment: Environment): Stacks {
  const set = stackTemplates(environment);
  return new Map(set.stackIds.map((id) => [id, set.template(id).configuration]));
}

const objectAt = (value: JsonValue | undefined, ...path: readonly string[]): JsonObject => {
  const found = path.reduce<JsonValue | undefined>((at, key) => (isObject(at) ? at[key] : undefined), value);
  return isObject(found) ? found : {};
};

/** What the state that one stack writes and the state that another reads have in common when they are one. */
function identityOf(kind: string, config: JsonObject): string {
  const { path = "", bucket = "", key = "", organization = "", workspaces = {} } = config;
  return JSON.stringify([kind, path, bucket, key, organization, objectAt(workspaces).name ?? ""]);
}

function writtenBy(stack: JsonObject): string {
  const terraform = objectAt(stack.terraform);
  if (isObject(terraform.cloud)) return identityOf("remote", terraform.cloud);
  const [kind = "", config = {}] = Object.entries(objectAt(terraform.backend))[0] ?? [];
  return identityOf(kind, objectOf(config));
}

const readBy = (stack: JsonObject): readonly string[] =>
  Object.values(objectAt(stack, "data", "terraform_remote_state")).map((state) => {
    const { backend, config } = objectAt(state);
    return identityOf(textOf(backend), objectOf(config));
  });

/** Whose states each stack reads. */
function sourcesOf(stacks: Stacks): ReadonlyMap<string, readonly string[]> {
  const writers = new Map([...stacks].map(([id, stack]) => [writtenBy(stack), id]));
  return new Map([...stacks].map(([id, stack]) => [id, readBy(stack).flatMap((state) => writers.get(state) ?? [])]));
}

/** The stacks that no order of deployment reaches: each reads, by way of others, what itself would have to write first. */
function inCircles(sources: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const left = new Map(sources);
  for (;;) {
    const free = [...left].filter(([, from]) => !from.some((source) => left.has(source)));
    if (free.length === 0) return [...left.keys()];
    for (const [id] of free) left.delete(id);
  }
}

const all = stacksOf(clouds);

describe("who reads whose state", () => {
  it.each([
    ["clouds", clouds],
    ["example", example],
    ["premium", premium],
    ["guest", guest],
    ["elsewhere", elsewhere],
    ["wide", wide],
    ["hosted", hosted],
  ])("makes no circle in the set %s, in which no two stacks write one state", (_, environment) => {
    const stacks = stacksOf(environment);
    expect(new Set([...stacks.values()].map(writtenBy)).size).toBe(stacks.size);
    expect(inCircles(sourcesOf(stacks))).toEqual([]);
  });

  it("crosses from Azure to AWS, and from AWS to Azure", () => {
    const sources = sourcesOf(all);
    expect(sources.get("clouds-allowlist")).toContain("clouds-azure-network");
    expect(sources.get("clouds-aks-ledger")).toContain("clouds-aws-network");
  });

  it("would show a circle: did AWS's network ask for what Rancher knows of a cluster, nobody could begin", () => {
    const sources = new Map([...sourcesOf(all), ["clouds-aws-network", ["clouds-rancher-ledger"]]]);
    expect(inCircles(sources)).toEqual(
      expect.arrayContaining(["clouds-aws-network", "clouds-aks-ledger", "clouds-rancher-ledger"]),
    );
    expect(inCircles(sources)).not.toContain("clouds-rancher-shop");
  });
});

const omit = <Value>(map: Readonly<Record<string, Value>>, key: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(map).filter(([other]) => other !== key));

/** The environment without one cluster. */
const without = (cluster: string): Environment => ({
  ...clouds,
  aks: omit(clouds.aks ?? {}, cluster),
  rancher: clouds.rancher && { ...clouds.rancher, clusters: omit(clouds.rancher.clusters, cluster) },
});

/** Everything in a stack by its Terraform address, less the order in which it is made, which changes nothing that exists. */
function blocksOf(stack: JsonObject): ReadonlyMap<string, string> {
  const typed = ["resource", "data"].flatMap((kind) =>
    Object.entries(objectAt(stack, kind)).flatMap(([type, byName]) =>
      Object.entries(objectOf(byName)).map(([name, block]) => [`${kind}.${type}.${name}`, block] as const),
    ),
  );
  const others = ["output", "locals", "provider", "terraform", "variable"].flatMap((kind) =>
    Object.entries(objectAt(stack, kind)).map(([name, block]) => [`${kind}.${name}`, block] as const),
  );
  return new Map(
    [...typed, ...others].map(([address, block]) => [
      address,
      JSON.stringify(isObject(block) ? omit(block, "depends_on") : block),
    ]),
  );
}

/** What goes (`-`), comes (`+`) or is another (`~`) when a stack becomes another, by Terraform address. */
function changes(before: JsonObject | undefined, after: JsonObject): readonly string[] {
  const [old, fresh] = [blocksOf(before ?? {}), blocksOf(after)];
  const gone = [...old.keys()].filter((address) => !fresh.has(address)).map((address) => `- ${address}`);
  const others = [...fresh].filter(([address, block]) => old.get(address) !== block);
  return [...gone, ...others.map(([address]) => `${old.has(address) ? "~" : "+"} ${address}`)];
}

describe.each([
  { cluster: "shop", own: ["clouds-aks-shop", "clouds-rancher-shop"], item: "aks-shop" },
  { cluster: "ledger", own: ["clouds-aks-ledger", "clouds-rancher-ledger"], item: "aks-ledger" },
  { cluster: "otc-billing", own: ["clouds-rancher-otc-billing"], item: "cluster-otc-billing" },
])("the set without the cluster $cluster", ({ cluster, own, item }) => {
  const rest = stacksOf(without(cluster));
  const changed = new Map([...rest].map(([id, stack]) => [id, changes(all.get(id), stack)]));

  it("lacks that cluster's own stacks, and no others", () => {
    expect([...all.keys()].filter((id) => !rest.has(id)).sort()).toEqual(own);
    expect([...rest.keys()].filter((id) => !all.has(id))).toEqual([]);
  });

  it("lacks that cluster's own item of the allowlist, and no other resource there", () => {
    expect(changed.get("clouds-allowlist")).toEqual([`- resource.aws_dynamodb_table_item.${item}`]);
  });

  it("lacks in Azure's network what only that cluster used, and outputs that nobody reads any more", () => {
    const found = changed.get("clouds-azure-network") ?? [];
    const read = new Set(
      [...rest.values()]
        .flatMap(textsIn)
        .join(" ")
        .match(/cross-stack-output-[\w-]+/g),
    );
    const isOwn = (change: string): boolean =>
      change.startsWith("- resource.") && change.includes(`.cluster-${cluster}-`);
    const isUnread = (change: string): boolean =>
      change.startsWith("- output.") && !read.has(change.slice("- output.".length));
    expect(found.filter((change) => !isOwn(change) && !isUnread(change))).toEqual([]);
    expect(found.some((change) => change.startsWith("- resource.azurerm_subnet."))).toBe(own.length === 2);
  });

  it("is the same everywhere else", () => {
    const others = [...changed].filter(([id]) => !["clouds-allowlist", "clouds-azure-network"].includes(id));
    expect(others.filter(([, found]) => found.length > 0)).toEqual([]);
  });

  it("names that cluster nowhere in the allowlist", () => {
    const name = own.length === 2 ? aksClusterName("clouds", cluster) : cluster;
    expect(JSON.stringify(all.get("clouds-allowlist"))).toContain(name);
    expect(JSON.stringify(rest.get("clouds-allowlist"))).not.toContain(name);
  });
});
