import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const REPOSITORY = resolve(__dirname, "../../..");
const CACHE = join(REPOSITORY, ".cache");
const INSTALLER = ".ci/install-tools";

/** Programs that the suites start, by the name that the installer knows them by. */
const PROGRAMS = { moto: "moto_server", ministack: "ministack", checkov: "checkov" } as const;

export type Tool = keyof typeof PROGRAMS;

/**
 * Path of a program: the one that `.ci/install-tools` made, or the first on PATH.
 *
 * @throws Error with the command that installs it. A suite that cannot run must not look like one that passed.
 */
export function findTool(tool: Tool): string {
  const program = PROGRAMS[tool];
  const folders = [join(CACHE, `venv-${tool}`, "bin"), ...(process.env.PATH ?? "").split(delimiter)];
  const found = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (found === undefined) {
    throw new Error(`${program} is not installed. Install it once with: bash ${INSTALLER} ${tool}`);
  }
  return found;
}

/** Path of the Node.js that Lambda's runtime `nodejs24.x` has, installed from the package registry when it is absent. */
export function findRuntimeNode(): string {
  const node = join(CACHE, "node-24", "node_modules", "node", "bin", "node");
  if (!isExecutable(node)) {
    const { status, stderr } = spawnSync("bash", [INSTALLER, "node"], { cwd: REPOSITORY, encoding: "utf8" });
    if (status !== 0) throw new Error(`Node.js 24 could not be installed by bash ${INSTALLER} node:\n${stderr}`);
  }
  return node;
}

/**
 * Path of AWS's runtime interface client, the program that Lambda starts with a function.
 *
 * @throws Error with the command that builds it
 */
export function findRuntimeClient(): string {
  const folder = join(CACHE, "runtime-client", "node_modules", "aws-lambda-ric");
  // The part that is built last.
  if (!existsSync(join(folder, "rapid-client.node"))) {
    throw new Error(
      `AWS's runtime interface client is not built. Build it once with: bash ${INSTALLER} runtime-client`,
    );
  }
  return join(folder, "index.mjs");
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
