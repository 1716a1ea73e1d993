import { App } from "cdktf";

import type { Environment, EnvironmentInput, RegistrationEnvironment } from "../../lib/environment";
import type { AksOutputs } from "../../stacks/aks";
import { RancherStack } from "../../stacks/rancher";
import { aksEnvironment, SUBSCRIPTION } from "./aks";
import { withFolder } from "./folder";
import { Template } from "./template";

/** Where the cluster `payments` is. */
export const AKS_OUTPUTS: AksOutputs = {
  clusterId: `${SUBSCRIPTION}/resourceGroups/payments/providers/Microsoft.ContainerService/managedClusters/payments`,
  clusterName: "payments",
  resourceGroupName: "payments",
  location: "westeurope",
  oidcIssuerUrl: "https://oidc.example.com/payments",
};

type ClusterInput = NonNullable<EnvironmentInput["aks"]>[string];
type ServerInput = NonNullable<EnvironmentInput["rancher"]>;
type ForeignInput = NonNullable<ServerInput["clusters"]>[string];

/** What is to differ from a server with a public certificate in an environment that is not protected. */
export interface RancherChanges {
  readonly protect?: boolean;
  readonly caCertificates?: string;
  /** What is known of a cluster that the environment makes. @default - all */
  readonly aks?: AksOutputs;
}

/** The registration of a cluster that the environment makes, `payments`, by itself. */
export function registerAks(joins: NonNullable<ClusterInput["rancher"]>, changes: RancherChanges = {}): Template {
  const isHosted = joins.agent === "hosted";
  const environment = aksEnvironment(
    {
      ...sectionsOf(changes),
      aws: {
        accountId: "111122223333",
        region: "eu-central-1",
        network: { cidr: "10.20.0.0/16", zones: ["a", "b"] },
      },
    },
    { rancher: joins, localAccounts: isHosted, apiServer: { access: "public", awsEgress: isHosted } },
  );
  const aks = "aks" in changes ? changes.aks : AKS_OUTPUTS;
  return build(environment, "payments", environment.aks?.payments?.rancher, aks);
}

/** The registration of a cluster that was made elsewhere, `otc-billing`, by itself. */
export function registerForeign(settings: ForeignInput = {}, changes: RancherChanges = {}): Template {
  const sections = sectionsOf(changes);
  const environment = aksEnvironment({
    ...sections,
    rancher: { ...sections.rancher, clusters: { "otc-billing": settings } },
    aks: undefined,
  });
  return build(environment, "otc-billing", environment.rancher?.clusters["otc-billing"]);
}

function sectionsOf({ protect, caCertificates }: RancherChanges) {
  return { protect, rancher: { url: "https://rancher.example.com", caCertificates } };
}

function build(
  environment: Environment,
  cluster: string,
  settings: RegistrationEnvironment | undefined,
  aks?: AksOutputs,
): Template {
  const { rancher: server } = environment;
  if (server === undefined || settings === undefined) throw new Error("the environment registers no such cluster");
  return withFolder((outdir) => {
    const app = new App({ outdir, stackTraces: false });
    return Template.of(
      new RancherStack(app, environment, { cluster, name: `test-aks-${cluster}`, server, settings, aks }),
    );
  });
}
