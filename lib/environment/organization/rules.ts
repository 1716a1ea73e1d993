import { stackId, WORKSPACE_NAME_LENGTH, workspaceName, WORKSPACES } from "../../names";
import { fault, twice } from "../rules/rule";
import { stateKeyInRegion } from "../rules/state";
import type { Fault, Path } from "../violation";
import type { PartialOrganization } from "./organization";

/** A check across the fields of an organization's file; it sees only those that are right by themselves. */
type OrganizationRule = (organization: PartialOrganization, isRefused: (path: Path) => boolean) => readonly Fault[];

type Runs = Pick<PartialOrganization, "executionMode" | "agentPoolId" | "assessments">;

/** A place of the file that says how Terraform runs. */
interface Scope {
  readonly path: Path;
  /** What stands there. */
  readonly own: Runs;
  /** What holds there: its own, or what holds for all. */
  readonly holds: Runs;
}

function scopesOf(organization: PartialOrganization): readonly Scope[] {
  const { executionMode, agentPoolId, assessments, environments = {} } = organization;
  const common = { executionMode, agentPoolId, assessments };
  return [
    { path: [], own: common, holds: common },
    ...Object.entries(environments).map(([name, own = {}]) => ({
      path: ["environments", name],
      own,
      holds: {
        executionMode: own.executionMode ?? executionMode,
        agentPoolId: own.agentPoolId ?? agentPoolId,
        assessments: own.assessments ?? assessments,
      },
    })),
  ];
}

const agentsHavePool: OrganizationRule = (organization, isRefused) =>
  scopesOf(organization)
    .filter(({ own, holds }) => own.executionMode === "agent" && holds.agentPoolId === undefined)
    .filter(({ path }) => ![["agentPoolId"], [...path, "agentPoolId"]].some(isRefused))
    .map(({ path }) =>
      fault([...path, "executionMode"], "needs agents to run on", "agent", 'add agentPoolId, or write "remote"'),
    );

const poolsAreUsed: OrganizationRule = (organization, isRefused) => {
  const scopes = scopesOf(organization);
  // What holds for all may be meant for one environment.
  const usesAgents = ({ path, holds }: Scope): boolean =>
    (path.length === 0 ? scopes : [{ holds }]).some(({ holds: { executionMode } }) => executionMode === "agent");
  return scopes
    .filter((scope) => scope.own.agentPoolId !== undefined && !usesAgents(scope))
    .filter(({ path }) => !isRefused([...path, "executionMode"]))
    .map(({ path, own }) =>
      fault(
        [...path, "agentPoolId"],
        "is of no use where Terraform runs on no agents",
        own.agentPoolId,
        'write executionMode: "agent", or leave it out',
      ),
    );
};

/** HCP Terraform documentation, "Health": assessments are for the execution modes remote and agent. */
const assessmentsAreRuns: OrganizationRule = (organization) =>
  scopesOf(organization)
    .filter(({ own, holds }) => holds.executionMode === "local" && holds.assessments && Object.keys(own).length > 0)
    .filter(({ own }) => own.assessments !== undefined || own.executionMode !== undefined)
    .map(({ path, own }) =>
      fault(
        [...path, own.assessments === undefined ? "executionMode" : "assessments"],
        "leaves nobody to look for drift: HCP Terraform runs nothing there",
        own.assessments ?? own.executionMode,
        'write executionMode: "remote", or assessments: false',
      ),
    );

/** HCP Terraform documentation, "Workspace Settings": version control is for workspaces that HCP Terraform runs. */
const commitsAreRun: OrganizationRule = (organization) =>
  organization.vcs === undefined
    ? []
    : scopesOf(organization)
        .filter(({ own }) => own.executionMode === "local")
        .map(({ path }) =>
          fault(
            [...path, "executionMode"],
            "leaves nobody to run what is committed",
            "local",
            'write "remote", or take vcs out',
          ),
        );

const oneConnection: OrganizationRule = ({ vcs }, isRefused) => {
  const ways = ["oauthTokenId", "githubAppInstallationId"] as const;
  if (vcs === undefined || ways.some((way) => isRefused(["vcs", way]))) return [];
  const named = ways.filter((way) => vcs[way] !== undefined);
  if (named.length === 1) return [];
  return [
    {
      ...fault(
        ["vcs"],
        named.length === 0 ? "does not say how to reach the repository" : "says twice how to reach the repository",
        undefined,
        "write oauthTokenId or githubAppInstallationId, one of the two",
      ),
      isOfKey: true,
    },
  ];
};

const branchesAreOfRepository: OrganizationRule = ({ vcs, environments = {} }, isRefused) =>
  vcs !== undefined || isRefused(["vcs"])
    ? []
    : Object.entries(environments)
        .filter(([, runs]) => runs?.branch !== undefined)
        .map(([name, runs]) =>
          fault(["environments", name, "branch"], "is of no repository", runs?.branch, "add vcs, or leave it out"),
        );

const triggersAreRuns: OrganizationRule = ({ runTriggers, executionMode, environments = {} }) =>
  runTriggers === true && executionMode === "local" && !Object.values(environments).some((runs) => runs?.executionMode)
    ? [fault(["runTriggers"], "starts nothing where HCP Terraform runs nothing", true, "leave it out")]
    : [];

const projectsStandOnce: OrganizationRule = ({ existingProjects }) => twice(["existingProjects"], existingProjects);

/** HCP Terraform documentation, "Create workspaces": the length of a name. */
const ownWorkspaceHasName: OrganizationRule = ({ organization, state }) => {
  if (organization === undefined || state?.kind !== "hcp") return [];
  const name = workspaceName(stackId(WORKSPACES, organization));
  if (name.length <= WORKSPACE_NAME_LENGTH) return [];
  return [
    fault(
      ["organization"],
      `makes a name of a workspace of ${name.length} characters, and HCP Terraform takes ${WORKSPACE_NAME_LENGTH}`,
      organization,
      "keep the state of this stack elsewhere",
    ),
  ];
};

const keyOfState: OrganizationRule = ({ state }, isRefused) => stateKeyInRegion({ state }, isRefused);

/** Every rule across the fields of an organization's file. */
export const organizationRules: readonly OrganizationRule[] = [
  agentsHavePool,
  poolsAreUsed,
  assessmentsAreRuns,
  commitsAreRun,
  oneConnection,
  branchesAreOfRepository,
  triggersAreRuns,
  projectsStandOnce,
  ownWorkspaceHasName,
  keyOfState,
];
