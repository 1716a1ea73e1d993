import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import type { Outcome } from "./namespace";

const REPOSITORY = resolve(__dirname, "../../..");
const IMAGE = join(REPOSITORY, ".cache", "appliance-vm");
const PROGRAMS = join(__dirname, "programs");

/** @throws Error when there is nothing to start. A suite that cannot run must not look like one that passed. */
export function requireMachine(): void {
  if (process.arch !== "x64") {
    throw new Error("THE SUITES OF QUEUES AND UNITS CANNOT RUN: the virtual machine is one of x86_64");
  }
  if (!existsSync(join(IMAGE, "installed"))) {
    throw new Error(
      "THE SUITES OF QUEUES AND UNITS CANNOT RUN: no virtual machine. Make it once with: bash .ci/install-tools appliance-vm",
    );
  }
}

const AGENT_UNIT = `[Unit]
DefaultDependencies=no
Conflicts=shutdown.target
[Service]
ExecStart=/usr/bin/python3 -B /srv/programs/vm_agent.py
`;

/** What waits for devices that nobody announces here, or for a cloud. */
const MASKED = [
  "getty.target",
  "cloud-init-local.service",
  "cloud-init.service",
  "cloud-init-network.service",
  "cloud-init-main.service",
  "cloud-config.service",
  "cloud-final.service",
  "systemd-binfmt.service",
  "suricata.service",
  "systemd-journal-flush.service",
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "fstrim.timer",
  "logrotate.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "systemd-pcrlock-make-policy.service",
];

interface Answer extends Outcome {
  readonly id: number;
}

const BOOT_SECONDS = 300;
const CALL_SECONDS = 300;

/**
 * A virtual machine with a kernel of its own, systemd, and the appliance's files at /opt/ringfence: for what neither namespaces nor this
 * kernel have. The processor is emulated, so that it runs where virtualization does not; nothing of it is fast. What it writes is gone
 * when it stops.
 */
export class Machine {
  #waiting = new Map<number, (answer: Answer) => void>();
  #buffer = "";
  #calls = 0;

  private constructor(
    private readonly emulator: ChildProcess,
    private readonly folder: string,
  ) {
    emulator.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (this.#buffer + text).split("\n");
      this.#buffer = lines.pop() ?? "";
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        this.#waiting.get(answer.id)?.(answer);
        this.#waiting.delete(answer.id);
      }
    });
  }

  /** Starts one and waits until it takes commands. `files`: what it finds, by absolute path. */
  static async start(files: Readonly<Record<string, string>> = {}): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), "appliance-vm-"));
    const payload = join(folder, "payload");
    mkdirSync(join(payload, "payload/etc/systemd/system"), { recursive: true });
    const inside = join(payload, "payload");
    cpSync(join(REPOSITORY, "appliance"), join(inside, "opt/ringfence"), { recursive: true });
    cpSync(PROGRAMS, join(inside, "srv/programs"), { recursive: true });
    for (const unit of MASKED) writeFileSync(join(inside, "etc/systemd/system", unit), "");
    writeFileSync(join(inside, "etc/systemd/system/agent.service"), AGENT_UNIT);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(inside, path)), { recursive: true });
      writeFileSync(join(inside, path), content);
    }
    const initrd = join(folder, "initrd");
    execFileSync("sh", ["-c", `find payload | cpio --quiet -o -H newc -R 0:0 | cat '${IMAGE}/initrd' - >'${initrd}'`], {
      cwd: payload,
    });
    const kernel = readdirSync(join(IMAGE, "kernel/boot")).find((name) => name.startsWith("vmlinuz")) ?? "";
    const emulator = spawn(
      "setpriv",
      [
        // With a thread for each processor the guest's kernel panicked once, on a busy machine, where it patches its own code: one thread should spare it that.
        ...["--pdeathsig", "KILL", "qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max,cx16=off"],
        ...["-m", "1024", "-smp", "2", "-display", "none", "-no-reboot", "-net", "none"],
        ...["-kernel", join(IMAGE, "kernel/boot", kernel), "-initrd", initrd],
        ...[
          "-append",
          "console=ttyS0 quiet panic=-1 mitigations=off systemd.unit=multi-user.target systemd.wants=agent.service lsm=",
        ],
        ...["-drive", `file=${join(IMAGE, "root.ext4")},if=virtio,format=raw,snapshot=on`],
        ...["-serial", `file:${join(folder, "console")}`],
        ...["-chardev", "stdio,id=agent,signal=off", "-device", "virtio-serial-pci"],
        ...["-device", "virtserialport,chardev=agent"],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    const machine = new Machine(emulator, folder);
    await machine.#answerTo(0, BOOT_SECONDS, "its start");
    return machine;
  }

  #answerTo(id: number, seconds: number, what: string): Promise<Answer> {
    return new Promise((done, fail) => {
      const giveUp = setTimeout(() => {
        fail(
          new Error(
            `the virtual machine gave no answer in ${seconds} s to ${what}; its console ends with: ${this.console()}`,
          ),
        );
      }, seconds * 1000);
      this.#waiting.set(id, (answer) => {
        clearTimeout(giveUp);
        done(answer);
      });
    });
  }

  /** The last that it wrote to its console. */
  console(): string {
    const file = join(this.folder, "console");
    return existsSync(file) ? readFileSync(file, "utf8").slice(-2000) : "";
  }

  /** Runs a shell command to its end. */
  async run(script: string, { input = "", seconds = CALL_SECONDS }: RunOptions = {}): Promise<Outcome> {
    this.#calls += 1;
    const id = this.#calls;
    const answer = this.#answerTo(id, seconds + 10, script);
    this.emulator.stdin?.write(`${JSON.stringify({ id, script, input, seconds })}\n`);
    return await answer;
  }

  /** Runs a shell command and gives what it wrote. @throws Error with its errors when it fails */
  async sh(script: string, options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await this.run(script, options);
    if (status !== 0) throw new Error(`${script}\nended with ${String(status)}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Waits until a shell command succeeds. @throws Error that names it when it does not in time */
  async until(script: string, what: string, seconds = 60): Promise<void> {
    const wait = `end=$((SECONDS + ${seconds})); until (${script}) >/dev/null 2>&1; do [ $SECONDS -lt $end ] || exit 9; sleep 0.2; done`;
    const { status, stderr } = await this.run(wait, { seconds: seconds + 30 });
    if (status !== 0) throw new Error(`waited ${seconds} s in vain for ${what}: ${stderr}`);
  }

  async stop(): Promise<void> {
    if (this.emulator.exitCode === null && this.emulator.signalCode === null) {
      const ended = new Promise((done) => this.emulator.once("exit", done));
      this.emulator.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

interface RunOptions {
  readonly input?: string;
  readonly seconds?: number;
}
