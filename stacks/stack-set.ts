import type { App } from "cdktf";

import type { Environment } from "../lib/environment";
import { AllowlistStack } from "./allowlist";
import { type AwsNetworkOutputs, AwsNetworkStack, existingNetwork } from "./aws-network";

/**
 * Builds the stacks of one environment, and only those that its sections ask for. This is the one place that knows which
 * stack feeds which.
 */
export function buildStackSet(app: App, environment: Environment): void {
  const { aws, allowlist } = environment;
  const network = buildNetwork(app, environment);
  if (aws !== undefined && allowlist !== undefined) {
    new AllowlistStack(app, environment, { aws, allowlist, ownEgressCidrs: network?.egressCidrs });
  }
}

function buildNetwork(app: App, environment: Environment): AwsNetworkOutputs | undefined {
  const { aws } = environment;
  if (aws?.network === undefined) return undefined;
  if ("existing" in aws.network) return existingNetwork(aws.network);
  return new AwsNetworkStack(app, environment, { aws, network: aws.network }).outputs;
}
