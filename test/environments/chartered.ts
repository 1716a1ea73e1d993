import { defineEnvironment } from "../../lib/environment";

/** A Terraform Enterprise that runs a set of Azure alone. */
export default defineEnvironment({
  name: "chartered",
  state: { kind: "hcp", hostname: "terraform.example.com", organization: "acme", project: "Azure only" },
  bootstrap: { state: "environment", hcp: {} },
  access: { operators: ["198.51.100.0/24"] },
  azure: {
    tenantId: "66666666-6666-6666-6666-666666666666",
    subscriptionId: "55555555-5555-5555-5555-555555555557",
    location: "northeurope",
    network: { cidr: "10.40.0.0/16", firewall: {} },
  },
  aks: {
    payments: {
      slot: 0,
      kubernetesVersion: "1.32",
      apiServer: { access: "private" },
      adminGroupIds: ["77777777-7777-7777-7777-777777777777"],
      nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 2, max: 4 } },
    },
  },
});
