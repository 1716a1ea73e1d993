import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import type { LogRecord } from "../../../lambda/lattice-proxy/contract";

/** What became of one event. */
export interface Outcome {
  /** The function's answer. */
  readonly result: unknown;
  /** Its log. */
  readonly records: readonly LogRecord[];
  readonly output: string;
  /** Names that it looked up. */
  readonly lookups: readonly string[];
  /** Addresses and ports to which it opened connections. */
  readonly connections: readonly string[];
  readonly milliseconds: number;
}

/** How a function is run. */
export interface InstanceOptions {
  /** The bundle. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Addresses by name. */
  readonly names: Readonly<Record<string, string>>;
  /** @default - the Node.js that runs the tests */
  readonly node?: string;
}

interface Told {
  readonly result?: unknown;
  readonly error?: string;
  readonly milliseconds: number;
  readonly lookups: readonly string[];
  readonly connections: readonly string[];
  readonly output: string;
}

/** A warm instance of the function, in a process of its own: what is trusted and looked up is a matter of the whole process. */
export class Instance {
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(private readonly child: ChildProcess) {}

  /** @throws Error with what the function said when it could not start */
  static async start({ file, environment, names, node = process.execPath }: InstanceOptions): Promise<Instance> {
    const child = fork(join(__dirname, "runtime.cjs"), {
      execPath: node,
      execArgv: [],
      env: { ...environment, TEST_FILE: file, TEST_NAMES: JSON.stringify(names) },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const complaints = child.stderr === null ? Promise.resolve("") : text(child.stderr);
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(async () => Promise.reject(new Error(`the function ended: ${await complaints}`))),
    ]);
    return new Instance(child);
  }

  /**
   * Hands it an event, when it is done with the last.
   *
   * @param milliseconds until Lambda would end it
   * @param environment variables that have changed since the last event
   * @throws Error with what the function threw
   */
  async invoke(
    event: unknown,
    milliseconds = 30_000,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const last = this.#busy;
    const told = (async () => {
      await last.catch(() => undefined);
      const answer = once(this.child, "message");
      this.child.send({ event, milliseconds, environment });
      const [message] = (await answer) as [Told];
      return message;
    })();
    this.#busy = told;
    const { error, result, output, ...others } = await told;
    if (error !== undefined) throw new Error(`the function threw: ${error}`);
    const lines = output.split("\n").filter((line) => line !== "");
    return { ...others, result, output, records: lines.map((line) => JSON.parse(line) as LogRecord) };
  }

  /** What Lambda does between two events. */
  freeze(): void {
    this.child.kill("SIGSTOP");
  }

  thaw(): void {
    this.child.kill("SIGCONT");
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGCONT");
    this.child.kill("SIGKILL");
    await ended;
  }
}
