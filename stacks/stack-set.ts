import type { App } from "cdktf";

import type { Environment } from "../lib/environment";
import { EXCEPTIONS } from "../lib/policy/exceptions";
import { enforcePolicy } from "../lib/policy/policy";
import { policyRules } from "../lib/policy/rules";
import { TAG_KEYS } from "../lib/terraform";
import { AksStack } from "./aks";
import { AllowlistStack } from "./allowlist";
import { type AwsNetworkOutputs, AwsNetworkStack, existingNetwork } from "./aws-network";
import { type AzureNetworkOutputs, AzureNetworkStack, existingAzureNetwork } from "./azure-network";
import { InspectionStack } from "./inspection";
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
  const { aws, allowlist, wallarm = {} } = environment;
  const network = buildNetwork(app, environment);
  const inspection = buildInspection(app, environment, network);
  const azureNetwork = buildAzureNetwork(app, environment);
  if (aws !== undefined && allowlist !== undefined) {
    new AllowlistStack(app, environment, {
      aws,
      allowlist,
      ownEgressCidrs: network?.egressCidrs,
      aksEgressCidrs: aksEgress(environment, azureNetwork),
    });
  }
  if (aws !== undefined && network !== undefined) {
    for (const [edge, config] of Object.entries(wallarm)) {
      const edgeStack = new WallarmStack(app, environment, { aws, edge, wallarm: config, network });
      // Without the way out its tasks could not even pull their image.
      if (inspection !== undefined) edgeStack.addDependency(inspection);
    }
  }
  buildClusters(app, environment, azureNetwork, network?.egressCidrs);
}

function buildNetwork(app: App, environment: Environment): AwsNetworkOutputs | undefined {
  const { aws } = environment;
  if (aws?.network === undefined) return undefined;
  if ("existing" in aws.network) return existingNetwork(aws.network);
  return new AwsNetworkStack(app, environment, { aws, network: aws.network, needs: wallarmNeeds(environment) }).outputs;
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
): void {
  const { azure, aks = {} } = environment;
  if (azure === undefined || network === undefined) return;
  let previous: AksStack | undefined;
  for (const [cluster, settings] of Object.entries(aks)) {
    const stack: AksStack = new AksStack(app, environment, { cluster, settings, azure, network, awsEgressCidrs });
    if (previous !== undefined) stack.addDependency(previous);
    previous = stack;
  }
}
