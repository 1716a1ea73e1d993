import { App } from "cdktf";

import type { EnvironmentInput } from "../../lib/environment";
import { AzureNetworkStack, type AzureNetworkOutputs } from "../../stacks/azure-network";
import { environmentWith } from "./environment";
import { withFolder } from "./folder";
import { Template } from "./template";

const ID = "11111111-1111-1111-1111-111111111111";

type Azure = NonNullable<EnvironmentInput["azure"]>;
type MadeNetwork = Extract<NonNullable<Azure["network"]>, { readonly cidr: string }>;
type Cluster = NonNullable<EnvironmentInput["aks"]>[string];

/** What is to differ from a Standard firewall with one address, and no cluster. */
export interface AzureNetworkChanges {
  readonly firewall?: MadeNetwork["firewall"];
  readonly natGateway?: MadeNetwork["natGateway"];
  readonly cidr?: string;
  readonly admit?: MadeNetwork["admit"];
  /** Clusters by name, with what differs from a public one in slot 0. */
  readonly clusters?: Readonly<Record<string, Partial<Cluster>>>;
  readonly monitoring?: Azure["monitoring"];
  readonly sections?: Pick<EnvironmentInput, "protect" | "rancher" | "notify">;
}

/** A network of Azure by itself. */
export interface BuiltAzureNetwork {
  readonly template: Template;
  readonly outputs: AzureNetworkOutputs;
}

/** Builds the stack of an Azure network by itself. */
export function buildAzureNetwork(changes: AzureNetworkChanges = {}): BuiltAzureNetwork {
  const { firewall = {}, natGateway, cidr = "10.40.0.0/16", admit, clusters = {}, monitoring, sections } = changes;
  const environment = environmentWith({
    aws: undefined,
    allowlist: undefined,
    ...sections,
    azure: {
      tenantId: ID,
      subscriptionId: ID,
      location: "westeurope",
      monitoring,
      network: { cidr, admit, firewall, natGateway },
    },
    aks: Object.fromEntries(Object.entries(clusters).map(([name, cluster]) => [name, { ...CLUSTER, ...cluster }])),
  });
  const { azure, aks = {} } = environment;
  if (azure?.network === undefined || "existing" in azure.network) throw new Error("the environment makes no network");
  const { network } = azure;
  return withFolder((outdir) => {
    const app = new App({ outdir, stackTraces: false });
    const stack = new AzureNetworkStack(app, environment, { azure, network, clusters: aks });
    return { template: Template.of(stack), outputs: stack.outputs };
  });
}

const CLUSTER: Cluster = { slot: 0, kubernetesVersion: "1.32", apiServer: { access: "public" }, adminGroupIds: [ID] };
