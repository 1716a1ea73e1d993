import type { JsonObject } from "../../lib/policy/terraform-json";
import { buildAks, NETWORK_OUTPUTS, SUBSCRIPTION } from "../support/aks";
import { objectOf, objectsOf, textOf } from "../support/json";
import type { Template } from "../support/template";

const CLUSTER = "azurerm_kubernetes_cluster";
const POOL = "azurerm_kubernetes_cluster_node_pool";
const ROLE = "azurerm_role_assignment";
const RULES = "azurerm_firewall_policy_rule_collection_group";

const plain = buildAks();
const clusterOf = (template: Template): JsonObject => template.resource(CLUSTER).attributes;
const subnets = {
  node: NETWORK_OUTPUTS.clusters.payments?.nodeSubnetId,
  api: NETWORK_OUTPUTS.clusters.payments?.apiServerSubnetId,
};

describe("a cluster", () => {
  it("leaves by the routes of its subnet, with pods in an overlay that Cilium guards", () => {
    expect(clusterOf(plain).network_profile).toMatchObject({
      outbound_type: "userDefinedRouting",
      network_plugin: "azure",
      network_plugin_mode: "overlay",
      network_data_plane: "cilium",
      network_policy: "cilium",
      service_cidr: "10.245.0.0/16",
      dns_service_ip: "10.245.0.10",
    });
  });

  it("knows people of Microsoft Entra only", () => {
    expect(clusterOf(plain)).toMatchObject({
      local_account_disabled: true,
      role_based_access_control_enabled: true,
      azure_active_directory_role_based_access_control: {
        tenant_id: "11111111-1111-1111-1111-111111111111",
        azure_rbac_enabled: true,
        admin_group_object_ids: ["33333333-3333-3333-3333-333333333333"],
      },
    });
  });

  it("has accounts of its own only where the file asks for them", () => {
    expect(clusterOf(buildAks({ settings: { localAccounts: true } })).local_account_disabled).toBe(false);
  });

  it("has what makes it harder to break into", () => {
    expect(clusterOf(plain)).toMatchObject({
      oidc_issuer_enabled: true,
      workload_identity_enabled: true,
      azure_policy_enabled: true,
      image_cleaner_enabled: true,
      key_vault_secrets_provider: { secret_rotation_enabled: true },
      microsoft_defender: { log_analytics_workspace_id: NETWORK_OUTPUTS.workspaceId },
      sku_tier: "Standard",
    });
  });

  it("has a version's year of support, or two in the tier that Azure gives them in", () => {
    expect(clusterOf(plain)).toMatchObject({ sku_tier: "Standard", support_plan: "KubernetesOfficial" });
    const longTerm = buildAks({ settings: { supportPlan: "AKSLongTermSupport" } });
    expect(clusterOf(longTerm)).toMatchObject({ sku_tier: "Premium", support_plan: "AKSLongTermSupport" });
  });

  it("can be run commands in only where Rancher's agent comes so", () => {
    expect(clusterOf(plain).run_command_enabled).toBe(false);
    expect(clusterOf(buildAks({ settings: { rancher: { agent: "manual" } } })).run_command_enabled).toBe(false);
    expect(clusterOf(buildAks({ settings: { rancher: { agent: "runCommand" } } })).run_command_enabled).toBe(true);
  });

  it("goes without Defender where it is switched off", () => {
    expect(clusterOf(buildAks({ settings: { defender: false } })).microsoft_defender).toBeUndefined();
  });

  it("is kept from being destroyed where the environment is protected", () => {
    expect(clusterOf(buildAks({ protect: true })).lifecycle).toEqual({ prevent_destroy: true });
    expect(clusterOf(plain).lifecycle).toBeUndefined();
  });
});

