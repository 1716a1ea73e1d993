import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A server that a suite started for itself. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly program: string;
  readonly args?: (port: string) => readonly string[];
  readonly variables?: (port: string) => Readonly<Record<string, string>>;
}

const START_SECONDS = 60;
const STOP_SECONDS = 5;

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it answers. Whatever it leaves in the temporary folder goes
 * when it stops.
 *
 * @throws Error with the end of its output when it ends instead, or stays silent
 */
export async function startServer({ program, args, variables }: ServerOptions): Promise<Server> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), "system-test-"));
  const child = spawn(program, args?.(port) ?? [], {
    env: { ...process.env, TMPDIR: folder, ...variables?.(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const tail = outputTail(child);
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    await untilItAnswers(url, child);
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${String(error)}\n${tail()}`, { cause: error });
  }
  return { url, stop };
}

/** A port that nobody listens on now. Another program could take it before the server does; the kernel makes that rare. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening, reject) => probe.once("error", reject).listen(0, "127.0.0.1", listening));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === "string") throw new Error("the kernel gave no port");
  return address.port;
}

async function untilItAnswers(url: string, child: ChildProcess): Promise<void> {
  let startError: Error | undefined;
  child.once("error", (error) => (startError = error));
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline) {
    if (startError !== undefined) throw startError;
    if (hasEnded(child)) throw new Error(`it ended with ${String(child.exitCode ?? child.signalCode)}`);
    try {
      // Any answer will do: what is asked is whether it serves.
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`no answer within ${START_SECONDS} s`);
}

/** Ends a child process: politely first, so that it ends its own children. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS * 1000);
  await ended;
  clearTimeout(killer);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Collects a child's output, of which the last lines tell why it failed. */
function outputTail(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text = (text + chunk).slice(-4_000);
    });
  }
  return () => text;
}
