import { basename } from "node:path";

import { ENVIRONMENT_NAME } from "../names";
import type { Environment } from "./environment";
import { EXAMPLE, type FileKind, filesIn, type LoadedFile, LoadError, readFiles, wanted } from "./files";
import { checkWorkspaces } from "./organization/together";
import { checkTogether } from "./together";

/** Which environments to load, and from where. */
export interface LoadOptions {
  /** Folder of the environment files; each `*.ts` in it has one environment as its default export. */
  readonly directory: string;
  /**
   * Names of the environments wanted, which are the names of their files. Empty entries are ignored.
   *
   * @default - all but `example`, which is loaded when it is alone
   */
  readonly select?: readonly string[];
}

/**
 * Loads environment files in the order of their names.
 *
 * @throws LoadError with the faults of all files together: a file that throws or exports no environment, an unknown name, a
 * name used twice, and what only shows when environments are seen together
 */
export function loadEnvironments(options: LoadOptions): readonly Environment[] {
  const { environments, faults } = readEnvironments(options);
  if (faults.length > 0) throw new LoadError(faults);
  return environments;
}

/** Environments, as far as they could be read, and the faults of their files. */
export interface ReadEnvironments {
  readonly environments: readonly Environment[];
  readonly faults: readonly string[];
}

/** As {@link loadEnvironments}, for whoever has faults of others to tell besides. */
export function readEnvironments({ directory, select = [] }: LoadOptions): ReadEnvironments {
  const chosen = chooseNames(directory, wanted(select));
  if (!Array.isArray(chosen)) return { environments: [], faults: chosen.faults };
  const { loaded, faults } = readFiles(directory, chosen, ENVIRONMENTS);
  const environments = loaded.map(({ value }) => value);
  const { misnamed, twice } = namingFaults(loaded);
  // Two files of one name are most often one file and its copy: what they share says nothing more.
  const together = twice.length > 0 ? [] : [...checkTogether(environments), ...checkWorkspaces(environments)];
  return { environments, faults: [...faults, ...misnamed, ...twice, ...together] };
}

/** The names of an environment's files that are loaded where nothing is selected. */
export function ownEnvironments(directory: string): readonly string[] {
  const available = filesIn(directory);
  const own = available.filter((name) => name !== EXAMPLE);
  return own.length > 0 ? own : available;
}

function chooseNames(directory: string, select: readonly string[]): string[] | { readonly faults: readonly string[] } {
  const folder = basename(directory);
  const available = filesIn(directory);
  if (available.length === 0) {
    return {
      faults: [`${folder}/ holds no environment; copy the project's ${folder}/${EXAMPLE}.ts back, or write one`],
    };
  }
  const unknown = select.filter((name) => !available.includes(name));
  if (unknown.length > 0) {
    return {
      faults: unknown.map((name) => `there is no ${folder}/${name}.ts; choose from ${available.join(", ")}`),
    };
  }
  return select.length > 0 ? available.filter((name) => select.includes(name)) : [...ownEnvironments(directory)];
}

/** Only `defineEnvironment` makes frozen objects with a name and a state; what else a file may export is no environment. */
const ENVIRONMENTS: FileKind<Environment> = {
  noun: "environment",
  define: "defineEnvironment",
  is: (value): value is Environment =>
    typeof value === "object" && value !== null && Object.isFrozen(value) && "name" in value && "state" in value,
};

/** Environments that are not called what their files are, alone or because another file has that name too. */
function namingFaults(loaded: readonly LoadedFile<Environment>[]): { misnamed: string[]; twice: string[] } {
  const filesByName = new Map<string, string[]>();
  for (const { file, value: environment } of loaded) {
    filesByName.set(environment.name, [...(filesByName.get(environment.name) ?? []), file]);
  }
  const twice = [...filesByName]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${files.join(" and ")} define the environment "${name}"; name each after its file`);
  const misnamed = loaded
    .filter(
      ({ name, value: environment }) => environment.name !== name && filesByName.get(environment.name)?.length === 1,
    )
    .map(({ file, name, value: environment }) => {
      const remedy = ENVIRONMENT_NAME.test(name)
        ? `write name: "${name}", or rename the file to ${environment.name}.ts`
        : `rename the file to ${environment.name}.ts`;
      return `${file}: defines the environment "${environment.name}"; ${remedy}`;
    });
  return { misnamed, twice };
}