describe("upgrades", () => {
  it("follow two channels in three windows", () => {
    expect(clusterOf(plain)).toMatchObject({
      automatic_upgrade_channel: "patch",
      node_os_upgrade_channel: "NodeImage",
      maintenance_window: { allowed: [{ day: "Sunday", hours: [2, 3, 4, 5] }] },
      maintenance_window_auto_upgrade: { frequency: "Weekly", interval: 1, day_of_week: "Sunday", duration: 4 },
      maintenance_window_node_os: { frequency: "Weekly", interval: 1, day_of_week: "Sunday", duration: 4 },
    });
  });

  it("are nobody's but yours without a channel", () => {
    const none = clusterOf(buildAks({ settings: { upgrade: { automaticChannel: "none" } } }));
    expect(none.automatic_upgrade_channel).toBeUndefined();
  });

  it.each([
    ["patch", "1.32", undefined],
    ["none", "1.32.4", undefined],
    ["node-image", "1.32.4", undefined],
    ["patch", "1.32.4", "moves"],
    ["stable", "1.32", "moves"],
    ["rapid", "1.32", "moves"],
  ] as const)("on the channel %s from %s are undone by no plan", (automaticChannel, kubernetesVersion, moves) => {
    const template = buildAks({ protect: true, settings: { kubernetesVersion, upgrade: { automaticChannel } } });
    const ignored = moves && ["kubernetes_version", "default_node_pool[0].orchestrator_version"];
    expect(objectOf(clusterOf(template).lifecycle)).toEqual({
      prevent_destroy: true,
      ...(ignored && { ignore_changes: ignored }),
    });
    const pool = template.resource(POOL).attributes.lifecycle;
    expect(pool).toEqual(moves && { ignore_changes: ["orchestrator_version"] });
  });

  it("take the version of the file to control plane and pools alike", () => {
    const template = buildAks({ settings: { kubernetesVersion: "1.33" } });
    expect(clusterOf(template)).toMatchObject({
      kubernetes_version: "1.33",
      default_node_pool: { orchestrator_version: "1.33" },
    });
    expect(template.resource(POOL).attributes.orchestrator_version).toBe("1.33");
  });
});

describe("pools", () => {
  it("of the system are kept for critical add-ons", () => {
    expect(clusterOf(plain).default_node_pool).toMatchObject({
      name: "system",
      only_critical_addons_enabled: true,
      auto_scaling_enabled: true,
      min_count: 3,
      os_disk_type: "Ephemeral",
      host_encryption_enabled: true,
      node_public_ip_enabled: false,
      zones: ["1", "2", "3"],
      vnet_subnet_id: subnets.node,
    });
  });

  it("of the user scale by themselves, with taints and labels", () => {
    const work = { vmSize: "Standard_E8ds_v5", min: 0, max: 5, zones: [2] as const, maxPods: 60 };
    const template = buildAks({
      settings: {
        hostEncryption: false,
        nodePools: { work: { ...work, taints: ["dedicated=batch:NoSchedule"], labels: { workload: "batch" } } },
      },
    });
    expect(template.resource(POOL).attributes).toMatchObject({
      name: "work",
      mode: "User",
      priority: "Regular",
      vm_size: "Standard_E8ds_v5",
      min_count: 0,
      max_count: 5,
      max_pods: 60,
      zones: ["2"],
      node_taints: ["dedicated=batch:NoSchedule"],
      node_labels: { workload: "batch" },
      host_encryption_enabled: false,
      upgrade_settings: { max_surge: "33%" },
    });
  });

  it("on spare capacity say what Azure puts on them, and have no surge, which it refuses", () => {
    const template = buildAks({
      settings: { nodePools: { spare: { vmSize: "Standard_D4ds_v5", min: 0, max: 9, spot: true } } },
    });
    const { upgrade_settings, ...pool } = template.resource(POOL).attributes;
    expect(upgrade_settings).toBeUndefined();
    expect(pool).toMatchObject({
      priority: "Spot",
      eviction_policy: "Delete",
      spot_max_price: -1,
      node_taints: ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"],
      node_labels: { "kubernetes.azure.com/scalesetpriority": "spot" },
    });
  });

  it("are waited for as long as a good upgrade may take", () => {
    const { default_node_pool, timeouts: ofCluster } = clusterOf(plain);
    const { max_surge, drain_timeout_in_minutes } = objectOf(objectOf(default_node_pool).upgrade_settings);
    // As many as the surge at a time, and each round up to the time that a node may take to drain.
    const rounds = Math.max(
      ...Array.from({ length: 200 }, (_, index) => {
        const nodes = index + 1;
        return Math.ceil(nodes / Math.ceil((nodes * Number.parseInt(textOf(max_surge), 10)) / 100));
      }),
    );
    const longest = (rounds * Number(drain_timeout_in_minutes)) / 60;
    for (const timeouts of [ofCluster, plain.resource(POOL).attributes.timeouts]) {
      const hours = (key: string): number => Number.parseInt(textOf(objectOf(timeouts)[key]), 10);
      expect(textOf(objectOf(timeouts).update)).toMatch(/^\d+h$/);
      // As much again for control plane, new nodes, and a pool that stands in.
      expect(hours("update")).toBeGreaterThan(2 * longest);
      expect([hours("create"), hours("delete")]).toEqual([2, 2]);
    }
  });

  it("have no zones where there are none", () => {
    const pool = { vmSize: "Standard_D4ds_v5", min: 1, max: 2, zones: [] };
    const template = buildAks({ settings: { systemPool: { zones: [] }, nodePools: { work: pool } } });
    expect(objectOf(clusterOf(template).default_node_pool).zones).toBeUndefined();
    expect(template.resource(POOL).attributes.zones).toBeUndefined();
  });

  it("stand in for each other under names of their own, which Azure takes", () => {
    const pool = { vmSize: "Standard_D4ds_v5", min: 1, max: 2 };
    const template = buildAks({ settings: { nodePools: { one: pool, two: pool } } });
    const pools = [
      clusterOf(template).default_node_pool,
      ...template.resources(POOL).map(({ attributes }) => attributes),
    ];
    const names = pools
      .map(objectOf)
      .flatMap(({ name, temporary_name_for_rotation }) => [name, temporary_name_for_rotation]);
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]{0,11}$/);
  });
});

