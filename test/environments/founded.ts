import { defineEnvironment } from "../../lib/environment";

/**
 * A protected environment that runs elsewhere in every way: HCP Terraform for the set, jobs of a repository of GitHub besides, in AWS and
 * Azure. What lets them in keeps its own state on a laptop.
 */
export default defineEnvironment({
  name: "founded",
  protect: true,
  tags: { owner: "platform" },
  state: { kind: "hcp", organization: "acme", project: "platform" },
  bootstrap: {
    hcp: {},
    github: { repository: "acme@123456/fences@456789", branch: "trunk", environment: "production" },
  },
  access: { operators: ["198.51.100.0/24"], runners: ["203.0.113.64/28"] },
  aws: {
    accountId: "555566667777",
    region: "eu-central-1",
    network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
  },
  rancher: {
    url: "https://rancher.example.com",
    clusters: { "otc-billing": { egress: ["203.0.113.10/32"], agent: "manual" } },
  },
  allowlist: {},
  azure: {
    tenantId: "66666666-6666-6666-6666-666666666666",
    subscriptionId: "55555555-5555-5555-5555-555555555556",
    location: "westeurope",
    network: { cidr: "10.40.0.0/16", firewall: {} },
  },
  aks: {
    payments: {
      slot: 0,
      kubernetesVersion: "1.32",
      apiServer: { access: "private" },
      adminGroupIds: ["77777777-7777-7777-7777-777777777777"],
      nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 2, max: 4 } },
      rancher: { agent: "runCommand" },
    },
  },
});
