import type { ClusterAgentEnvVars, ClusterClusterAgentDeploymentCustomization } from "@cdktf/provider-rancher2/cluster";

import { canonicalQuantity } from "./quantity";

/** A taint that agents bear. */
export interface AgentToleration {
  readonly key: string;
  /** @default - any value of the key */
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** Processor and memory, as Kubernetes writes quantities. */
export interface AgentResources {
  readonly cpu?: string;
  readonly memory?: string;
}

/** Where an agent runs, and what it may use. */
export interface AgentScheduling {
  /** Besides Rancher's own. */
  readonly tolerations: readonly AgentToleration[];
  /** What the scheduler sets aside. @default - nothing */
  readonly requests?: AgentResources;
  /** What it may use at most. @default - no limit */
  readonly limits?: AgentResources;
}

/** Variables of an agent in the provider's form. */
export function agentVariables(environment: Readonly<Record<string, string>>): ClusterAgentEnvVars[] | undefined {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return variables.length === 0 ? undefined : variables;
}

/** Scheduling of an agent in the provider's form, which is the same for Rancher's agent and for Fleet's. */
export function agentDeployment(
  scheduling: AgentScheduling | undefined,
): ClusterClusterAgentDeploymentCustomization[] | undefined {
  const { tolerations = [], requests = {}, limits = {} } = scheduling ?? {};
  const requirements = {
    cpuRequest: optionalQuantity(requests.cpu),
    memoryRequest: optionalQuantity(requests.memory),
    cpuLimit: optionalQuantity(limits.cpu),
    memoryLimit: optionalQuantity(limits.memory),
  };
  const hasRequirements = Object.values(requirements).some((quantity) => quantity !== undefined);
  // A block without content would be one that Rancher does not give back.
  if (tolerations.length === 0 && !hasRequirements) return undefined;
  return [
    {
      appendTolerations: tolerations.length === 0 ? undefined : tolerations.map(tolerationArguments),
      overrideResourceRequirements: hasRequirements ? [requirements] : undefined,
    },
  ];
}

/** Left out, the provider's operator is `Equal`, which without a value tolerates the empty one alone. */
function tolerationArguments({ key, value, effect }: AgentToleration) {
  return { key, value, effect, operator: value === undefined ? "Exists" : "Equal" };
}

function optionalQuantity(text: string | undefined): string | undefined {
  return text === undefined ? undefined : canonicalQuantity(text);
}
