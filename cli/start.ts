import { spawnSync } from "node:child_process";
import { join, relative, resolve } from "node:path";

import { readStackSet } from "./stack-set-reader";
import { summarize } from "./summary";

/**
 * `npm start`: synthesizes the environments and says what came of it. The synthesis runs as users and CI run it, in a process
 * of its own.
 */
function main(): number {
  const root = resolve(__dirname, "..");
  const out = resolve(root, process.env.CDKTF_OUTDIR ?? "cdktf.out");
  const began = performance.now();
  const { status } = spawnSync(
    process.execPath,
    ["--disable-warning=DEP0044", "--import", "tsx", join(root, "main.ts")],
    {
      cwd: root,
      stdio: "inherit",
    },
  );
  if (status !== 0) return status ?? 1;
  const seconds = (performance.now() - began) / 1000;
  console.log(
    summarize(readStackSet(out), { folder: relative(root, out) || out, seconds, node: process.versions.node }),
  );
  return 0;
}

process.exitCode = main();