describe("roles", () => {
  const rolesOf = (template: Template): readonly string[] =>
    template
      .resources(ROLE)
      .map(({ attributes: { role_definition_name, scope } }) => `${textOf(role_definition_name)} on ${textOf(scope)}`);
  const KUBELET = "Managed Identity Operator on ${azurerm_user_assigned_identity.identities-kubelet.id}";
  const { routeTableId, vnetId } = NETWORK_OUTPUTS;
  const SHARED = [KUBELET, `Network Contributor on ${subnets.node ?? ""}`, `Network Contributor on ${routeTableId}`];
  const zone = `${SUBSCRIPTION}/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/privatelink.westeurope.azmk8s.io`;
  const keys = `${SUBSCRIPTION}/resourceGroups/keys/providers/Microsoft.Compute/diskEncryptionSets/main`;

  it.each([
    ["with a public API server", buildAks(), SHARED],
    [
      "with one in the VNet",
      buildAks({ settings: { apiServer: { access: "vnetIntegration" } } }),
      [...SHARED, `Network Contributor on ${subnets.api ?? ""}`],
    ],
    [
      "with a private one",
      buildAks({ settings: { apiServer: { access: "private" } } }),
      [...SHARED, `Network Contributor on ${vnetId}`],
    ],
    [
      "with a private one in a zone of somebody else",
      buildAks({ settings: { apiServer: { access: "private", dnsZoneId: zone } } }),
      [...SHARED, `Network Contributor on ${vnetId}`, `Private DNS Zone Contributor on ${zone}`],
    ],
    ["with keys of your own", buildAks({ settings: { diskEncryptionSetId: keys } }), [...SHARED, `Reader on ${keys}`]],
    [
      "without a route table that is named",
      buildAks({ network: { ...NETWORK_OUTPUTS, routeTableId: undefined } }),
      SHARED.slice(0, 2),
    ],
  ])("%s are exactly these", (_, template, roles) => {
    expect([...rolesOf(template)].sort()).toEqual([...roles].sort());
  });

  it("belong to the control plane's own identity, which the cluster has", () => {
    const { identity, kubelet_identity } = clusterOf(plain);
    expect(identity).toEqual({
      type: "UserAssigned",
      identity_ids: ["${azurerm_user_assigned_identity.identities-control-plane.id}"],
    });
    expect(objectOf(kubelet_identity).user_assigned_identity_id).toBe(
      "${azurerm_user_assigned_identity.identities-kubelet.id}",
    );
    for (const { attributes } of plain.resources(ROLE)) {
      expect(attributes).toMatchObject({
        principal_id: "${azurerm_user_assigned_identity.identities-control-plane.principal_id}",
        principal_type: "ServicePrincipal",
      });
    }
  });
});

