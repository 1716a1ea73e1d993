import { WORKSPACE_NAME, WORKSPACE_NAME_LENGTH, workspaceName } from "../../names";
import { whoMayEmpty } from "../bootstrap-facts";
import type { Environment } from "../environment";
import { stackIdsInState } from "../stack-ids";
import { type Organization, organizationKey } from "./organization";

/** The environments that keep their states in an organization. */
export function environmentsOf(
  organization: Pick<Organization, "hostname" | "organization">,
  environments: readonly Environment[],
): readonly Environment[] {
  return environments.filter(
    ({ state }) => state.kind === "hcp" && organizationKey(state) === organizationKey(organization),
  );
}

/** An organization, and the file that describes it. */
export interface OrganizationFile {
  readonly file: string;
  readonly organization: Organization;
}

/**
 * What shows only when organizations and all of their environments are seen together, as messages ready to print.
 *
 * @param environments all that there are
 */
export function checkOrganizations(
  organizations: readonly OrganizationFile[],
  environments: readonly Environment[],
): string[] {
  return organizations.flatMap(({ file, organization }) => {
    const own = environmentsOf(organization, environments);
    return [
      ...(own.length === 0
        ? [withoutEnvironments(file, organization)]
        : [...strangers(file, organization, own), ...unusedProjects(file, organization, own)]),
      ...stateInReach(file, organization, environments),
    ];
  });
}

/** Most often a name that was mistyped in one of two files. */
function withoutEnvironments(file: string, organization: Organization): string {
  return (
    `${file}: no environment keeps its states in ${organizationKey(organization)}; ` +
    `write state: { kind: "hcp", organization: "${organization.organization}", … } in one, or take the file out`
  );
}

function strangers(file: string, organization: Organization, own: readonly Environment[]): string[] {
  const names = own.map(({ name }) => name);
  return Object.keys(organization.environments)
    .filter((name) => !names.includes(name))
    .map(
      (name) =>
        `${file}: environments.${name}: is no environment that keeps its states here; choose from ${names.join(", ")}`,
    );
}

function unusedProjects(file: string, organization: Organization, own: readonly Environment[]): string[] {
  const used = own.flatMap(({ state }) => (state.kind === "hcp" ? [state.project] : []));
  return organization.existingProjects
    .filter((project) => !used.includes(project))
    .map(
      (project) =>
        `${file}: existingProjects: ${JSON.stringify(project)} is the project of no environment; take it out, or correct ` +
        "state.project",
    );
}

/** Who may delete the organization's own state is who may lose all of its workspaces. */
function stateInReach(file: string, { state }: Organization, environments: readonly Environment[]): string[] {
  if (state.kind !== "s3") return [];
  return whoMayEmpty(state.bucket, environments).map(
    ({ name }) =>
      `${file}: state.bucket: ${state.bucket} is one that runs of ${name} could empty and delete, since it begins like the names of what ` +
      "they make; choose a name that begins otherwise",
  );
}

/**
 * What HCP Terraform would refuse of the workspaces' names, as messages ready to print. A name is one organization's, whichever project
 * the workspace is in.
 */
export function checkWorkspaces(environments: readonly Environment[]): string[] {
  return workspaceFaults(
    environments.flatMap((environment) => {
      const { name: owner, state } = environment;
      if (state.kind !== "hcp") return [];
      const place = organizationKey(state);
      return stackIdsInState(environment).map((id) => ({ place, owner, name: workspaceName(id) }));
    }),
  );
}

/** A workspace that a stack will ask for. */
export interface WantedWorkspace {
  /** The organization that it is in, with its host. */
  readonly place: string;
  /** The environment that asks for it. */
  readonly owner: string;
  readonly name: string;
}

/** Names that HCP Terraform does not take, and names that stand twice: it may not tell two apart that differ in case only. */
export function workspaceFaults(workspaces: readonly WantedWorkspace[]): string[] {
  const refused = workspaces
    .filter(({ name }) => !WORKSPACE_NAME.test(name))
    .map(
      ({ owner, name }) =>
        `state: ${owner} would have a workspace ${JSON.stringify(name)} (${name.length} characters), and HCP Terraform takes ` +
        `letters, digits, - and _, ${WORKSPACE_NAME_LENGTH} at most; give what it is named after a shorter or plainer name`,
    );
  const byName = new Map<string, WantedWorkspace[]>();
  for (const workspace of workspaces) {
    const key = `${workspace.place}/${workspace.name}`.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), workspace]);
  }
  const twice = [...byName.values()]
    .filter((group) => group.length > 1)
    .map((group) => {
      const owners = [...new Set(group.map(({ owner }) => owner))].join(" and ");
      const names = [...new Set(group.map(({ name }) => name))].join(" and ");
      return `state: ${owners} would have ${group.length} stacks in one workspace, ${names} of ${group[0]?.place ?? ""}; rename one of them`;
    });
  return [...refused, ...twice];
}
