import { defineEnvironment } from "../../lib/environment";

const subscription = "88888888-8888-8888-8888-888888888888";
const group = (name: string): string => `/subscriptions/${subscription}/resourceGroups/${name}/providers`;
const network = `${group("hub")}/Microsoft.Network`;
const subnet = (name: string): string => `${network}/virtualNetworks/main/subnets/${name}`;
const cluster = {
  kubernetesVersion: "1.32",
  adminGroupIds: ["77777777-7777-7777-7777-777777777777"],
  nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 1, max: 3 } },
};

/** Clusters in a network of somebody else, behind a firewall of somebody else. */
export default defineEnvironment({
  name: "guest",
  state: { kind: "local" },
  access: { operators: ["198.18.7.0/24"] },
  aws: { accountId: "444455556666", region: "eu-west-1" },
  allowlist: {},
  azure: {
    tenantId: "99999999-9999-9999-9999-999999999999",
    subscriptionId: subscription,
    location: "northeurope",
    monitoring: {
      workspaceId: `${group("logs")}/Microsoft.OperationalInsights/workspaces/main`,
      location: "westeurope",
    },
    network: {
      existing: {
        vnetId: `${network}/virtualNetworks/main`,
        cidr: "10.50.0.0/16",
        firewallPolicyId: `${network}/firewallPolicies/main`,
        clusterRulesPriority: 400,
        egress: ["203.0.113.40/30"],
        clusters: {
          shop: { nodeSubnetId: subnet("shop") },
          search: { nodeSubnetId: subnet("search"), apiServerSubnetId: subnet("search-api") },
          vault: { nodeSubnetId: subnet("vault") },
        },
      },
    },
  },
  aks: {
    // Older than its stack.
    shop: {
      ...cluster,
      slot: 0,
      apiServer: { access: "public" },
      adopt: {
        resourceGroup: "shop",
        name: "shop-prod",
        dnsPrefix: "shop-dns",
        nodeResourceGroup: "MC_shop_shop-prod",
        systemPool: "nodepool1",
        kubeletIdentityId: `${group("shop")}/Microsoft.ManagedIdentity/userAssignedIdentities/nodes`,
      },
    },
    search: { ...cluster, slot: 1, apiServer: { access: "vnetIntegration" } },
    vault: { ...cluster, slot: 2, apiServer: { access: "private" } },
  },
});
