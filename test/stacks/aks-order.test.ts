import example from "../../environments/example";
import { isObject, type JsonObject } from "../../lib/policy/terraform-json";
import guest from "../environments/guest";
import premium from "../environments/premium";
import { dependenciesOf } from "../support/dependencies";
import { stackTemplates } from "../support/stacks";
import type { Block, Template } from "../support/template";

/** What a cluster's nodes need to start: the way out, what is let through on it, names, and the right to join. */
const NEEDED = [
  "azurerm_route",
  "azurerm_route_table",
  "azurerm_subnet",
  "azurerm_subnet_route_table_association",
  "azurerm_subnet_network_security_group_association",
  "azurerm_virtual_network_dns_servers",
  "azurerm_firewall",
  "azurerm_firewall_policy",
  "azurerm_firewall_policy_rule_collection_group",
  "azurerm_public_ip",
  "azurerm_nat_gateway_public_ip_association",
  "azurerm_subnet_nat_gateway_association",
  "azurerm_role_assignment",
  "azurerm_user_assigned_identity",
];

const sets = stackTemplates(example, premium, guest);
const clusterStacks = sets.stackIds.filter((stackId) => stackId.includes("-aks-"));

function blocksOf({ configuration }: Template): readonly Block[] {
  const types = isObject(configuration.resource) ? configuration.resource : {};
  return Object.entries(types).flatMap(([type, byName]) =>
    Object.entries(isObject(byName) ? byName : {}).map(([logicalId, attributes]) => ({
      address: `${type}.${logicalId}`,
      type,
      logicalId,
      attributes: attributes as JsonObject,
    })),
  );
}

/** All stacks that are applied before this one. */
function stacksBefore(stackId: string): ReadonlySet<string> {
  const direct = sets.dependencies(stackId);
  return new Set([...direct, ...direct.flatMap((before) => [...stacksBefore(before)])]);
}

it("is looked at in every set and with every kind of API server", () => {
  expect(clusterStacks).toHaveLength(6);
});

describe.each(clusterStacks)("in %s", (stackId) => {
  const [environment = ""] = stackId.split("-");
  const template = sets.template(stackId);
  const cluster = template.resource("azurerm_kubernetes_cluster");
  const before = dependenciesOf(template, cluster);
  const after = blocksOf(template).filter((block) => dependenciesOf(template, block).includes(cluster.address));

  it("everything is made before the cluster or knows it, but for the rule of what its agents collect", () => {
    const beside = blocksOf(template)
      .map(({ address }) => address)
      .filter((address) => address !== cluster.address && !before.includes(address))
      .filter((address) => !after.some((block) => block.address === address));
    expect(beside).toEqual(["azurerm_monitor_data_collection_rule.diagnostics-insights"]);
  });

  it("nothing that it needs to start is made after it or beside it", () => {
    const needed = blocksOf(template).filter(({ type }) => NEEDED.includes(type));
    const tooLate = needed.map(({ address }) => address).filter((address) => !before.includes(address));
    // The rule that names the API server cannot be written before there is one; the nodes reach it by AKS's own list of names.
    const isPrivate = cluster.attributes.private_cluster_enabled === true;
    expect(tooLate).toEqual(isPrivate ? [] : ["azurerm_firewall_policy_rule_collection_group.rules"]);
    expect(before).toEqual(
      expect.arrayContaining(template.resources("azurerm_role_assignment").map((role) => role.address)),
    );
  });

  it("its network is complete before it begins", () => {
    const network = `${environment}-azure-network`;
    if (!sets.stackIds.includes(network)) return;
    expect([...stacksBefore(stackId)]).toContain(network);
    expect([...stacksBefore(network)].filter((other) => other.includes("-aks-"))).toEqual([]);
    const types = blocksOf(sets.template(network)).map(({ type }) => type);
    const ofNetwork = [
      "azurerm_route",
      "azurerm_subnet_route_table_association",
      "azurerm_virtual_network_dns_servers",
    ];
    expect(types).toEqual(expect.arrayContaining([...ofNetwork, "azurerm_firewall_policy_rule_collection_group"]));
  });

  it("its subnet's way out is the firewall", () => {
    const pool = cluster.attributes.default_node_pool;
    const subnetId = isObject(pool) ? pool.vnet_subnet_id : undefined;
    if (environment === "guest") {
      expect(subnetId).toMatch(/\/subnets\//);
      return;
    }
    const { template: network, block: subnet } = template.follow(subnetId);
    const { attributes } = network.resource("azurerm_subnet_route_table_association", {
      subnet_id: `\${${subnet.address}.id}`,
    });
    const table = network.follow(attributes.route_table_id).block;
    const [route] = network.resources("azurerm_route", { address_prefix: "0.0.0.0/0" });
    expect(network.follow(route?.attributes.route_table_name).block.address).toBe(table.address);
    expect(network.follow(route?.attributes.next_hop_in_ip_address).block.type).toBe("azurerm_firewall");
  });
});

describe("the clusters of a set", () => {
  it.each([
    ["guest", ["guest-aks-shop", "guest-aks-search", "guest-aks-vault"]],
    ["premium", ["premium-aks-payments", "premium-aks-ledger"]],
  ])("of %s follow one another, because they write one firewall policy", (_, chain) => {
    expect(clusterStacks.filter((stackId) => chain.includes(stackId))).toEqual(chain);
    for (const [index, stackId] of chain.entries()) {
      const earlier = chain.slice(0, index);
      expect([...stacksBefore(stackId)].filter((other) => other.includes("-aks-")).sort()).toEqual(earlier.sort());
    }
  });

  it("wait for no cluster of another set", () => {
    for (const stackId of clusterStacks) {
      const [environment = ""] = stackId.split("-");
      for (const other of stacksBefore(stackId)) expect(other.startsWith(`${environment}-`)).toBe(true);
    }
  });

  it("have places of their own in the policy, behind the network's or where the file says", () => {
    const prioritiesOf = (stackId: string): readonly number[] =>
      sets
        .template(stackId)
        .resources("azurerm_firewall_policy_rule_collection_group")
        .map(({ attributes }) => Number(attributes.priority));
    const [ofCluster = 0, ...others] = prioritiesOf("premium-aks-payments");
    expect(others).toEqual([]);
    expect(ofCluster).toBeGreaterThan(Math.max(...prioritiesOf("premium-azure-network")));
    expect(["guest-aks-shop", "guest-aks-search"].flatMap(prioritiesOf)).toEqual([400, 401]);
  });
});
