import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawnSync } from "node:child_process";

import example from "../../environments/example";
import built from "../environments/built";
import clouds from "../environments/clouds";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import wide from "../environments/wide";
import { withFolder } from "../support/folder";
import { synthesizeInto } from "../support/stacks";

/* Unit tests run with a CDKTF that does less (`test/support/quick-cdktf.ts`). What it makes must be what the real one makes. */

jest.setTimeout(180_000);

const ROOT = resolve(__dirname, "../..");

/** All that was synthesized, by file; a folder's own name may stand in it. */
function written(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(join(folder, "stacks"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("cdk.tf.json"),
  );
  return Object.fromEntries(
    files.sort().map((file) => [file, readFileSync(join(folder, "stacks", file), "utf8").replaceAll(folder, "")]),
  );
}

const SETS = { example, built, clouds, inspected, latticed, wide };

test.each(Object.entries(SETS))("%s is the same as by the real one", (name, environment) => {
  const folder = name === "example" ? "environments" : "test/environments";
  withFolder((quick) => {
    synthesizeInto(quick, [environment]);
    withFolder((real) => {
      const program = ["--import", "tsx", "test/support/synthesize.ts", `${folder}/${name}.ts`, real];
      const { status, stderr } = spawnSync(process.execPath, program, { cwd: ROOT, encoding: "utf8" });
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      expect(Object.keys(written(quick)).length).toBeGreaterThan(0);
      expect(written(quick)).toEqual(written(real));
    });
  });
});