describe("the API server", () => {
  const access = { operators: ["198.18.7.0/24", "2001:db8::/32"], runners: ["198.18.9.0/28", "203.0.113.7/32"] };
  const rangesOf = (template: Template): unknown =>
    objectOf(clusterOf(template).api_server_access_profile).authorized_ip_ranges;

  it("admits the firewall, operators, runners and whom else the file names, each once", () => {
    const settings = { apiServer: { access: "public", alsoAdmit: ["192.0.2.0/28"] } } as const;
    expect(rangesOf(buildAks({ access, settings }))).toEqual([
      "192.0.2.0/28",
      "198.18.7.0/24",
      "198.18.9.0/28",
      "203.0.113.7/32",
      "203.0.113.8/32",
    ]);
  });

  it("admits the addresses of the AWS network only where that is asked for", () => {
    const awsEgressCidrs = ["203.0.113.200/32"];
    expect(rangesOf(buildAks({ awsEgressCidrs }))).not.toContain("203.0.113.200/32");
  });

  it("stands in its subnet with VNet integration, behind the same ranges", () => {
    const template = buildAks({ access, settings: { apiServer: { access: "vnetIntegration" } } });
    expect(clusterOf(template)).toMatchObject({
      private_cluster_enabled: false,
      api_server_access_profile: { virtual_network_integration_enabled: true, subnet_id: subnets.api },
    });
    expect(rangesOf(template)).toEqual(rangesOf(buildAks({ access })));
  });

  it("has no ranges when it is private, and no name outside", () => {
    const { api_server_access_profile, ...rest } = clusterOf(
      buildAks({ access, settings: { apiServer: { access: "private" } } }),
    );
    expect(api_server_access_profile).toBeUndefined();
    expect(rest).toMatchObject({
      private_cluster_enabled: true,
      private_cluster_public_fqdn_enabled: false,
      private_dns_zone_id: "System",
    });
  });

  it.each(["public", "vnetIntegration"] as const)(
    "is not made %s without ranges, which would open it to everybody",
    (kind) => {
      const nobody = (egressCidrs: readonly string[]) => () =>
        buildAks({
          network: { ...NETWORK_OUTPUTS, egressCidrs },
          access: {},
          settings: { apiServer: { access: kind } },
        });
      expect(nobody([])).toThrow("open to everybody");
      // AKS takes none of these, so that nothing would be left.
      expect(nobody(["2001:db8::/48"])).toThrow("open to everybody");
      expect(nobody(["203.0.113.7/32"])).not.toThrow();
    },
  );

  it("cannot stand in a subnet that the network lacks", () => {
    const nodeSubnetId = subnets.node ?? "";
    const network = { ...NETWORK_OUTPUTS, clusters: { payments: { nodeSubnetId } } };
    expect(() => buildAks({ network, settings: { apiServer: { access: "vnetIntegration" } } })).toThrow("payments");
    expect(() => buildAks({ network: { ...network, clusters: {} } })).toThrow("payments");
  });
});

describe("the cluster's own rule", () => {
  it("lets its nodes through to its API server by name, and nothing else", () => {
    const { attributes } = plain.resource(RULES);
    expect(attributes.firewall_policy_id).toBe(NETWORK_OUTPUTS.firewallPolicyId);
    const [collection, ...others] = objectsOf(attributes.network_rule_collection);
    expect([others, attributes.application_rule_collection, attributes.nat_rule_collection]).toEqual([
      [],
      undefined,
      undefined,
    ]);
    expect(objectsOf(collection?.rule)).toEqual([
      {
        name: "api-server",
        description: expect.any(String) as unknown,
        protocols: ["TCP"],
        source_addresses: ["10.40.16.0/21"],
        destination_fqdns: ["${azurerm_kubernetes_cluster.cluster.fqdn}"],
        destination_ports: ["443"],
      },
    ]);
  });

  it("has the place in the policy that the network leaves to its slot", () => {
    const priorities = [0, 1, 14].map((slot) => buildAks({ settings: { slot } }).resource(RULES).attributes.priority);
    expect(priorities).toEqual([30_000, 30_001, 30_014]);
  });

  it("is not there for a private API server, which the firewall does not see", () => {
    buildAks({ settings: { apiServer: { access: "private" } } }).expectAbsent(RULES);
  });
});

