import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

import { AgentByRunCommand } from "../lib/azure/aks/agent-by-run-command";
import { runCommandRole } from "../lib/azure/bootstrap/run-command-role";
import { type Environment, letsIn, type RancherEnvironment, type RegistrationEnvironment } from "../lib/environment";
import { fitName, NAME_RULES } from "../lib/names";
import { ClusterMembers } from "../lib/rancher/cluster-members";
import { Connection } from "../lib/rancher/connection";
import { registrationCommand, registrationPage } from "../lib/rancher/manual-registration";
import { Project } from "../lib/rancher/project";
import { type HostedCluster, Registration } from "../lib/rancher/registration";
import { RingfenceStack, type RingfenceStackOptions } from "../lib/terraform";
import type { AksOutputs } from "./aks";

/** What other stacks may know of a cluster in Rancher. */
export interface RancherOutputs {
  /** Rancher's id of the cluster: `c-abcde`. */
  readonly clusterId: string;
}

/** What the stack needs besides the environment's common sections. */
export interface RancherProps {
  /** The cluster's name in the environment. */
  readonly cluster: string;
  /** What Rancher calls it. */
  readonly name: string;
  readonly server: RancherEnvironment;
  readonly settings: RegistrationEnvironment;
  /** The stack of the cluster, where the environment makes it. @default - it was made elsewhere */
  readonly aks?: AksOutputs;
}

/** What Azure makes a container of that runs a deployment script (Azure Resource Manager documentation, "Deployment scripts"). */
const SCRIPT_SERVICES = ["Microsoft.ContainerInstance", "Microsoft.Storage"];

/**
 * One cluster in Rancher: its registration, the agent that joins it, and who may use it. Rancher's secret for joining stays in this stack's
 * state, and no output holds it.
 */
export class RancherStack extends RingfenceStack {
  readonly outputs: RancherOutputs;

  constructor(scope: Construct, environment: Environment, props: RancherProps) {
    super(scope, environment, "rancher", { ...needsOf(props), instance: props.cluster });
    const { settings } = props;
    const registration = new Registration(this, "cluster", {
      name: props.name,
      description: settings.description ?? `Registered by ${this.node.id}`,
      labels: settings.labels,
      annotations: settings.annotations,
      fleetWorkspace: settings.fleetWorkspace,
      agentEnvironment: settings.agentEnvironment,
      agentScheduling: settings.agentScheduling,
      hosted: hostedCluster(props),
      protect: environment.protect,
    });
    const joined = this.#join(environment, props, registration);
    const connected = this.#connect(props, registration, joined);
    new ClusterMembers(this, "member", { clusterId: registration.id, groups: settings.members, after: joined });
    for (const [name, project] of Object.entries(settings.projects)) {
      new Project(this, `project-${fitName(name, NAME_RULES.kubernetesObject)}`, {
        clusterId: registration.id,
        name,
        description: project.description,
        groups: project.members,
        after: connected,
      });
    }

    this.outputs = { clusterId: registration.id };
    this.publish("cluster-id", registration.id, "Rancher's id of the cluster");
    if (settings.agent === "manual") this.#publishCommand(props, registration);
  }

  /** Brings the agent in, where that is Terraform's to do. */
  #join(environment: Environment, props: RancherProps, registration: Registration): readonly ITerraformDependable[] {
    const { settings, server } = props;
    if (settings.agent !== "runCommand") return [];
    const { clusterId, clusterName, resourceGroupName, location } = aksOf(props);
    const agent = new AgentByRunCommand(this, "agent", {
      name: this.node.id,
      resourceGroupName,
      location,
      clusterId,
      clusterName,
      manifestUrl: registration.manifestUrl,
      agentImage: registration.agentImage,
      caCertificates: server.caCertificates,
      runCommandRoleId: bootstrappedRoleId(environment),
    });
    return [agent.joined];
  }

  /** Waits until Rancher calls the cluster connected, where the file asks for it. */
  #connect(
    { settings: { waitMinutes } }: RancherProps,
    { id }: Registration,
    joined: readonly ITerraformDependable[],
  ): readonly ITerraformDependable[] {
    if (waitMinutes === undefined) return joined;
    return [new Connection(this, "connected", { clusterId: id, minutes: waitMinutes, after: joined }).resource];
  }

  /** Says how to fetch the command that joins the cluster, and never the command itself: it holds the secret. */
  #publishCommand({ server, settings }: RancherProps, { id }: Registration): void {
    const manual = {
      url: server.url,
      clusterId: id,
      fleetWorkspace: settings.fleetWorkspace,
      hasPrivateAuthority: server.caCertificates !== undefined,
    };
    this.publish("registration-page", registrationPage(manual), "Rancher shows the command for this cluster there");
    this.publish(
      "registration-command",
      registrationCommand(manual),
      "Or run this with kubectl in the cluster, and a Rancher token of your own in RANCHER_TOKEN_KEY",
    );
  }
}

/**
 * A registration by run command makes things in Azure. That of any cluster of AKS knows Azure: what was made there by run command can be
 * taken away again when the file turns to another agent.
 */
function needsOf({ settings, aks }: RancherProps): RingfenceStackOptions {
  if (aks === undefined) return { clouds: ["rancher"] };
  return { clouds: ["rancher", "azure"], azureServices: settings.agent === "runCommand" ? SCRIPT_SERVICES : [] };
}

/** Runs that an environment's bootstrap lets in may make no role, so it has made this one. */
function bootstrappedRoleId({ name, azure, bootstrap }: Environment): string | undefined {
  return azure !== undefined && letsIn(bootstrap) ? runCommandRole(azure.subscriptionId, name).resourceId : undefined;
}

function hostedCluster(props: RancherProps): HostedCluster | undefined {
  const { settings } = props;
  if (settings.agent !== "hosted") return undefined;
  const { clusterName, resourceGroupName, location } = aksOf(props);
  return { cloudCredentialId: settings.cloudCredentialId, clusterName, resourceGroupName, location };
}

/** @throws Error when the agent takes a way that needs to know where the cluster is, and nobody says so */
function aksOf({ cluster, settings, aks }: RancherProps): AksOutputs {
  if (aks === undefined) throw new Error(`${settings.agent} needs to know where the cluster ${cluster} is`);
  return aks;
}
