import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { parse } from "yaml";

import { agentScript } from "../../lib/azure/aks/agent-by-run-command";

const REPOSITORY = resolve(__dirname, "../..");

/** Everything that git knows and that a shell runs. */
function shellScripts(): readonly string[] {
  const { stdout, status } = spawnSync("git", ["ls-files", "-z"], { cwd: REPOSITORY, encoding: "utf8" });
  if (status !== 0) throw new Error("git lists no files");
  return stdout.split("\0").filter((name) => name !== "" && /^#!.*\b(ba|da)?sh\n/.test(beginning(name)));
}

function beginning(name: string): string {
  try {
    return readFileSync(resolve(REPOSITORY, name), "utf8").slice(0, 100);
  } catch (error) {
    // Deleted, and not committed yet.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** What shellcheck has to say. @throws Error when there is no shellcheck: a suite that cannot run must not look like one that passed */
function shellcheck(args: readonly string[], input?: string): string {
  const { error, stdout, stderr } = spawnSync(
    "shellcheck",
    // Texts in single quotes are for other shells, on purpose.
    ["--format=gcc", "--external-sources", "--source-path=SCRIPTDIR", "--exclude=SC2016", ...args],
    { cwd: REPOSITORY, encoding: "utf8", input },
  );
  if (error !== undefined) {
    throw new Error(`SHELL SCRIPTS CANNOT BE CHECKED (${error.message}): bash .ci/install-tools shell`);
  }
  return stdout + stderr;
}

it("finds nothing in any shell script", () => {
  const scripts = shellScripts();
  expect(scripts).toEqual(
    expect.arrayContaining([
      ".ci/run",
      "lib/aws/wallarm/start.sh",
      "lib/azure/aks/register-agent/apply-agent.sh",
      "lib/azure/aks/register-agent/register-agent.sh",
    ]),
  );
  expect(shellcheck(scripts)).toBe("");
});

it("finds nothing in the deployment script as Azure gets it", () => {
  expect(shellcheck(["-"], agentScript())).toBe("");
});

/** What Image Builder has a machine run, with a word in the place of each parameter. */
const COMPONENTS = ["install", "test"].flatMap((name) => {
  const text = readFileSync(resolve(REPOSITORY, `appliance/image/${name}.yaml`), "utf8");
  const { phases } = parse(text) as {
    readonly phases: readonly {
      readonly steps: readonly { readonly name: string; readonly inputs: { readonly commands?: readonly string[] } }[];
    }[];
  };
  return phases.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.inputs.commands ?? []).map((script) => [step.name, script] as const)),
  );
});

it.each(COMPONENTS)("finds nothing in the image's step %s", (_, script) => {
  expect(shellcheck(["--shell=bash", "-"], script.replaceAll(/\{\{ \w+ \}\}/g, "word"))).toBe("");
});

it("would find something", () => {
  expect(shellcheck(["-"], "#!/bin/sh\nrm -rf $1/*\n")).toMatch(/SC2086/);
});
