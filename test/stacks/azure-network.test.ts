import { cidr, contains, overlaps } from "../../lib/addresses";
import { existingAzureNetwork } from "../../stacks/azure-network";
import { type AzureNetworkChanges, buildAzureNetwork } from "../support/azure-network";
import { dependenciesOf } from "../support/dependencies";
import { objectsOf, textOf, textsIn } from "../support/json";
import type { Block, Template } from "../support/template";

const ID = "11111111-1111-1111-1111-111111111111";
const WORKSPACE = `/subscriptions/${ID}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/main`;

const AZURE = { tenantId: ID, subscriptionId: ID, location: "westeurope" };
const HUB = `/subscriptions/${ID}/resourceGroups/hub/providers/Microsoft.Network`;
const VNET = `${HUB}/virtualNetworks/main`;
const EXISTING = {
  vnetId: VNET,
  cidr: "10.50.0.0/16",
  firewallPolicyId: `${HUB}/firewallPolicies/main`,
  clusterRulesPriority: 400,
  egress: ["203.0.113.7/32"],
  clusters: { payments: { nodeSubnetId: `${VNET}/subnets/nodes` } },
};

const CLUSTERS = {
  payments: { slot: 0 },
  shop: { slot: 3, podCidr: "10.100.0.0/16", apiServer: { access: "vnetIntegration" } },
} as const;

const { template: network } = buildAzureNetwork({ clusters: CLUSTERS });

const subnetsOf = (template: Template, ending = ""): readonly Block[] =>
  template.resources("azurerm_subnet").filter(({ attributes }) => textOf(attributes.name).endsWith(ending));
const rangeOf = ({ attributes }: Block): string => textsIn(attributes.address_prefixes).join();
const idOf = ({ address }: Block): string => `\${${address}.id}`;
const nodes = subnetsOf(network, "-nodes");
const [apiServer] = subnetsOf(network, "-api-server");
const [firewallSubnet] = subnetsOf(network, "AzureFirewallSubnet");

describe("subnets", () => {
  it("are one for the firewall, one for each cluster's nodes and one for an API server that asks for it", () => {
    expect(subnetsOf(network).map(({ attributes }) => attributes.name)).toEqual([
      "payments-nodes",
      "shop-api-server",
      "shop-nodes",
      "AzureFirewallSubnet",
    ]);
  });

  it("lie inside the VNet, apart from each other, the firewall's as small as Azure takes it", () => {
    const vnet = cidr(textsIn(network.resource("azurerm_virtual_network").attributes.address_space).join());
    const all = subnetsOf(network).map((subnet) => cidr(rangeOf(subnet)));
    expect(all.filter((subnet) => !contains(vnet, subnet))).toEqual([]);
    expect(all.some((one, index) => all.slice(index + 1).some((other) => overlaps(one, other)))).toBe(false);
    expect(firewallSubnet && cidr(rangeOf(firewallSubnet)).prefixLength).toBe(26);
  });

  it("stay where they are when a cluster comes before them", () => {
    const more = buildAzureNetwork({ clusters: { another: { slot: 1 }, ...CLUSTERS } }).template;
    for (const subnet of subnetsOf(network)) {
      expect(more.resource("azurerm_subnet", { name: subnet.attributes.name }).attributes).toEqual(subnet.attributes);
    }
  });

  it("have no way out that Azure adds by itself", () => {
    expect(network.resources("azurerm_subnet", { default_outbound_access_enabled: false })).toHaveLength(4);
  });

  it("are delegated for an API server, and for nothing else", () => {
    expect(subnetsOf(network).filter(({ attributes }) => attributes.delegation !== undefined)).toEqual([apiServer]);
    expect(apiServer?.attributes.delegation).toMatchObject([
      { service_delegation: { name: "Microsoft.ContainerService/managedClusters" } },
    ]);
  });
});