describe("a cluster that is older than its stack", () => {
  const adopt = { resourceGroup: "shop", name: "shop-prod", dnsPrefix: "shop-prod-dns", nodeResourceGroup: "MC_shop" };
  const template = buildAks({ settings: { adopt } });

  it("keeps the names that no change can give it, and stands where it stood", () => {
    expect(clusterOf(template)).toMatchObject({
      name: "shop-prod",
      resource_group_name: "shop",
      dns_prefix: "shop-prod-dns",
      node_resource_group: "MC_shop",
    });
    template.expectAbsent("azurerm_resource_group");
  });

  it("keeps its system pool's name, which is a part of the cluster", () => {
    const named = buildAks({ settings: { adopt: { ...adopt, systemPool: "nodepool1" } } });
    expect(clusterOf(named).default_node_pool).toMatchObject({ name: "nodepool1", only_critical_addons_enabled: true });
    expect(clusterOf(template).default_node_pool).toMatchObject({ name: "system" });
  });

  it("keeps the SSH key that it was made with, beside what moves by itself", () => {
    const ignored = (built: Template): unknown => objectOf(clusterOf(built).lifecycle).ignore_changes;
    expect(ignored(template)).toEqual(["linux_profile"]);
    const moving = buildAks({ protect: true, settings: { adopt, upgrade: { automaticChannel: "stable" } } });
    expect(ignored(moving)).toEqual([
      "linux_profile",
      "kubernetes_version",
      "default_node_pool[0].orchestrator_version",
    ]);
    expect(objectOf(clusterOf(moving).lifecycle).prevent_destroy).toBe(true);
    expect(clusterOf(plain).lifecycle).toBeUndefined();
  });

  it("may give its nodes an identity that was brought along, before its own changes", () => {
    const kubeletIdentityId = `${SUBSCRIPTION}/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`;
    const brought = buildAks({ settings: { adopt: { ...adopt, kubeletIdentityId } } });
    const role = brought.resource(ROLE, { role_definition_name: "Managed Identity Operator" });
    expect(role.attributes.scope).toBe(kubeletIdentityId);
    expect(clusterOf(brought).depends_on).toContain(role.address);
    expect(clusterOf(brought).kubelet_identity).toBeUndefined();
    expect(brought.count("azurerm_user_assigned_identity")).toBe(1);
  });

  it("keeps the identity of its nodes, which cannot be changed either", () => {
    expect(clusterOf(template).kubelet_identity).toBeUndefined();
    expect(template.resources("azurerm_user_assigned_identity").map(({ logicalId }) => logicalId)).toEqual([
      "identities-control-plane",
    ]);
    template.expectAbsent(ROLE, { role_definition_name: "Managed Identity Operator" });
    // Terraform counts a block that is not written as none, and fails where something refers into it.
    expect(JSON.stringify(template.configuration)).not.toContain("kubelet_identity");
  });
});

describe("what the cluster tells", () => {
  it("goes to the workspace: logs of the control plane, without every read", () => {
    const { attributes } = plain.resource("azurerm_monitor_diagnostic_setting");
    expect(attributes).toMatchObject({
      log_analytics_workspace_id: NETWORK_OUTPUTS.workspaceId,
      log_analytics_destination_type: "Dedicated",
    });
    const categories = objectsOf(attributes.enabled_log).map(({ category }) => category);
    expect(categories).toEqual(expect.arrayContaining(["kube-apiserver", "kube-audit-admin", "guard"]));
    expect(categories).not.toContain("kube-audit");
  });

  it("and container insights, whose agent signs in by identity and has its rule", () => {
    expect(clusterOf(plain).oms_agent).toMatchObject({ msi_auth_for_monitoring_enabled: true });
    const { attributes } = plain.resource("azurerm_monitor_data_collection_rule_association");
    expect(plain.follow(attributes.target_resource_id).block.type).toBe(CLUSTER);
    const rule = plain.follow(attributes.data_collection_rule_id).block.attributes;
    const [flow] = objectsOf(rule.data_flow);
    const [source] = objectsOf(objectOf(rule.data_sources).extension);
    expect(flow?.streams).toEqual(source?.streams);
    const [workspace] = objectsOf(objectOf(rule.destinations).log_analytics);
    expect(flow?.destinations).toEqual([workspace?.name]);
    expect(workspace?.workspace_resource_id).toBe(NETWORK_OUTPUTS.workspaceId);
    // Not in the cluster's Region, but in the workspace's.
    expect(NETWORK_OUTPUTS.workspaceLocation).not.toBe(NETWORK_OUTPUTS.location);
    expect(rule.location).toBe(NETWORK_OUTPUTS.workspaceLocation);
  });
});
