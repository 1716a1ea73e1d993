import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { agentScript } from "../../../lib/azure/aks/agent-by-run-command";
import { base64 } from "./manifest";

/** What the deployment script and the pod of a run command find around them. Seconds are the script's own: nothing waits for real. */
export interface Surroundings {
  /** The cluster, as Azure describes it. */
  readonly power?: "Running" | "Stopped";
  readonly state?: string;
  readonly runCommandDisabled?: boolean;
  /** What Azure CLI complains of, one after the other; afterwards it works. */
  readonly showFaults?: readonly string[];
  readonly invokeFaults?: readonly string[];
  /** Results that the run command has without having run: `provisioningState|exitCode|reason|logs`, or `nothing`. */
  readonly invokeAnswers?: readonly string[];
  /** What the API server refuses; an empty one stands for a call that works. */
  readonly kubeFaults?: readonly string[];
  /** Seconds from applying the manifest to pods that are ready. @default 20 */
  readonly readyAfter?: number;
  /** Why a pod has no node, as the scheduler says it. */
  readonly unschedulable?: string;
  /** What containers wait for. */
  readonly waiting?: string;
  /** Whether Rancher takes the agent in. @default true */
  readonly connects?: boolean;
  /** Why nobody can look whether it does. */
  readonly execFault?: string;
  readonly agentLog?: string;
}

/** One registration, as the deployment script is given it. */
export interface Registration {
  readonly manifestUrl: string;
  /** @default "1" */
  readonly registration?: string;
  /** PEM, with the checksum that agents are told. */
  readonly certificates?: { readonly pem: string; readonly checksum: string };
}

/** What became of one run of the deployment script. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What Azure shows as the script's outputs. */
  readonly outputs: unknown;
  /** Seconds on the script's own clock. */
  readonly seconds: number;
  /** Calls of Azure CLI and kubectl in this run. */
  readonly calls: readonly string[];
}

const CLUSTER_ID =
  "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/payments";

/** All that the containers' images are sure to have; their shells are named by whoever runs them. */
const CONTAINER_PROGRAMS = ["bash", "base64", "cat", "mktemp", "rm", "tr"];
const POD_PROGRAMS = ["base64", "cat", "mkdir", "mktemp", "rm", "tr"];

/** A machine with stand-ins for Azure CLI, kubectl and the clock, on which the scripts run as they are shipped. */
export class RunCommandWorld {
  private constructor(private readonly folder: string) {}

