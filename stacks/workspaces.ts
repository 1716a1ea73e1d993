import type { Construct } from "constructs";

import { type Environment, type Organization, runSettingsOf, type RunSettings } from "../lib/environment";
import { awsVariables, azureVariables, type PhaseIdentities, RANCHER_VARIABLES } from "../lib/hcp/credentials";
import { Notification } from "../lib/hcp/notification";
import { Project } from "../lib/hcp/project";
import { workOn } from "../lib/hcp/provider";
import { TeamAccess } from "../lib/hcp/team-access";
import { type RunVariable, VariableSet } from "../lib/hcp/variable-set";
import { type Committed, Workspace } from "../lib/hcp/workspace";
import { fitName, NAME_RULES, stackId, WORKSPACES } from "../lib/names";
import { BaseStack, note, TAG_KEYS } from "../lib/terraform";
import type { BootstrapOutputs } from "./bootstrap";
import type { WorkspaceFacts } from "./workspace-facts";

/** The workspaces of one environment, and what its runs may sign in as. */
export interface EnvironmentWorkspaces {
  readonly environment: Environment;
  readonly workspaces: readonly WorkspaceFacts[];
  /** What lets its runs into the clouds. @default - nobody but whom the organization's file names */
  readonly bootstrap?: BootstrapOutputs;
}

/** A workspace that was made, with what it is for. */
interface Made {
  readonly facts: WorkspaceFacts;
  readonly environment: Environment;
  readonly runs: RunSettings;
  readonly workspace: Workspace;
}

/**
 * The workspaces of all environments that keep their states in one organization of HCP Terraform. Each shares its state with those that
 * read it, and with nobody else.
 *
 * It holds what the runs of the others depend on, and is itself no part of their order: it is deployed before them, and after what lets
 * their runs in, of which it reads identities. What comes before it can have no workspace from here.
 */
export class WorkspacesStack extends BaseStack {
  constructor(scope: Construct, organization: Organization, environments: readonly EnvironmentWorkspaces[]) {
    super(scope, stackId(WORKSPACES, organization.organization), organization.state);
    workOn(this, organization);
    const projects = this.#projects(organization, environments);
    const made = environments.flatMap((environment) => this.#make(organization, environment, projects));
    runAll(made);
    for (const environment of environments) this.#signIn(environment, made);
    for (const [name, { triggers, ...destination }] of Object.entries(organization.notifications)) {
      new Notification(this, {
        name,
        destination,
        triggers,
        organization: organization.organization,
        workspaces: made.map(({ workspace }) => workspace),
      });
    }
    for (const [team, access] of Object.entries(organization.teams)) {
      new TeamAccess(this, `team-${team}`, { team, access, projects: [...projects.values()] });
    }
  }

  /** By name; one that belongs to several environments is as protected as any of them. */
  #projects(
    { existingProjects }: Organization,
    environments: readonly EnvironmentWorkspaces[],
  ): ReadonlyMap<string, Project> {
    const names = new Set(environments.flatMap(({ workspaces }) => workspaces.map(({ project }) => project)));
    return new Map(
      [...names].sort().map((name) => {
        const users = environments.filter(({ workspaces }) => workspaces.some(({ project }) => project === name));
        const project = new Project(this, `project-${fitName(name, NAME_RULES.kubernetesObject)}`, {
          name,
          existing: existingProjects.includes(name),
          protect: users.some(({ environment }) => environment.protect),
        });
        return [name, project];
      }),
    );
  }

