import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import { ENVIRONMENT_NAME } from "../names";
import type { Environment } from "./environment";
import { hideSecrets } from "./forbidden-values";
import { checkTogether } from "./together";
import { duplicateKeys } from "./duplicate-keys";
import { describe } from "./values";
import { EnvironmentError } from "./violation";

const EXAMPLE = "example";

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

/** Thrown when environments cannot be used; the message lists every fault of every file. */
export class LoadError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`${faults.join("\n\n")}\n\nNothing was synthesized, and nothing was changed.`);
    this.name = "LoadError";
  }
}

/**
 * Loads environment files in the order of their names.
 *
 * @throws LoadError with the faults of all files together: a file that throws or exports no environment, an unknown name, a
 * name used twice, and what only shows when environments are seen together
 */
export function loadEnvironments({ directory, select = [] }: LoadOptions): readonly Environment[] {
  const names = chooseNames(
    directory,
    select.map((name) => name.trim()).filter((name) => name !== ""),
  );
  const faults: string[] = [];
  const loaded = names.flatMap((name) => {
    const file = `${basename(directory)}/${name}.ts`;
    const path = join(directory, `${name}.ts`);
    faults.push(...duplicateKeys(path, file));
    try {
      return [{ file, name, environment: loadFile(path, file) }];
    } catch (error) {
      faults.push(explain(error, file));
      return [];
    }
  });
  const environments = loaded.map(({ environment }) => environment);
  const { misnamed, twice } = namingFaults(loaded);
  // Two files of one name are most often one file and its copy: what they share says nothing more.
  const together = twice.length > 0 ? [] : checkTogether(environments);
  faults.push(...misnamed, ...twice, ...together);
  if (faults.length > 0) throw new LoadError(faults);
  return environments;
}

function chooseNames(directory: string, select: readonly string[]): readonly string[] {
  const folder = basename(directory);
  const available = existsSync(directory)
    ? readdirSync(directory)
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
        .map((file) => file.slice(0, -".ts".length))
        .sort()
    : [];
  if (available.length === 0) {
    throw new LoadError([
      `${folder}/ holds no environment; copy the project's ${folder}/${EXAMPLE}.ts back, or write one`,
    ]);
  }
  const unknown = select.filter((name) => !available.includes(name));
  if (unknown.length > 0) {
    throw new LoadError(unknown.map((name) => `there is no ${folder}/${name}.ts; choose from ${available.join(", ")}`));
  }
  if (select.length > 0) return available.filter((name) => select.includes(name));
  const own = available.filter((name) => name !== EXAMPLE);
  return own.length > 0 ? own : available;
}

function loadFile(path: string, file: string): Environment {
  const load = createRequire(path);
  const module: unknown = load(path);
  const exported = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (!isEnvironment(exported)) {
    const got = describe(exported) ?? "nothing";
    throw new LoadError([
      `${file}: has no environment as its default export (got ${got}); write export default defineEnvironment({ … }), ` +
        "or move a file of another purpose into a folder",
    ]);
  }
  return exported;
}

/** Only `defineEnvironment` makes frozen objects with a name and a state; what else a file may export is no environment. */
function isEnvironment(value: unknown): value is Environment {
  return typeof value === "object" && value !== null && Object.isFrozen(value) && "name" in value && "state" in value;
}

function explain(error: unknown, file: string): string {
  if (error instanceof EnvironmentError) return `${file}: ${error.message}`;
  if (error instanceof LoadError) return error.faults.join("\n");
  return `${file}: could not be loaded: ${hideSecrets(error instanceof Error ? whatAndWhere(error, file) : String(error))}`;
}

/** The error's message without Node's own trace, and the line of the environment file that led there. */
function whatAndWhere({ message, stack = "" }: Error, file: string): string {
  const [what = message] = message.split("\nRequire stack:");
  const line = new RegExp(`[/\\\\]${basename(file)}:(\\d+)`).exec(stack)?.[1];
  return line === undefined ? what : `${what} (line ${line})`;
}

interface Loaded {
  readonly file: string;
  readonly name: string;
  readonly environment: Environment;
}

/** Environments that are not called what their files are, alone or because another file has that name too. */
function namingFaults(loaded: readonly Loaded[]): { misnamed: string[]; twice: string[] } {
  const filesByName = new Map<string, string[]>();
  for (const { file, environment } of loaded) {
    filesByName.set(environment.name, [...(filesByName.get(environment.name) ?? []), file]);
  }
  const twice = [...filesByName]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => `${files.join(" and ")} define the environment "${name}"; name each after its file`);
  const misnamed = loaded
    .filter(({ name, environment }) => environment.name !== name && filesByName.get(environment.name)?.length === 1)
    .map(({ file, name, environment }) => {
      const remedy = ENVIRONMENT_NAME.test(name)
        ? `write name: "${name}", or rename the file to ${environment.name}.ts`
        : `rename the file to ${environment.name}.ts`;
      return `${file}: defines the environment "${environment.name}"; ${remedy}`;
    });
  return { misnamed, twice };
}

/** Reads a list of names as a person writes it into a variable: `dev, prod`. */
export function parseSelection(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