  /**
   * @param options.shell what runs the part inside the cluster: any shell of POSIX
   * @param options.curl whether the pod's image has it
   */
  static create({ shell = "bash", curl = false } = {}): RunCommandWorld {
    const folder = mkdtempSync(join(tmpdir(), "ringfence-run-command-"));
    const world = new RunCommandWorld(folder);
    const clock = {
      date: 'read -r now <"$WORLD/clock"\necho "$now"',
      sleep: 'read -r now <"$WORLD/clock"\necho $((now + $1)) >"$WORLD/clock"',
    };
    for (const [place, programs] of [
      ["container", CONTAINER_PROGRAMS],
      ["pod", POD_PROGRAMS],
    ] as const) {
      mkdirSync(join(folder, place));
      for (const program of programs) symlinkSync(programPath(program), join(folder, place, program));
      for (const [name, text] of Object.entries(clock)) world.#stub(join(place, name), text);
    }
    symlinkSync(programPath(shell), join(folder, "pod/sh"));
    // Both give up after a second where the script says 30.
    world.#stub("pod/timeout", 'shift\nexec timeout 1 "$@"');
    if (curl) world.#stub("pod/curl", `echo "curl $*" >>"$WORLD/calls"\nexec ${programPath("curl")} "$@" --max-time 1`);
    mkdirSync(join(folder, "tmp"));
    world.#stub("container/az", `exec bash ${join(__dirname, "az.sh")} "$@"`);
    world.#stub("pod/kubectl", `exec bash ${join(__dirname, "kubectl.sh")} "$@"`);
    world.serve("");
    world.surround({});
    world.write("clock", "1700000000");
    return world;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Sets everything around the scripts anew, but for what they have applied. */
  surround(around: Surroundings): void {
    const { power = "Running", state = "Succeeded", runCommandDisabled } = around;
    const disabled = runCommandDisabled === undefined ? "None" : String(runCommandDisabled);
    this.write("cluster", `power=${power}\nstate=${state}\ndisabled=${disabled}\n`);
    const agent = {
      ready_after: String(around.readyAfter ?? 20),
      unschedulable: around.unschedulable ?? "",
      waiting: around.waiting ?? "",
      connects: (around.connects ?? true) ? "yes" : "no",
      exec_fault: around.execFault ?? "",
    };
    this.write(
      "agent",
      Object.entries(agent)
        .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
        .join(""),
    );
    this.write("agent-log", around.agentLog ?? "");
    this.write("show-faults", lines(around.showFaults));
    this.write("invoke-faults", lines(around.invokeFaults));
    this.write("invoke-answers", lines(around.invokeAnswers));
    this.write("kube-faults", lines(around.kubeFaults));
  }

  /** Takes the agent away, as somebody who deletes its namespace's contents. */
  lose(): void {
    rmSync(join(this.folder, "applied.yaml"));
  }

  /** What kubectl's kustomize brings without any network, or the words with which it fails. */
  serve(text: string, fault?: string): void {
    this.write("served", fault ?? text);
    this.#stub("kustomize", fault === undefined ? 'cat "$WORLD/served"' : 'cat "$WORLD/served" >&2\nexit 1');
  }

  /** Has kubectl's kustomize really fetch, as its Go does. */
  serveFromNetwork(): void {
    this.#stub("kustomize", `exec "${process.execPath}" "${join(__dirname, "kustomize.mjs")}" "$1"`);
  }

  /** Runs the deployment script. */
  async run(registration: Registration, budgetSeconds = 1500): Promise<Run> {
    const { certificates } = registration;
    const script = this.write("userscript.sh", agentScript());
    const outputs = join(this.folder, "scriptoutputs.json");
    rmSync(outputs, { force: true });
    this.write("calls", "");
    this.write("all-logs", "");
    const start = this.now;
    const ended = await spawned(programPath("bash"), [script], {
      PATH: join(this.folder, "container"),
      TMPDIR: join(this.folder, "tmp"),
      AZ_SCRIPTS_OUTPUT_PATH: outputs,
      CLUSTER_ID,
      MANIFEST_URL: registration.manifestUrl,
      REGISTRATION: registration.registration ?? "1",
      BUDGET_SECONDS: String(budgetSeconds),
      ...(certificates && { CA_CERTIFICATES: base64(certificates.pem), CA_CHECKSUM: certificates.checksum }),
    });
    return {
      ...ended,
      outputs: existsSync(outputs) ? (JSON.parse(readFileSync(outputs, "utf8")) as unknown) : undefined,
      seconds: this.now - start,
      calls: this.read("calls").split("\n").filter(Boolean),
    };
  }

  /** Seconds on the scripts' own clock. */
  get now(): number {
    return Number(this.read("clock"));
  }

  /** Files below the scripts' temporary folders that others might have read while the cluster's part ran. */
  get openFiles(): readonly string[] {
    return this.read("open-files").split("\n").filter(Boolean);
  }

  /** The manifest that was applied last. @default - none was */
  get applied(): string | undefined {
    return this.#has("applied.yaml") ? this.read("applied.yaml") : undefined;
  }

  /** How often a manifest was applied, changed or not. */
  get applies(): number {
    return this.#has("applies") ? this.read("applies").length : 0;
  }

  /** How often the agent's pods were replaced. */
  get rollouts(): number {
    return this.#has("rollouts") ? this.read("rollouts").length : 0;
  }

  /** Names of the files that the last run command was given. */
  get files(): readonly string[] {
    return this.read("files").trimEnd().split("\n");
  }

  /** What can be read of a run by others than the script: printed, logged by Azure, or told as arguments. */
  visible(run: Run): string {
    return [run.stdout, run.stderr, JSON.stringify(run.outputs), ...run.calls, this.read("all-logs")].join("\n");
  }

  /** What the scripts have left in their temporary folders. */
  leftovers(): readonly string[] {
    return readdirSync(join(this.folder, "tmp"));
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  #has(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  /** A program that finds the world and, unlike the scripts, all programs of this machine. */
  #stub(name: string, text: string): void {
    const path = join(this.folder, name);
    writeFileSync(
      path,
      `#!/bin/sh\nWORLD='${this.folder}' PATH='${process.env.PATH ?? ""}'\nexport WORLD PATH\n${text}\n`,
    );
    chmodSync(path, 0o755);
  }
}

function lines(texts: readonly string[] = []): string {
  return texts.map((text) => `${text.replaceAll("\n", "\\n")}\n`).join("");
}

/** @throws Error when this machine lacks it: a suite that cannot run must not look like one that passed */
function programPath(name: string): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(`THE SCRIPT CANNOT RUN: this machine has no ${name}`);
}

function spawned(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", failed);
    child.on("close", (status) => {
      done({ status, stdout, stderr });
    });
  });
}
