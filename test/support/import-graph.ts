import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";

const REPOSITORY = resolve(__dirname, "../..");
const NOT_SOURCE = new Set(["node_modules", "cdktf.out", "coverage", "docs", "state"]);

/** The part of dependency-cruiser's report that is used here. */
const REPORT = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What the rules of `.dependency-cruiser.cjs` say about a tree. */
export interface ImportGraph {
  /** TypeScript files of the tree, relative to it. */
  readonly sources: readonly string[];
  /** `rule: importing file -> imported module`, sorted. */
  readonly violations: readonly string[];
}

/** Reads the imports of every TypeScript file under `root` and holds them against the project's rules. */
export async function importGraph(root = REPOSITORY): Promise<ImportGraph> {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? !NOT_SOURCE.has(entry.name) : entry.name.endsWith(".ts")))
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith("."));
  const { modules, summary } = REPORT.parse(JSON.parse(await cruise(root, folders)));
  return {
    sources: modules
      .map(({ source }) => source)
      .filter((source) => source.endsWith(".ts") && !source.startsWith("node_modules/"))
      .sort(),
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort(),
  };
}

/** dependency-cruiser is an ES module, which jest's CommonJS cannot import: it runs as the program it also is. */
function cruise(root: string, folders: readonly string[]): Promise<string> {
  const program = join(REPOSITORY, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const config = join(REPOSITORY, ".dependency-cruiser.cjs");
  return new Promise((fulfil, reject) => {
    execFile(
      process.execPath,
      [program, "--config", config, "--output-type", "json", ...folders],
      { cwd: root, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) {
          fulfil(stdout);
        } else {
          reject(new Error(`dependency-cruiser failed in ${root}: ${stderr}`, { cause: error }));
        }
      },
    );
  });
}