describe("security groups", () => {
  const associationOf = (subnet: Block): readonly Block[] =>
    network.resources("azurerm_subnet_network_security_group_association", { subnet_id: idOf(subnet) });
  const rulesOf = (subnet: Block) => {
    const [association] = associationOf(subnet);
    const group = network.follow(association?.attributes.network_security_group_id).block;
    return [...objectsOf(group.attributes.security_rule)].sort(
      (one, other) => Number(one.priority) - Number(other.priority),
    );
  };

  it("stand on every subnet but the firewall's, where Azure allows none", () => {
    expect(subnetsOf(network).filter((subnet) => associationOf(subnet).length === 0)).toEqual([firewallSubnet]);
  });

  it.each(subnetsOf(network).filter(({ logicalId }) => logicalId !== firewallSubnet?.logicalId))(
    "refuse on $logicalId what they do not name, before Azure's own rules let it in",
    (subnet) => {
      expect(rulesOf(subnet).at(-1)).toMatchObject({
        access: "Deny",
        direction: "Inbound",
        protocol: "*",
        source_address_prefix: "*",
        destination_address_prefix: "*",
        destination_port_range: "*",
      });
      // Behind a default route this tag holds every address.
      expect(textsIn(rulesOf(subnet))).not.toContain("VirtualNetwork");
    },
  );

  it.each([
    ["payments-nodes", "10.244.0.0/16"],
    ["shop-nodes", "10.100.0.0/16"],
  ])("admit to %s the VNet, pods of the same cluster and probes", (name, pods) => {
    const subnet = network.resource("azurerm_subnet", { name });
    expect(rulesOf(subnet).map((rule) => rule.source_address_prefixes ?? rule.source_address_prefix)).toEqual([
      ["10.40.0.0/16", pods],
      "AzureLoadBalancer",
      "*",
    ]);
  });

  it("admit networks outside to nodes where the file names them, and nowhere else", () => {
    const admit = ["10.64.0.0/16", "192.168.7.0/24"];
    const { template } = buildAzureNetwork({ admit, clusters: CLUSTERS });
    const changed = template.resources("azurerm_network_security_group").map(({ attributes }) => {
      const rules = objectsOf(attributes.security_rule);
      const deny = rules.find(({ access }) => access === "Deny");
      const own = rules.filter((rule) => textsIn(rule.source_address_prefixes).includes("10.64.0.0/16"));
      for (const rule of own) {
        expect(rule).toMatchObject({
          access: "Allow",
          direction: "Inbound",
          protocol: "*",
          destination_port_range: "*",
        });
        expect(rule.source_address_prefixes).toEqual(admit);
        expect(Number(rule.priority)).toBeLessThan(Number(deny?.priority));
      }
      expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
      return [attributes.name, own.length];
    });
    expect(changed).toEqual([
      ["payments-nodes", 1],
      ["shop-api-server", 0],
      ["shop-nodes", 1],
    ]);
    const [alone] = buildAzureNetwork({
      admit: ["10.64.0.0/16"],
      clusters: { payments: { slot: 0 } },
    }).template.resources("azurerm_network_security_group");
    // Azure takes one range in the one argument, and a list in the other.
    expect(objectsOf(alone?.attributes.security_rule).map((rule) => rule.source_address_prefix)).toContain(
      "10.64.0.0/16",
    );
  });

  it("admit everybody to an API server's own ports, whose authorised ranges decide", () => {
    const [https] = apiServer ? rulesOf(apiServer) : [];
    expect(https).toMatchObject({ access: "Allow", protocol: "Tcp", destination_port_ranges: ["443", "4443"] });
  });
});

describe("routes", () => {
  const table = network.resource("azurerm_route_table");
  const firewall = network.resource("azurerm_firewall");

  it("lead everything to the firewall's private address", () => {
    const route = network.resource("azurerm_route", { address_prefix: "0.0.0.0/0" }).attributes;
    expect(route).toMatchObject({
      next_hop_type: "VirtualAppliance",
      next_hop_in_ip_address: `\${${firewall.address}.ip_configuration[0].private_ip_address}`,
      route_table_name: `\${${table.address}.name}`,
    });
  });

  it("lead to each of the firewall's own public addresses past it", () => {
    const two = buildAzureNetwork({ firewall: { publicIps: ["primary", "second"] } }).template;
    const own = two
      .resources("azurerm_route", { next_hop_type: "Internet" })
      .map(({ attributes }) => attributes.address_prefix);
    expect(own).toEqual(two.resources("azurerm_public_ip").map(({ address }) => `\${${address}.ip_address}/32`));
    expect(own).toHaveLength(2);
  });

  it("are learned from no gateway", () => {
    expect(table.attributes.bgp_route_propagation_enabled).toBe(false);
  });

  it("are those of nodes, and complete before any of them stands behind the table", () => {
    const routes = network.resources("azurerm_route").map(({ address }) => address);
    const associations = network.resources("azurerm_subnet_route_table_association");
    expect(associations.map(({ attributes }) => attributes.subnet_id)).toEqual(nodes.map(idOf));
    for (const { attributes } of associations) {
      expect(attributes.route_table_id).toBe(idOf(table));
      expect([...textsIn(attributes.depends_on)].sort()).toEqual([...routes].sort());
    }
  });

  it("have the firewall's rules behind them", () => {
    const groups = network.resources("azurerm_firewall_policy_rule_collection_group").map(({ address }) => address);
    const [association] = network.resources("azurerm_subnet_route_table_association");
    expect(groups.length).toBeGreaterThan(0);
    expect(association && dependenciesOf(network, association)).toEqual(expect.arrayContaining([...groups]));
  });
});

test("machines ask the firewall for names, which is set apart from the VNet", () => {
  const dns = network.resource("azurerm_virtual_network_dns_servers").attributes;
  expect(dns.dns_servers).toEqual([`\${azurerm_firewall.firewall.ip_configuration[0].private_ip_address}`]);
  expect(network.follow(dns.virtual_network_id).block.attributes.dns_servers).toBeUndefined();
});

