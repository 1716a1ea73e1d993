import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import { duplicateKeys } from "./duplicate-keys";
import { hideSecrets } from "./forbidden-values";
import { describe } from "./values";
import { EnvironmentError } from "./violation";

/** The file that shows every field, and describes nothing that exists. */
export const EXAMPLE = "example";

/** Thrown when files cannot be used; the message lists every fault of every file. */
export class LoadError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`${faults.join("\n\n")}\n\nNothing was synthesized, and nothing was changed.`);
    this.name = "LoadError";
  }
}

/** A kind of file of the user's, one description in each. */
export interface FileKind<Value> {
  /** What a file describes: `environment`. */
  readonly noun: string;
  /** The function that makes one. */
  readonly define: string;
  /** Whether a default export is one that this function has made. */
  readonly is: (value: unknown) => value is Value;
}

/** A file that was read. */
export interface LoadedFile<Value> {
  /** The file by the name by which messages call it: `environments/prod.ts`. */
  readonly file: string;
  /** That name without folder and ending. */
  readonly name: string;
  readonly value: Value;
}

/** The names of the files in a folder, in their order; none where there is no folder. */
export function filesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/** Names that somebody wants, without what is none. */
export const wanted = (select: readonly string[]): readonly string[] =>
  select.map((name) => name.trim()).filter((name) => name !== "");

/** Reads a list of names as a person writes it into a variable: `dev, prod`. */
export const parseSelection = (text: string | undefined): readonly string[] => wanted((text ?? "").split(","));

/** Reads files of one kind, and tells the faults of all of them. */
export function readFiles<Value>(
  directory: string,
  names: readonly string[],
  kind: FileKind<Value>,
): { readonly loaded: readonly LoadedFile<Value>[]; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const loaded = names.flatMap((name) => {
    const file = `${basename(directory)}/${name}.ts`;
    const path = join(directory, `${name}.ts`);
    faults.push(...duplicateKeys(path, file));
    try {
      return [{ file, name, value: readFile(path, file, kind) }];
    } catch (error) {
      faults.push(explain(error, file));
      return [];
    }
  });
  return { loaded, faults };
}

function readFile<Value>(path: string, file: string, { noun, define, is }: FileKind<Value>): Value {
  const load = createRequire(path);
  const module: unknown = load(path);
  const exported = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (!is(exported)) {
    const got = describe(exported) ?? "nothing";
    throw new LoadError([
      `${file}: has no ${noun} as its default export (got ${got}); write export default ${define}({ … }), ` +
        "or move a file of another purpose into a folder",
    ]);
  }
  return exported;
}

function explain(error: unknown, file: string): string {
  if (error instanceof EnvironmentError) return `${file}: ${error.message}`;
  if (error instanceof LoadError) return error.faults.join("\n");
  return `${file}: could not be loaded: ${hideSecrets(error instanceof Error ? whatAndWhere(error, file) : String(error))}`;
}

/** The error's message without Node's own trace, and the line of the file that led there. */
function whatAndWhere({ message, stack = "" }: Error, file: string): string {
  const [what = message] = message.split("\nRequire stack:");
  const line = new RegExp(`[/\\\\]${basename(file)}:(\\d+)`).exec(stack)?.[1];
  return line === undefined ? what : `${what} (line ${line})`;
}
