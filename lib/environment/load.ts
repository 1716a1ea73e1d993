import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import type { Environment } from "./environment";
import { checkTogether } from "./together";
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
    try {
      return [{ file, name, environment: loadFile(join(directory, `${name}.ts`), file) }];
    } catch (error) {
      faults.push(explain(error, file));
      return [];
    }
  });
  faults.push(...namingFaults(loaded));
  if (faults.length === 0) faults.push(...checkTogether(loaded.map(({ environment }) => environment)));
  if (faults.length > 0) throw new LoadError(faults);
  return loaded.map(({ environment }) => environment);
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
    throw new LoadError([`${file}: exports no environment; write export default defineEnvironment({ … })`]);
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
  return `${file}: could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
}

interface Loaded {
  readonly file: string;
  readonly name: string;
  readonly environment: Environment;
}

function namingFaults(loaded: readonly Loaded[]): string[] {
  const byName = new Map<string, Loaded[]>();
  for (const entry of loaded)
    byName.set(entry.environment.name, [...(byName.get(entry.environment.name) ?? []), entry]);
  return [...byName].flatMap(([name, entries]) => {
    if (entries.length > 1) {
      return [
        `${entries.map(({ file }) => file).join(" and ")} both define the environment "${name}"; give each its own name`,
      ];
    }
    return entries
      .filter((entry) => entry.name !== name)
      .map(
        ({ file }) =>
          `${file}: defines the environment "${name}"; name the file ${name}.ts, or the environment after the file`,
      );
  });
}

/** Reads a list of names as a person writes it into a variable: `dev, prod`. */
export function parseSelection(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