describe("logs", () => {
  const setting = network.resource("azurerm_monitor_diagnostic_setting").attributes;

  it("of the firewall go into tables of their own, in a workspace that forgets", () => {
    expect(network.follow(setting.target_resource_id).block.type).toBe("azurerm_firewall");
    expect(setting.log_analytics_destination_type).toBe("Dedicated");
    expect(objectsOf(setting.enabled_log).map(({ category }) => category)).toEqual(
      expect.arrayContaining([
        "AZFWNetworkRule",
        "AZFWApplicationRule",
        "AZFWThreatIntel",
        "AZFWIdpsSignature",
        "AZFWDnsQuery",
      ]),
    );
    const workspace = network.follow(setting.log_analytics_workspace_id).block;
    expect(workspace.type).toBe("azurerm_log_analytics_workspace");
    expect(workspace.attributes).toMatchObject({ retention_in_days: 90 });
  });

  it("go to a workspace whose keys are on for as long as a cluster has Defender, whose sensor signs in with nothing else", () => {
    const keysOf = (...defender: boolean[]): unknown => {
      const clusters = Object.fromEntries(defender.map((has, slot) => [`c${slot}`, { slot, defender: has }]));
      const { attributes } = buildAzureNetwork({ clusters }).template.resource("azurerm_log_analytics_workspace");
      return attributes.local_authentication_enabled;
    };
    expect(keysOf(false, true)).toBe(true);
    expect(keysOf(false, false)).toBe(false);
  });

  it("go to an existing workspace where one is named", () => {
    const { template, outputs } = buildAzureNetwork({ monitoring: { workspaceId: WORKSPACE } });
    template.expectAbsent("azurerm_log_analytics_workspace");
    template.resource("azurerm_monitor_diagnostic_setting", { log_analytics_workspace_id: WORKSPACE });
    expect(outputs.workspaceId).toBe(WORKSPACE);
  });

  it("are in the network's Region unless the file names another", () => {
    const locationOf = (monitoring?: AzureNetworkChanges["monitoring"]): string =>
      buildAzureNetwork({ monitoring }).outputs.workspaceLocation;
    expect(locationOf()).toBe("westeurope");
    expect(locationOf({ workspaceId: WORKSPACE })).toBe("westeurope");
    expect(locationOf({ workspaceId: WORKSPACE, location: "northeurope" })).toBe("northeurope");
    const found = existingAzureNetwork(
      { ...AZURE, monitoring: { workspaceId: WORKSPACE, location: "northeurope" } },
      { existing: EXISTING },
    );
    expect(found).toMatchObject({ location: "westeurope", workspaceLocation: "northeurope" });
  });
});

describe("alerts", () => {
  const criteriaOf = (template: Template) =>
    template.resources("azurerm_monitor_metric_alert").flatMap(({ attributes }) => objectsOf(attributes.criteria));

  it("watch the firewall's ports, health and throughput", () => {
    expect(criteriaOf(network).map(({ metric_name: metric }) => metric)).toEqual([
      "FirewallHealth",
      "SNATPortUtilization",
      "Throughput",
    ]);
    for (const { attributes } of network.resources("azurerm_monitor_metric_alert")) {
      expect(attributes.scopes).toEqual(["${azurerm_firewall.firewall.id}"]);
    }
  });

  it.each([
    ["Standard", 24e9],
    ["Premium", 80e9],
  ] as const)("know what %s can carry", (tier, threshold) => {
    const { template } = buildAzureNetwork({ firewall: { tier } });
    expect(criteriaOf(template)).toContainEqual(expect.objectContaining({ metric_name: "Throughput", threshold }));
  });

  it("watch a NAT gateway too", () => {
    const { template } = buildAzureNetwork({ firewall: { zones: [1] }, natGateway: { publicIps: ["nat"] } });
    const scopes = template
      .resources("azurerm_monitor_metric_alert")
      .map(({ attributes }) => textsIn(attributes.scopes).join());
    expect(scopes.filter((scope) => scope.includes("azurerm_nat_gateway"))).toHaveLength(2);
    expect(criteriaOf(template).map(({ metric_name: metric }) => metric)).toEqual(
      expect.arrayContaining(["SNATConnectionCount", "DatapathAvailability"]),
    );
  });

  it("tell everybody who is named", () => {
    const azureActionGroupIds = ["a", "b"].map(
      (name) => `/subscriptions/${ID}/resourceGroups/on-call/providers/Microsoft.Insights/actionGroups/${name}`,
    );
    const { template } = buildAzureNetwork({ sections: { notify: { azureActionGroupIds } } });
    for (const { attributes } of template.resources("azurerm_monitor_metric_alert")) {
      expect(attributes.action).toEqual(azureActionGroupIds.map((id) => ({ action_group_id: id })));
    }
  });
});

describe("an existing network", () => {
  it("looks to other stacks like one that was made here", () => {
    const { outputs: made } = buildAzureNetwork({ clusters: CLUSTERS });
    const found = existingAzureNetwork({ ...AZURE, monitoring: { workspaceId: WORKSPACE } }, { existing: EXISTING });
    expect([...Object.keys(found), "routeTableId"].sort()).toEqual(Object.keys(made).sort());
    expect(found).toMatchObject({ vnetId: VNET, egressCidrs: ["203.0.113.7/32"], workspaceId: WORKSPACE });
  });

  it("needs a workspace, since none is made for it", () => {
    expect(() => existingAzureNetwork(AZURE, { existing: EXISTING })).toThrow("azure.monitoring.workspaceId");
  });
});
