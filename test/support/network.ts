import { App } from "cdktf";

import type { Environment } from "../../lib/environment";
import { AwsNetworkStack, type AwsNetworkOutputs, type AwsNetworkProps } from "../../stacks/aws-network";
import { environmentWith } from "./environment";
import { withFolder } from "./folder";
import { Template } from "./template";

/** A network with props that no environment leads to yet. */
export interface BuiltNetwork {
  readonly template: Template;
  readonly outputs: AwsNetworkOutputs;
}

/** What is to differ from two zones with a NAT gateway each, of which no stack asks anything. */
export interface NetworkChanges {
  readonly network?: Partial<AwsNetworkProps["network"]>;
  readonly needs?: Partial<AwsNetworkProps["needs"]>;
  readonly protect?: boolean;
  /** The environment's name. */
  readonly name?: string;
}

/** All at once that no environment leads to yet. */
export const ASKED_FOR_EVERYTHING: NetworkChanges = {
  protect: true,
  network: { egress: "inspection" },
  needs: {
    publicIpv6: true,
    interfaceEndpoints: ["logs", "secretsmanager"],
    dockerHub: {
      repositories: ["wallarm/node"],
      credentialSecretArn:
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:ecr-pullthroughcache/docker-hub-AbCdEf",
    },
  },
};

/** Builds a network stack by itself. */
export function buildNetwork(changes: NetworkChanges = {}): BuiltNetwork {
  return withFolder((outdir) => {
    const stack = addNetwork(new App({ outdir, stackTraces: false }), changes);
    return { template: Template.of(stack), outputs: stack.outputs };
  });
}

/** Adds a network stack to an app. */
export function addNetwork(app: App, { network, needs, protect, name = "test" }: NetworkChanges): AwsNetworkStack {
  const aws = { accountId: "111122223333", region: "eu-central-1" };
  const environment: Environment = environmentWith({ name, protect, aws, allowlist: undefined });
  return new AwsNetworkStack(app, environment, {
    aws,
    network: {
      cidr: "10.20.0.0/16",
      zones: ["a", "b"],
      egress: "nat",
      nat: "zone",
      gatewayEndpoints: [],
      interfaceEndpoints: "needed",
      ...network,
    },
    needs: { interfaceEndpoints: [], ...needs },
  });
}
