import { App } from "cdktf";

import type { Environment, EnvironmentInput } from "../../lib/environment";
import { AksStack, type AksProps } from "../../stacks/aks";
import type { AzureNetworkOutputs } from "../../stacks/azure-network";
import { environmentWith } from "./environment";
import { withFolder } from "./folder";
import { Template } from "./template";

export const SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222";
const NETWORK = `${SUBSCRIPTION}/resourceGroups/network/providers/Microsoft.Network`;
const VNET = `${NETWORK}/virtualNetworks/main`;

/** A network of somebody else, with subnets for one cluster. */
export const NETWORK_OUTPUTS: AzureNetworkOutputs & { readonly routeTableId: string } = {
  location: "westeurope",
  vnetId: VNET,
  cidr: "10.40.0.0/16",
  egressCidrs: ["203.0.113.8/32", "203.0.113.7/32"],
  firewallPolicyId: `${NETWORK}/firewallPolicies/main`,
  clusterRulesPriority: 30_000,
  workspaceId: `${SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/main`,
  workspaceLocation: "northeurope",
  routeTableId: `${NETWORK}/routeTables/main`,
  clusters: {
    payments: {
      nodeSubnetId: `${VNET}/subnets/nodes`,
      nodeCidr: "10.40.16.0/21",
      apiServerSubnetId: `${VNET}/subnets/api-server`,
    },
  },
};

type ClusterInput = NonNullable<EnvironmentInput["aks"]>[string];

/** What is to differ from a cluster with a public API server and one pool. */
export interface AksChanges extends Partial<Pick<AksProps, "network" | "awsEgressCidrs">> {
  readonly settings?: Partial<ClusterInput>;
  readonly access?: EnvironmentInput["access"];
  readonly protect?: boolean;
}

/** Builds the stack of one cluster by itself. */
export function buildAks({ settings, access, protect, ...props }: AksChanges = {}): Template {
  const environment = aksEnvironment({ protect, access }, settings);
  const { azure, aks: { payments } = {} } = environment;
  if (azure === undefined || payments === undefined) throw new Error("the environment has no cluster");
  return withFolder((outdir) => {
    const app = new App({ outdir, stackTraces: false });
    const network = NETWORK_OUTPUTS;
    const cluster = { cluster: "payments", settings: payments, azure };
    return Template.of(new AksStack(app, environment, { ...cluster, network, ...props }));
  });
}

/** An environment with one cluster in a network that is made with it. */
export function aksEnvironment(sections: Partial<EnvironmentInput>, settings?: Partial<ClusterInput>): Environment {
  return environmentWith({
    aws: undefined,
    allowlist: undefined,
    rancher: { url: "https://rancher.example.com" },
    azure: {
      tenantId: "11111111-1111-1111-1111-111111111111",
      subscriptionId: "22222222-2222-2222-2222-222222222222",
      location: "westeurope",
      network: { cidr: "10.40.0.0/16", firewall: {} },
    },
    aks: {
      payments: {
        slot: 0,
        kubernetesVersion: "1.32",
        apiServer: { access: "public" },
        adminGroupIds: ["33333333-3333-3333-3333-333333333333"],
        nodePools: { work: { vmSize: "Standard_D4ds_v5", min: 3, max: 12 } },
        ...settings,
      },
    },
    ...sections,
  });
}
