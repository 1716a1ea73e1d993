import { type App, TerraformStack } from "cdktf";

import { aksClusterName, type Environment, environmentsOf, type Organization } from "../lib/environment";
import { bootstrapStackId } from "../lib/names";
import type { PolicyException } from "../lib/policy/exception";
import { EXCEPTIONS } from "../lib/policy/exceptions";
import { enforcePolicy } from "../lib/policy/policy";
import { policyRules } from "../lib/policy/rules";
import { type RingfenceStack, TAG_KEYS } from "../lib/terraform";
import { AksStack } from "./aks";
import { AllowlistStack } from "./allowlist";
import { allNeeds, type AwsNetworkOutputs, AwsNetworkStack, existingNetwork } from "./aws-network";
import { type AzureNetworkOutputs, AzureNetworkStack, existingAzureNetwork } from "./azure-network";
import { BootstrapStack } from "./bootstrap";
import { readSet } from "./built-set";
import { InspectionStack } from "./inspection";
import { LatticeStack } from "./lattice";
import { latticeNeeds } from "./lattice/needs";
import { type RancherProps, RancherStack } from "./rancher";
import { wallarmNeeds, WallarmStack } from "./wallarm";
import { workspaceFacts } from "./workspace-facts";
import { WorkspacesStack } from "./workspaces";

export { PolicyError } from "../lib/policy/policy";

/** What is worth knowing of stacks that are built. */
export interface BuiltSets {
  /** Every departure from the policy rules in them, each with its reason. */
  readonly exceptions: readonly PolicyException[];
}

/**
 * Builds the stacks of every environment and organization, and has `app.synth()` hold them to the policy rules: all violations of all
 * stacks at once.
 *
 * @param organizations those of which every environment is there
 */
export function buildStackSets(
  app: App,
  environments: readonly Environment[],
  organizations: readonly Organization[] = [],
): BuiltSets {
  const sets = environments.map((environment) => {
    buildStackSet(app, environment);
    return { environment, bootstrap: buildBootstrap(app, environment) };
  });
  for (const organization of organizations) {
    const own = environmentsOf(organization, environments);
    buildWorkspaces(
      app,
      organization,
      sets.filter(({ environment }) => own.includes(environment)),
    );
  }
  const isProtected = (stackId: string): boolean =>
    environments.some(({ name, protect }) => protect && isOf(name, stackId));
  const exceptions = [...EXCEPTIONS, ...sets.flatMap(({ bootstrap }) => bootstrap?.exceptions ?? [])];
  enforcePolicy(app, {
    rules: policyRules({ tags: { required: Object.values(TAG_KEYS) }, deletionProtection: { isProtected } }),
    exceptions,
  });
  return { exceptions };
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

/** Who may run an environment's set, and with which rights: those that the stacks built so far need. */
function buildBootstrap(app: App, environment: Environment): BootstrapStack | undefined {
  const { bootstrap } = environment;
  if (bootstrap === undefined) return undefined;
  return new BootstrapStack(app, environment, { bootstrap, set: readSet(stacksOf(app, environment)) });
}

/** An environment, all of whose stacks are built. */
interface EnvironmentSet {
  readonly environment: Environment;
  readonly bootstrap: BootstrapStack | undefined;
}

/** The workspaces of an organization, as its environments' stacks turned out. */
function buildWorkspaces(app: App, organization: Organization, sets: readonly EnvironmentSet[]): void {
  // Who reads whom shows once all are prepared.
  for (const stack of sets.flatMap(({ environment }) => stacksOf(app, environment))) stack.prepareStack();
  new WorkspacesStack(
    app,
    organization,
    sets.map(({ environment, bootstrap }) => ({
      environment,
      bootstrap: bootstrap?.outputs,
      workspaces: stacksOf(app, environment)
        .filter((stack) => stack !== bootstrap)
        .flatMap((stack) => workspaceFacts(stack) ?? []),
    })),
  );
}

/** The stacks of an environment that are built. */
function stacksOf(app: App, { name }: Environment): readonly TerraformStack[] {
  return app.node.children
    .filter((child) => TerraformStack.isStack(child))
    .filter(({ node: { id } }) => isOf(name, id));
}

/** Whether a stack is of an environment, whose name holds no hyphen. */
const isOf = (environment: string, stackId: string): boolean =>
  stackId.startsWith(`${environment}-`) || stackId === bootstrapStackId(environment);

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
