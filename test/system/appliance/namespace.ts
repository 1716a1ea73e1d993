import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const REPOSITORY = resolve(__dirname, "../../..");
const SYSTEM = join(REPOSITORY, ".cache", "appliance");

/** @throws Error when there is nothing to run. A suite that cannot run must not look like one that passed. */
export function requireSystem(): void {
  if (process.getuid?.() !== 0) {
    throw new Error("THE APPLIANCE'S SUITES CANNOT RUN: namespaces take root; run them as root");
  }
  if (!existsSync(join(SYSTEM, "installed"))) {
    throw new Error(
      "THE APPLIANCE'S SUITES CANNOT RUN: no system to run in. Make it once with: bash .ci/install-tools appliance",
    );
  }
  if (!existsSync("/dev/net/tun")) {
    throw new Error("THE APPLIANCE'S SUITES CANNOT RUN: this kernel has no /dev/net/tun (modprobe tun)");
  }
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  /** All that it has written to both streams. */
  output(): string;
  /** Waits until it has written a text. @throws Error when it ends first, or stays silent for ten seconds */
  says(text: string): Promise<void>;
  /** Ends it and waits. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface CommandOptions {
  readonly input?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

const PREPARE = `
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/work" /mnt/root
mount -t proc proc /mnt/root/proc
mount -t sysfs sysfs /mnt/root/sys
mount --rbind /dev /mnt/root/dev
mount -t tmpfs tmpfs /mnt/root/run
mount -t tmpfs tmpfs /mnt/root/tmp
mkdir -p /mnt/root/repository
mount --bind "$2" /mnt/root/repository
exec chroot /mnt/root sh -c 'ip link set lo up; echo ready; exec sleep infinity'
`;

/**
 * A small machine: network, processes and files of its own over the Debian that `.ci/install-tools` made. The repository lies at
 * /repository. Whatever it does is gone when it stops, or when the test that made it is killed.
 */
export class Namespace {
  private constructor(
    private readonly holder: ChildProcess,
    /** Of the process that holds the namespaces. */
    readonly pid: number,
  ) {}

  static async create(): Promise<Namespace> {
    const unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"];
    const holder = spawn(
      "setpriv",
      ["--pdeathsig", "KILL", ...unshare, "sh", "-c", PREPARE, "sh", SYSTEM, REPOSITORY],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    await wrap(holder).says("ready");
    const outer = String(holder.pid);
    return new Namespace(holder, Number(readFileSync(`/proc/${outer}/task/${outer}/children`, "utf8")));
  }

  /** Joins two machines by a wire; each end's name and address, the address with its prefix length. */
  static connect(one: Namespace, oneEnd: WireEnd, other: Namespace, otherEnd: WireEnd): void {
    const peer = ["peer", "name", otherEnd.device, "netns", String(other.pid)];
    // In the namespace of one, with the other found by its pid among the host's processes.
    const link = ["ip", "link", "add", oneEnd.device, "type", "veth", ...peer];
    const { status, stderr } = spawnSync("nsenter", ["--target", String(one.pid), "--net", ...link], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`no wire: ${stderr}`);
    for (const [machine, { device, address }] of [
      [one, oneEnd],
      [other, otherEnd],
    ] as const) {
      machine.sh(`ip link set dev ${device} mtu 9001 up && ip addr add ${address} dev ${device}`);
    }
  }

  #enter(command: readonly string[], variables: Readonly<Record<string, string>> = {}): readonly string[] {
    const environment = [
      "env",
      "-C",
      "/",
      "-i",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG=C",
    ];
    return [
      ...["--target", String(this.pid), "--net", "--mount", "--pid", "--root"],
      ...[...environment, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
      ...command,
    ];
  }

  /** Runs a program to its end. */
  run(command: readonly string[], { input, variables }: CommandOptions = {}): Outcome {
    const { status, stdout, stderr, error } = spawnSync("nsenter", this.#enter(command, variables), {
      encoding: "utf8",
      input,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a shell command and gives what it wrote. @throws Error with its errors when it fails */
  sh(script: string, options?: CommandOptions): string {
    const { status, stdout, stderr } = this.run(["bash", "-euo", "pipefail", "-c", script], options);
    if (status !== 0) throw new Error(`${script}\nended with ${String(status)}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Starts a program that goes on. */
  start(command: readonly string[], { variables }: CommandOptions = {}): Running {
    return wrap(spawn("nsenter", this.#enter(command, variables), { stdio: ["pipe", "pipe", "pipe"] }));
  }

  write(path: string, content: string, mode = "644"): void {
    this.sh(`mkdir -p "$(dirname '${path}')" && cat >'${path}' && chmod ${mode} '${path}'`, { input: content });
  }

  read(path: string): string {
    return this.sh(`cat '${path}'`);
  }

  async stop(): Promise<void> {
    if (this.holder.exitCode !== null || this.holder.signalCode !== null) return;
    const ended = new Promise((done) => this.holder.once("exit", done));
    this.holder.kill("SIGKILL");
    await ended;
  }
}

export interface WireEnd {
  readonly device: string;
  readonly address: string;
}

const PATIENCE_SECONDS = 10;

/** A process that runs, by what it writes. */
export function wrap(child: ChildProcess): Running {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    process: child,
    output: () => text,
    says: async (awaited) => {
      await until(() => {
        if (text.includes(awaited)) return true;
        if (hasEnded()) throw new Error(`it ended and never said '${awaited}': ${text}`);
        return false;
      }, `'${awaited}' in: ${text}`);
    },
    stop: async (signal = "SIGTERM") => {
      if (hasEnded()) return;
      const ended = new Promise((done) => child.once("exit", done));
      // nsenter stays in front of what it started, and would leave it behind.
      const descendants = readFileSync(`/proc/${String(child.pid)}/task/${String(child.pid)}/children`, "utf8");
      for (const pid of descendants.split(" ").filter((word) => word !== "")) process.kill(Number(pid), signal);
      if (descendants === "") child.kill(signal);
      const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_SECONDS * 1000);
      await ended;
      clearTimeout(killer);
    },
  };
}

/** Waits until something holds. @throws Error that names it when it does not in time */
export async function until(holds: () => boolean, what: string, seconds = PATIENCE_SECONDS): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await sleep(25);
  }
}
