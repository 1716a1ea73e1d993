#!/usr/bin/env node
// Runs the project's scripts: installs what is missing, runs the steps, and says what to do when one fails. It stands on
// Node alone, because it also runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const node = (...args) => [process.execPath, ...args];
// By file, not through node_modules/.bin: what lies there is no JavaScript on every system.
const tool = (file, ...args) => node(join(root, "node_modules", file), ...args);
// CDKTF uses util.isArray, of whose end newer Node versions warn.
const script = (file) => node("--disable-warning=DEP0044", "--import", "tsx", join(root, file));

const LINT = {
  command: tool("eslint/bin/eslint.js", "--max-warnings=0", "."),
  hint: "Correct what it names; `npx eslint --fix .` mends a part of it.",
};
const FORMAT = { command: tool("prettier/bin/prettier.cjs", "--check", "."), hint: "Run `npm run format`." };
const TYPES = {
  command: tool("typescript/bin/tsc", "--noEmit"),
  hint: "The compiler names file and line. Fix the types; do not cast them away.",
};
const BOUNDARIES = {
  command: tool("dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.cjs", "."),
  hint: "A file imports what its folder may not; CONTRIBUTING.md has the table.",
};
const TEST = {
  // Every test file loads modules of its own, which soon die: in a larger young generation most are dead before they are copied.
  command: node("--max-semi-space-size=64", join(root, "node_modules", "jest/bin/jest.js")),
  suffix: ["--selectProjects", "unit"],
  hint: "Run one file with `npm test -- path/to/file`, one test with `npm test -- -t 'its name'`.",
};

/** Each script's steps, in order. All of them run, so that one fault does not hide another. */
const SCRIPTS = {
  start: [
    {
      command: script("cli/start.ts"),
      hint: "The message says what to correct: the environment file, or the stack that breaks a rule.",
    },
  ],
  synth: [
    {
      command: script("main.ts"),
      hint: "The message says what to correct: the environment file, or the stack that breaks a rule.",
    },
  ],
  crossplane: [
    { command: script("cli/crossplane.ts"), hint: "docs/crossplane.md says what the command takes and makes." },
  ],
  test: [TEST],
  "test:system": [
    {
      command: tool("jest/bin/jest.js", "--runInBand"),
      suffix: ["--selectProjects", "system"],
      hint: "CONTRIBUTING.md says which tools these tests need and how they are installed.",
    },
  ],
  "test:drill": [
    {
      command: tool("jest/bin/jest.js", "--runInBand"),
      suffix: ["--selectProjects", "drill"],
      hint: "CONTRIBUTING.md says which tools these tests need and how they are installed.",
    },
  ],
  lint: [LINT, FORMAT],
  format: [
    {
      command: tool("prettier/bin/prettier.cjs", "--write", "."),
      hint: "A file cannot be parsed; the message names it.",
    },
  ],
  typecheck: [TYPES],
  bench: [
    { command: script("bench/synth.ts"), hint: "See bench/synth.ts." },
    { command: script("bench/addresses.ts"), hint: "See bench/addresses.ts." },
    ...["planning", "fill", "updates", "peers", "cold-start"].map((name) => ({
      command: script(`bench/allowlist/${name}.ts`),
      hint: `See bench/allowlist/${name}.ts.`,
    })),
    { command: script("bench/lattice/lambda-proxy.ts"), hint: "See bench/lattice/lambda-proxy.ts." },
    { command: script("bench/egress-policy/compile.ts"), hint: "See bench/egress-policy/compile.ts; it takes root." },
    { command: script("bench/inspection/appliance.ts"), hint: "See bench/inspection/appliance.ts; it takes root." },
    { command: script("bench/inspection/policy.ts"), hint: "See bench/inspection/policy.ts; it takes root." },
    { command: script("bench/lattice/proxy.ts"), hint: "See bench/lattice/proxy.ts; it takes root." },
  ],
  soak: [
    {
      command: script("test/lambda/allowlist-sync/hostile/soak.ts"),
      hint: "The invariant that broke, its seed and the last events stand above; `npm run soak -- <events> <seed>` replays.",
    },
  ],
  check: [LINT, FORMAT, TYPES, BOUNDARIES, TEST],
  "accept:ids": [
    {
      command: tool("jest/bin/jest.js", "test/stacks/logical-ids.test.ts"),
      suffix: ["--selectProjects", "unit"],
      env: { RINGFENCE_ACCEPT_IDS: "1" },
      hint: "Read the failure: the addresses were not accepted.",
    },
  ],
};

/** Whether node_modules holds what the lock file asks for. Optional packages of other platforms may be absent. */
function isInstalled() {
  const installedFile = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installedFile)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(join(root, "package-lock.json"))).every(
    ([path, { version, optional }]) =>
      path === "" || (installed[path] ? installed[path].version === version : optional === true),
  );
}

function run(command, { env = {}, stdout = "inherit" } = {}) {
  const [program, ...args] = command;
  const stdio = ["inherit", stdout, "inherit"];
  const { status, error } = spawnSync(program, args, { cwd: root, stdio, env: { ...process.env, ...env } });
  if (error) console.error(error.message);
  return status ?? 1;
}

function fail(status, ...lines) {
  console.error(["", ...lines].join("\n"));
  process.exit(status);
}

const [name, ...args] = process.argv.slice(2);
const steps = SCRIPTS[name];
if (!steps) fail(2, `There is no script '${name}'; the scripts are ${Object.keys(SCRIPTS).join(", ")}.`);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(2, `Ringfence needs Node.js 20.19 or newer, and this is ${process.versions.node}.`);
}

if (!isInstalled()) {
  console.error("Installing what package-lock.json names (once; about half a minute) …");
  const npm = process.env.npm_execpath ? node(process.env.npm_execpath) : ["npm"];
  // What a script prints may be piped into another program: the installer's words do not belong there.
  const status = run([...npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], { stdout: process.stderr });
  if (status !== 0)
    fail(status, "The packages could not be installed: see above, and check that the npm registry can be reached.");
}

const failed = [];
for (const [index, { command, suffix = [], env, hint }] of steps.entries()) {
  // What the user adds goes to the last step, and in front of jest's project, whose option would swallow it.
  const status = run([...command, ...(index === steps.length - 1 ? args : []), ...suffix], { env });
  if (status !== 0) failed.push(hint);
}
if (failed.length > 0) fail(1, `npm run ${name} found faults, see above.`, ...failed);
