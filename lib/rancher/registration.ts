import { Cluster } from "@cdktf/provider-rancher2/cluster";
import { Fn, type ITerraformDependable, type TerraformResourceLifecycle, Token } from "cdktf";
import { Construct } from "constructs";

import { guarded } from "../terraform";
import { agentDeployment, type AgentScheduling, agentVariables } from "./agent-settings";

/** A cluster of AKS that Rancher takes in by Azure's own API. */
export interface HostedCluster {
  /** Rancher's cloud credential: `cattle-global-data:cc-abcde`. */
  readonly cloudCredentialId: string;
  readonly clusterName: string;
  readonly resourceGroupName: string;
  readonly location: string;
}

/** Properties of a {@link Registration}. */
export interface RegistrationProps {
  /** What Rancher calls the cluster. Rancher does not rename a cluster that it knows. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fleetWorkspace: string;
  /** Variables of the agents: readable in the state and in the cluster. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** @default - as Rancher schedules its agents */
  readonly agentScheduling?: AgentScheduling;
  /** Rancher brings its agent in by itself. @default - somebody else does, by the manifest */
  readonly hosted?: HostedCluster;
  /** Keeps Terraform from taking the cluster out of Rancher, with its projects and who may use them. */
  readonly protect: boolean;
}

/**
 * Rancher puts it on each cluster once it is connected, and the provider takes it for a label that is to go
 * (rancher/terraform-provider-rancher2, issue 840). All others of Rancher's own it leaves alone.
 */
const LABEL_OF_RANCHER = "provider.cattle.io";

/** A cluster in Rancher. Without `hosted` it is made at once, and pending until its agent calls. */
export class Registration extends Construct {
  /** Rancher's id: `c-abcde`. */
  readonly id: string;
  /** Where the agent's manifest is. It holds the secret by which anybody joins as this cluster. */
  readonly manifestUrl: string;
  /** Image of the agent that somebody asked Rancher for, or `default`: the one of Rancher's own release. */
  readonly agentImage: string;
  /** For what comes after the cluster is in Rancher, connected or not. */
  readonly resource: ITerraformDependable;

  constructor(scope: Construct, id: string, props: RegistrationProps) {
    super(scope, id);
    const cluster = new Cluster(this, "Resource", {
      name: props.name,
      description: props.description,
      labels: unlessEmpty(props.labels),
      annotations: unlessEmpty(props.annotations),
      fleetWorkspaceName: props.fleetWorkspace,
      agentEnvVars: agentVariables(props.agentEnvironment),
      clusterAgentDeploymentCustomization: agentDeployment(props.agentScheduling),
      fleetAgentDeploymentCustomization: agentDeployment(props.agentScheduling),
      // Any further argument would be Rancher's order to change the cluster.
      aksConfigV2: props.hosted && {
        imported: true,
        cloudCredentialId: props.hosted.cloudCredentialId,
        name: props.hosted.clusterName,
        resourceGroup: props.hosted.resourceGroupName,
        resourceLocation: props.hosted.location,
      },
      lifecycle: registrationLifecycle(props),
    });
    this.id = cluster.id;
    this.manifestUrl = Token.asString(cluster.clusterRegistrationToken.get(0).manifestUrl);
    // The provider gives back none where Rancher has none.
    this.agentImage = Token.asString(Fn.coalesce([cluster.desiredAgentImage, "default"]));
    this.resource = cluster;
  }
}

/** What the provider is told nothing of stays as it is in Rancher; told of nothing, it would take away what people added there. */
function unlessEmpty(map: Readonly<Record<string, string>>): Record<string, string> | undefined {
  return Object.keys(map).length === 0 ? undefined : { ...map };
}

function registrationLifecycle({ labels, protect }: RegistrationProps): TerraformResourceLifecycle | undefined {
  // Without labels of the file the provider compares none.
  if (Object.keys(labels).length === 0) return guarded(protect);
  return { ...guarded(protect), ignoreChanges: [`labels["${LABEL_OF_RANCHER}"]`] };
}
