import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { ContainerProps } from "../../../lib/aws/ecs/container";
import { freePort, isListening } from "./ports";

const CACHE = resolve(__dirname, "../../../.cache");
const CHROOT = join(CACHE, "nginx");
const FILES = join(__dirname, "image");

/** Debian's www-data: like the image's `wallarm`, nobody in particular. */
const USER = "33:33";

/** @throws Error when there is nothing to run. A suite that cannot run must not look like one that passed. */
export function requireChroot(): void {
  if (process.getuid?.() !== 0) throw new Error("THE NGINX SUITE CANNOT RUN: chroot takes root; run it as root");
  if (!existsSync(join(CHROOT, "installed"))) {
    throw new Error("THE NGINX SUITE CANNOT RUN: no chroot. Make it once with: bash .ci/install-tools nginx");
  }
}

/**
 * The file system of a container, with what the image brings to the container's command: its main configuration and its start. NGINX
 * is Debian's and has no Wallarm module, so the start takes out what only that understands; all else runs as it is shipped.
 *
 * It is a copy: the chroot stays as it was made.
 */
export class NodeRoot {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly nameserver: string,
    /** Where NGINX listens, on 127.0.0.1. */
    readonly port: number,
  ) {}

  static async create(nameserver: string): Promise<NodeRoot> {
    const folder = mkdtempSync(join(CACHE, "nginx-run-"));
    chmodSync(folder, 0o755);
    // Programs are linked; all that changes is a copy.
    run("cp", ["-al", join(CHROOT, "usr"), folder]);
    run("cp", ["-a", ...["bin", "sbin", "lib", "lib64"].map((name) => join(CHROOT, name)), folder]);
    return new NodeRoot(folder, nameserver, await freePort());
  }

  /** Makes everything as new but for the programs. */
  restore(): void {
    for (const name of ["dev", "etc", "opt", "run", "tmp", "var"]) {
      rmSync(this.#path(name), { recursive: true, force: true });
    }
    run("cp", ["-a", join(CHROOT, "etc"), this.folder]);
    for (const name of ["dev", "run", "tmp", "var/lib/nginx", "var/log/nginx"])
      mkdirSync(this.#path(name), { recursive: true });
    run("cp", [
      "-a",
      ...["null", "zero", "random", "urandom"].map((name) => join(CHROOT, "dev", name)),
      this.#path("dev"),
    ]);

    rmSync(this.#path("etc/nginx"), { recursive: true });
    this.write("etc/resolv.conf", `nameserver ${this.nameserver}\n`);
    this.write("etc/nginx/nginx.conf", readFileSync(join(FILES, "nginx.conf"), "utf8"));
    this.write("etc/nginx/http.d/default.conf", "# the image's own\n");
    this.write("usr/local/bin/init", readFileSync(join(FILES, "init"), "utf8"), 0o755);
    // Without /proc these lead nowhere; as plain files they can be read.
    this.write("dev/stdout", "");
    this.write("dev/stderr", "");
    for (const name of ["dev/stdout", "dev/stderr", "run", "tmp", "etc/nginx", "var/lib/nginx", "var/log/nginx"]) {
      run("chown", ["-R", USER, this.#path(name)]);
    }
  }

  #path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, content: string, mode = 0o644): void {
    mkdirSync(dirname(this.#path(name)), { recursive: true });
    writeFileSync(this.#path(name), content);
    chmodSync(this.#path(name), mode);
  }

  /** Empties a log. */
  clear(name: string): void {
    truncateSync(this.#path(name));
  }

  append(name: string, content: string): void {
    appendFileSync(this.#path(name), content);
  }

  read(name: string): string {
    return readFileSync(this.#path(name), "utf8");
  }

  /** Runs a program of the container to its end. */
  run(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Finished {
    const { status, stdout, stderr } = spawnSync("chroot", [`--userspec=${USER}`, this.folder, ...command], {
      encoding: "utf8",
      env: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ...environment },
    });
    return { status, stdout, stderr };
  }

  /** Starts the container's command and waits until NGINX listens. */
  async start(container: ContainerProps, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { entryPoint = [], command = [] } = container;
    const child = spawn("chroot", [`--userspec=${USER}`, this.folder, ...entryPoint, ...command], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        TEST_PORT: String(this.port),
        ...container.environment,
        ...environment,
      },
    });
    this.#process = child;
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    for (let waited = 0; !(await isListening(this.port)); waited += 20) {
      if (child.exitCode !== null || waited > 5_000) {
        throw new Error(`NGINX did not start: ${said}${this.read("dev/stderr")}`);
      }
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
}
