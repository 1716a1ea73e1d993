import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

import { build, type Plugin } from "esbuild";

const SOURCES = resolve(__dirname, "../../../lambda/lattice-proxy");

/** A change to one file of the function. */
export interface Change {
  /** Of `lambda/lattice-proxy`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Bundles the function into a file, with some changes or none. */
export async function bundle(outfile: string, changes: readonly Change[] = []): Promise<string> {
  const changed = new Set<string>();
  await build({
    entryPoints: [join(SOURCES, "handler.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "silent",
    plugins: changes.length === 0 ? [] : [withChanges(changes, changed)],
  });
  const missed = changes.find(({ file }) => !changed.has(file));
  if (missed !== undefined) throw new Error(`${missed.file} is no file of the function`);
  return outfile;
}

/** @throws Error when the text to replace is not in its file exactly once: the change has to follow the sources */
export function change(source: string, { file, find, replace }: Change): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file} must hold exactly once: ${find}`);
  }
  return before + replace + after;
}

function withChanges(changes: readonly Change[], changed: Set<string>): Plugin {
  return {
    name: "changes",
    setup(bundling) {
      bundling.onLoad({ filter: /lattice-proxy.*\.ts$/ }, ({ path }) => {
        const file = relative(SOURCES, path);
        const own = changes.filter((one) => one.file === file);
        if (own.length === 0) return undefined;
        changed.add(file);
        return { contents: own.reduce(change, readFileSync(path, "utf8")), loader: "ts" };
      });
    },
  };
}
