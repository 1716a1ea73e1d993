import type { App } from "cdktf";

import { aksClusterName, type Environment } from "../lib/environment";
import { EXCEPTIONS } from "../lib/policy/exceptions";
import { enforcePolicy } from "../lib/policy/policy";
import { policyRules } from "../lib/policy/rules";
import { type RingfenceStack, TAG_KEYS } from "../lib/terraform";
import { AksStack } from "./aks";
import { AllowlistStack } from "./allowlist";
import { allNeeds, type AwsNetworkOutputs, AwsNetworkStack, existingNetwork } from "./aws-network";
import { type AzureNetworkOutputs, AzureNetworkStack, existingAzureNetwork } from "./azure-network";
import { InspectionStack } from "./inspection";
import { LatticeStack } from "./lattice";
import { latticeNeeds } from "./lattice/needs";
import { type RancherProps, RancherStack } from "./rancher";
import { wallarmNeeds, WallarmStack } from "./wallarm";

export { PolicyError } from "../lib/policy/policy";

/**
 * Builds the stacks of every environment, and has `app.synth()` hold them to the policy rules: all violations of all stacks
 * at once.
 */
export function buildStackSets(app: App, environments: readonly Environment[]): void {
  for (const environment of environments) buildStackSet(app, environment);
  const isProtected = (stackId: string): boolean =>
    environments.some(({ name, protect }) => protect && stackId.startsWith(`${name}-`));
  enforcePolicy(app, {
    rules: policyRules({ tags: { required: Object.values(TAG_KEYS) }, deletionProtection: { isProtected } }),
    exceptions: EXCEPTIONS,
  });
}

/**
 * Builds the stacks of one environment, and only those that its sections ask for. This is the one place that knows which
 * stack feeds which.
 */
function buildStackSet(app: App, environment: Environment): void {
  const { aws, wallarm = {}, lattice } = environment;
  const network = buildNetwork(app, environment);
  const inspection = buildInspection(app, environment, network);
  const azureNetwork = buildAzureNetwork(app, environment);
  const fence = buildAllowlist(app, environment, network, azureNetwork);
  if (aws !== undefined && network !== undefined) {
    for (const [edge, config] of Object.entries(wallarm)) {
      const edgeStack = new WallarmStack(app, environment, { aws, edge, wallarm: config, network });
      // Without the way out its tasks could not even pull their image.
      if (inspection !== undefined) edgeStack.addDependency(inspection);
    }
  }
  if (aws !== undefined && lattice !== undefined) {
    const latticeStack = new LatticeStack(app, environment, { aws, lattice, network });
    // A function's code is Lambda's to fetch, and its requests go to VPC Lattice alone.
    if (inspection !== undefined && lattice.ingress?.kind === "fleet") latticeStack.addDependency(inspection);
  }
  const clusters = buildClusters(app, environment, azureNetwork, network?.egressCidrs);
  buildRegistrations(app, environment, fence, clusters);
}

function buildNetwork(app: App, environment: Environment): AwsNetworkOutputs | undefined {
  const { aws } = environment;
  if (aws?.network === undefined) return undefined;
  if ("existing" in aws.network) return existingNetwork(aws.network);
  const needs = allNeeds([wallarmNeeds(environment), latticeNeeds(environment)]);
  return new AwsNetworkStack(app, environment, { aws, network: aws.network, needs }).outputs;
}

function buildInspection(
  app: App,
  environment: Environment,
  network: AwsNetworkOutputs | undefined,
): InspectionStack | undefined {
  const { aws, inspection } = environment;
  if (inspection === undefined || network === undefined || aws?.network === undefined || "existing" in aws.network) {
    return undefined;
  }
  return new InspectionStack(app, environment, { aws, inspection, zones: aws.network.zones, network });
}

function buildAzureNetwork(app: App, environment: Environment): AzureNetworkOutputs | undefined {
  const { azure, aks = {} } = environment;
  if (azure?.network === undefined) return undefined;
  if ("existing" in azure.network) return existingAzureNetwork(azure, azure.network);
  return new AzureNetworkStack(app, environment, { azure, network: azure.network, clusters: aks }).outputs;
}

function buildAllowlist(
  app: App,
  environment: Environment,
  network: AwsNetworkOutputs | undefined,
  azureNetwork: AzureNetworkOutputs | undefined,
): AllowlistStack | undefined {
  const { aws, allowlist } = environment;
  if (aws === undefined || allowlist === undefined) return undefined;
  const aksEgressCidrs = aksEgress(environment, azureNetwork);
  return new AllowlistStack(app, environment, {
    aws,
    allowlist,
    ownEgressCidrs: network?.egressCidrs,
    aksEgressCidrs,
  });
}

/** Each cluster leaves from where the whole network does, and has a right of its own to be admitted from there. */
function aksEgress(
  { aks = {} }: Environment,
  network: AzureNetworkOutputs | undefined,
): Readonly<Record<string, readonly string[]>> | undefined {
  return network && Object.fromEntries(Object.keys(aks).map((cluster) => [cluster, network.egressCidrs]));
}

/**
 * Each cluster's stack waits for the one before it: all write their rules into one firewall policy, of which Azure takes one write at a
 * time, and the provider's own lock ends with its process, of which there is one for each stack.
 */
function buildClusters(
  app: App,
  environment: Environment,
  network: AzureNetworkOutputs | undefined,
  awsEgressCidrs: readonly string[] | undefined,
): ReadonlyMap<string, AksStack> {
  const { azure, aks = {} } = environment;
  const stacks = new Map<string, AksStack>();
  if (azure === undefined || network === undefined) return stacks;
  let previous: AksStack | undefined;
  for (const [cluster, settings] of Object.entries(aks)) {
    const stack: AksStack = new AksStack(app, environment, { cluster, settings, azure, network, awsEgressCidrs });
    if (previous !== undefined) stack.addDependency(previous);
    stacks.set(cluster, stack);
    previous = stack;
  }
  return stacks;
}

/**
 * Every cluster that joins Rancher, whoever makes it. Each waits for the fence, since no agent calls through before it has the cluster's
 * addresses, and for its own cluster; none for another.
 */
function buildRegistrations(
  app: App,
  environment: Environment,
  fence: AllowlistStack | undefined,
  clusters: ReadonlyMap<string, AksStack>,
): void {
  const { rancher: server, aks = {} } = environment;
  if (server === undefined) return;
  const register = (props: Omit<RancherProps, "server">, ...before: readonly (RingfenceStack | undefined)[]): void => {
    const stack = new RancherStack(app, environment, { server, ...props });
    for (const other of before) if (other !== undefined) stack.addDependency(other);
  };
  for (const [cluster, { rancher: settings }] of Object.entries(aks)) {
    if (settings === undefined) continue;
    const made = clusters.get(cluster);
    const name = aksClusterName(environment.name, cluster);
    register({ cluster, name, settings, aks: made?.outputs }, fence, made);
  }
  for (const [cluster, settings] of Object.entries(server.clusters)) {
    register({ cluster, name: cluster, settings }, fence);
  }
}
