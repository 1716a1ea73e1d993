import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import type { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import type { Mutant } from "./mutant";

const SOURCES = resolve(__dirname, "../../../../lambda/allowlist-sync");

/** @throws Error when the text to replace is not in its file exactly once: the mutant has to follow the sources */
export function mutate(source: string, { name, file, find, replace }: Mutant): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`mutant "${name}": ${file} must hold exactly once: ${find}`);
  }
  return before + replace + after;
}

/**
 * Bundles the function with one mutation, or with none, into a file.
 *
 * @returns its handler's maker, which runs on the same SDK as the stand-ins
 */
export async function bundle(folder: string, name: string, mutant?: Mutant): Promise<typeof createHandler> {
  const outfile = join(folder, `${name}.js`);
  await build({
    entryPoints: [join(SOURCES, "create-handler.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    plugins: [sharedPackages, ...(mutant === undefined ? [] : [mutation(mutant)])],
  });
  const loaded: { readonly createHandler: typeof createHandler } = jest.requireActual(outfile);
  return loaded.createHandler;
}

/** Packages stay outside, by their paths: the bundle lies where no search for them would find any. */
const sharedPackages: Plugin = {
  name: "shared-packages",
  setup(bundling) {
    bundling.onResolve({ filter: /^@/ }, ({ path }) => ({ path: require.resolve(path), external: true }));
  },
};

function mutation(mutant: Mutant): Plugin {
  return {
    name: "mutation",
    setup(bundling) {
      bundling.onLoad({ filter: /allowlist-sync.[^/\\]+\.ts$/ }, ({ path }) => {
        if (basename(path) !== mutant.file) return undefined;
        return { contents: mutate(readFileSync(path, "utf8"), mutant), loader: "ts" };
      });
    },
  };
}
