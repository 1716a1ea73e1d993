import { basename } from "node:path";

import { stackId, WORKSPACES } from "../names";
import type { Environment } from "./environment";
import { EXAMPLE, type FileKind, filesIn, type LoadedFile, LoadError, readFiles, wanted } from "./files";
import { type LoadOptions, ownEnvironments, readEnvironments } from "./load";
import type { Organization } from "./organization/organization";
import { checkOrganizations } from "./organization/together";

/** Which environments and organizations to load, and from where. */
export interface LoadSetOptions {
  readonly environments: LoadOptions;
  /** Folder of the organizations' files, which need not be there; and of which to load: all but `example` by default. */
  readonly organizations: LoadOptions;
}

/** All that is synthesized together. */
export interface LoadedSet {
  readonly environments: readonly Environment[];
  readonly organizations: readonly Organization[];
  /** What is worth telling a person, and no fault. */
  readonly notes: readonly string[];
}

/**
 * Loads environments, and the organizations of HCP Terraform that hold their workspaces.
 *
 * The stack of an organization makes the workspaces of all its environments, and would destroy those of one that it does not see. So it is
 * left out, and a note says so, where not every environment is loaded.
 *
 * @throws LoadError with the faults of all files together
 */
export function loadSet({ environments: forEnvironments, organizations: forOrganizations }: LoadSetOptions): LoadedSet {
  const { environments, faults } = readEnvironments(forEnvironments);
  const folder = forOrganizations.directory;
  const select = wanted(forOrganizations.select ?? []);
  const available = filesIn(folder);
  const unknown = select
    .filter((name) => !available.includes(name))
    .map((name) => `there is no ${basename(folder)}/${name}.ts; choose from ${available.join(", ") || "none"}`);
  const names = available.filter((name) => (select.length > 0 ? select.includes(name) : name !== EXAMPLE));
  const { loaded, faults: ofFiles } = readFiles(folder, names, ORGANIZATIONS);

  // An environment that could not be read has its own fault, and is no choice of anybody's.
  const missing = faults.length > 0 ? [] : missingEnvironments(forEnvironments, environments);
  const knowsAll = faults.length === 0 && missing.length === 0;
  const described = loaded.map(({ file, value }) => ({ file, organization: value }));
  const together = knowsAll ? checkOrganizations(described, environments) : [];
  const refused = select.length > 0 && missing.length > 0 ? loaded.map(({ file }) => needsAll(file, missing)) : [];
  const all = [...faults, ...unknown, ...ofFiles, ...misnamed(loaded), ...together, ...refused];
  if (all.length > 0) throw new LoadError(all);

  return {
    environments,
    organizations: knowsAll ? loaded.map(({ value }) => value) : [],
    notes: knowsAll ? [] : loaded.map(({ value }) => leftOut(value, missing)),
  };
}

/** Environments of one's own that a selection leaves out. */
function missingEnvironments({ directory }: LoadOptions, environments: readonly Environment[]): readonly string[] {
  const loaded = environments.map(({ name }) => name);
  return ownEnvironments(directory).filter((name) => !loaded.includes(name));
}

function needsAll(file: string, missing: readonly string[]): string {
  return `${file}: its stack makes the workspaces of every environment, and ${missing.join(", ")} is not selected; select all, or none by name`;
}

function leftOut({ organization }: Organization, missing: readonly string[]): string {
  return (
    `${stackId(WORKSPACES, organization)} is left out: it makes the workspaces of every environment, and would destroy those of ` +
    `${missing.join(", ")}, which is not selected.`
  );
}

/** Only `defineOrganization` makes frozen objects of this shape. */
const ORGANIZATIONS: FileKind<Organization> = {
  noun: "organization",
  define: "defineOrganization",
  is: (value): value is Organization =>
    typeof value === "object" &&
    value !== null &&
    Object.isFrozen(value) &&
    "organization" in value &&
    "teams" in value,
};

/** The stack has its organization's name, and so has its file: two cannot meet. */
function misnamed(loaded: readonly LoadedFile<Organization>[]): string[] {
  return loaded
    .filter(({ name, value }) => value.organization !== name)
    .map(
      ({ file, name, value: { organization } }) =>
        `${file}: describes the organization "${organization}"; write organization: "${name}", or rename the file to ${organization}.ts`,
    );
}
