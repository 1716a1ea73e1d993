import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import { envoyConfiguration, envoyContainer, type EnvoyContainerProps } from "../../../lib/aws/envoy/container";

const PACKAGES = resolve(__dirname, "../../../.cache/venv-envoy/lib");

/** Debian's `nobody`: like the image's `envoy`, nobody in particular. */
const USER = ["--reuid=65534", "--regid=65534", "--clear-groups"];

/** The container's view: its own name servers and authorities, and nothing that can be written. */
const CONTAINER = `
mount --make-rprivate /
mount --bind "$0/resolv.conf" /etc/resolv.conf
mount --bind "$0/ca.crt" /etc/ssl/certs/ca-certificates.crt
mount -o remount,bind,ro /
exec setpriv ${USER.join(" ")} "$@"`;

/** Path of the real Envoy. @throws Error with the command that installs it. A suite that cannot run must not look like one that passed. */
export function findEnvoy(): string {
  const { stdout } = spawnSync("find", [PACKAGES, "-path", "*/envoy/_bin/envoy"], { encoding: "utf8" });
  const [program = ""] = stdout.split("\n");
  if (!existsSync(program)) {
    throw new Error("THE ENVOY SUITE CANNOT RUN: no Envoy. Install it once with: bash .ci/install-tools envoy");
  }
  return program;
}

/** What a task finds around it. */
export interface Surroundings {
  readonly nameserver: string;
  /** Certificates (PEM) of the authorities that it trusts. */
  readonly authorities: string;
  /** What Amazon ECS sets besides the container's own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A task of the fleet: the container's own start, on the real Envoy. */
export class EnvoyTask {
  /** All that it wrote. */
  output = "";

  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
  }

  /** Starts the container and waits until its health check succeeds. */
  static async start(
    props: EnvoyContainerProps,
    surroundings: Surroundings,
    configuration = envoyConfiguration(props),
  ): Promise<EnvoyTask> {
    const task = EnvoyTask.spawn(props, surroundings, configuration);
    for (let waited = 0; !(await isHealthy(props.ports?.health ?? 0)); waited += 20) {
      if (task.status !== null || waited > 10_000) {
        await task.kill();
        throw new Error(`Envoy did not start: ${task.output}`);
      }
      await sleep(20);
    }
    return task;
  }

  /** Starts the container. */
  static spawn(
    props: EnvoyContainerProps,
    surroundings: Surroundings,
    configuration = envoyConfiguration(props),
  ): EnvoyTask {
    if (process.getuid?.() !== 0)
      throw new Error("THE ENVOY SUITE CANNOT RUN: a mount namespace takes root; run it as root");
    const { entryPoint = [], command = [], environment = {} } = envoyContainer(props);
    const folder = mkdtempSync(join(tmpdir(), "envoy-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "resolv.conf"), `nameserver ${surroundings.nameserver}\n`);
    writeFileSync(join(folder, "ca.crt"), surroundings.authorities);
    symlinkSync(findEnvoy(), join(folder, "envoy"));
    const child = spawn("unshare", ["-m", "sh", "-ec", CONTAINER, folder, ...entryPoint, ...command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: {
        PATH: `${folder}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
        ...environment,
        // Terraform packs it.
        ENVOY_CONFIGURATION: gzipSync(configuration).toString("base64"),
        ...surroundings.environment,
      },
    });
    return new EnvoyTask(folder, child);
  }

  /** Exit status, once it has ended. */
  get status(): number | null {
    return this.child.exitCode;
  }

  /** What its access log says, one record for each request. */
  get log(): readonly Readonly<Record<string, unknown>>[] {
    return this.output
      .split("\n")
      .filter((line) => line.includes('"flags"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The records of requests with this trace, once there are so many. */
  async logged(trace: string, count: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    for (let waited = 0; waited < 5_000; waited += 20) {
      const found = this.log.filter((record) => record.trace === trace);
      if (found.length >= count) return found;
      await sleep(20);
    }
    throw new Error(`the log has not ${count} records of ${trace}: ${this.output}`);
  }

  /** As Amazon ECS does, and waits for the end. @returns milliseconds that it took */
  async stop(): Promise<number> {
    const began = Date.now();
    this.child.kill("SIGTERM");
    await this.#ended();
    return Date.now() - began;
  }

  /** Without a drain. */
  async kill(): Promise<void> {
    // Envoy is the start's child, and would outlive it.
    if (this.child.pid !== undefined && this.status === null) process.kill(-this.child.pid, "SIGKILL");
    await this.#ended();
  }

  async #ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      await new Promise((done) => this.child.once("close", done));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200;
  } catch {
    return false;
  }
}