  #make(
    organization: Organization,
    { environment, workspaces }: EnvironmentWorkspaces,
    projects: ReadonlyMap<string, Project>,
  ): readonly Made[] {
    return workspaces.map((facts) => {
      const runs = runSettingsOf(organization, environment.name);
      const workspace = new Workspace(this, facts.stackId, {
        name: facts.name,
        description: `Stack ${facts.stackId} of Ringfence`,
        projectId: projectOf(projects, facts).id,
        terraformVersion: runs.terraformVersion,
        autoApplyTriggered: runs.autoApply,
        committed: committedOf(runs, facts),
        tags: { [TAG_KEYS.environment]: environment.name, [TAG_KEYS.stack]: facts.stackId },
        protect: environment.protect,
      });
      return { facts, environment, runs, workspace };
    });
  }

  /** Gives runs what they sign in with: each workspace only for the providers that it has. */
  #signIn({ environment, bootstrap }: EnvironmentWorkspaces, made: readonly Made[]): void {
    // Where no run of HCP Terraform's takes place, no variable of it is read.
    const own = made.filter((one) => one.environment === environment && one.runs.executionMode !== "local");
    const [first] = own;
    if (first === undefined) return;
    const credentials = first.runs.credentials ?? {};
    const trusted = environment.bootstrap?.hcp === undefined ? undefined : bootstrap;
    const using = (provider: string): readonly Made[] => own.filter(({ facts }) => facts.providers.includes(provider));
    const give = (
      name: string,
      description: string,
      variables: readonly RunVariable[],
      users: readonly Made[],
    ): void => {
      if (users.length === 0) return;
      new VariableSet(this, `${environment.name}-${name}`, {
        name: `${environment.name}-${name}`,
        description,
        variables,
        workspaces: users.map(({ workspace }) => workspace),
        protect: environment.protect,
      });
    };
    const warn = (cloud: string): void => {
      note(
        this,
        `nothing lets runs of ${environment.name} into ${cloud}: add bootstrap: { hcp: {} } to the environment, or name who ` +
          `does in environments.${environment.name}.credentials`,
      );
    };

    const aws = identitiesOf(credentials.aws) ?? trusted?.awsRoleArns;
    if (aws !== undefined) give("aws", "What runs sign in to AWS with", awsVariables(aws), using("aws"));
    else if (using("aws").length > 0) warn("AWS");

    const azure = azureIdentities(credentials, trusted, using("azurerm"));
    azure.forEach(({ identities, users }, index) => {
      const name = index === 0 ? "azure" : `azure-${index + 1}`;
      give(name, "What runs sign in to Azure with", azureVariables(identities), users);
    });
    if (azure.length === 0 && using("azurerm").length > 0) warn("Azure");

    give("rancher", "What runs sign in to Rancher with", RANCHER_VARIABLES, using("rancher2"));
  }
}

/** Says how each runs, who reads its state, and which others' runs start one of its own. */
function runAll(made: readonly Made[]): void {
  for (const { facts, runs, workspace } of made) {
    workspace.run({
      executionMode: runs.executionMode,
      agentPoolId: runs.agentPoolId,
      autoApply: runs.autoApply,
      assessments: runs.assessments,
      readers: made.filter((other) => other.facts.reads.includes(facts.name)).map((other) => other.workspace),
    });
    if (!runs.runTriggers || runs.executionMode === "local") continue;
    for (const source of made.filter((other) => facts.waitsFor.includes(other.facts.stackId))) {
      if (source.runs.executionMode !== "local") workspace.runAfter(source.workspace);
    }
  }
}

function projectOf(projects: ReadonlyMap<string, Project>, { stackId: id, project }: WorkspaceFacts): Project {
  const found = projects.get(project);
  if (found === undefined) throw new Error(`${id} is in the project ${project}, which is none of the organization's`);
  return found;
}

function committedOf({ vcs }: RunSettings, { stackId: id }: WorkspaceFacts): Committed | undefined {
  if (vcs === undefined) return undefined;
  const { repository, branch, folder, oauthTokenId, githubAppInstallationId } = vcs;
  return { repository, branch, folder: `${folder}/${id}`, oauthTokenId, githubAppInstallationId };
}

const identitiesOf = (roles: { readonly planRoleArn: string; readonly applyRoleArn: string } | undefined) =>
  roles && { plan: roles.planRoleArn, apply: roles.applyRoleArn };

/** Who signs in to Azure where: an identity takes only so many workspaces, so that a large set has several. */
function azureIdentities(
  { azure }: NonNullable<RunSettings["credentials"]>,
  trusted: BootstrapOutputs | undefined,
  users: readonly Made[],
): readonly { readonly identities: PhaseIdentities; readonly users: readonly Made[] }[] {
  if (azure !== undefined) {
    return [{ identities: { plan: azure.planClientId, apply: azure.applyClientId }, users }];
  }
  return (trusted?.azureIdentities ?? []).map(({ planClientId, applyClientId, stackIds }) => ({
    identities: { plan: planClientId, apply: applyClientId },
    users: users.filter(({ facts }) => stackIds.includes(facts.stackId)),
  }));
}
