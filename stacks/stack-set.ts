import type { App } from "cdktf";

import type { Environment } from "../lib/environment";
import { EXCEPTIONS } from "../lib/policy/exceptions";
import { enforcePolicy } from "../lib/policy/policy";
import { policyRules } from "../lib/policy/rules";
import { TAG_KEYS } from "../lib/terraform";
import { AllowlistStack } from "./allowlist";
import { type AzureNetworkOutputs, AzureNetworkStack, existingAzureNetwork } from "./azure-network";
import { type AwsNetworkOutputs, AwsNetworkStack, existingNetwork, type NetworkNeeds } from "./aws-network";

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
  const { aws, allowlist } = environment;
  const network = buildNetwork(app, environment);
  buildAzureNetwork(app, environment);
  if (aws !== undefined && allowlist !== undefined) {
    new AllowlistStack(app, environment, { aws, allowlist, ownEgressCidrs: network?.egressCidrs });
  }
}

function buildNetwork(app: App, environment: Environment): AwsNetworkOutputs | undefined {
  const { aws } = environment;
  if (aws?.network === undefined) return undefined;
  if ("existing" in aws.network) return existingNetwork(aws.network);
  return new AwsNetworkStack(app, environment, { aws, network: aws.network, needs: NO_NEEDS }).outputs;
}

function buildAzureNetwork(app: App, environment: Environment): AzureNetworkOutputs | undefined {
  const { azure, aks = {} } = environment;
  if (azure?.network === undefined) return undefined;
  if ("existing" in azure.network) return existingAzureNetwork(azure, azure.network);
  return new AzureNetworkStack(app, environment, { azure, network: azure.network, clusters: aks }).outputs;
}

/** The allowlist stands outside of the VPC, so no stack of a set asks anything of its network. */
const NO_NEEDS: NetworkNeeds = { interfaceEndpoints: [] };
