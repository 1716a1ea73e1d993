import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { unzipSync } from "fflate";

import { BUNDLE_FILE, HANDLER } from "../../../lambda/allowlist-sync/contract";
import type { SyncEvent } from "../../../lambda/allowlist-sync/trigger";
import { type Bundle, bundleFunction } from "../../../lib/aws/function/bundle";
import { end } from "./server";
import { findRuntimeNode } from "./tools";

const ENTRY = resolve(__dirname, "../../../lambda/allowlist-sync/handler.ts");
const RUNTIME = join(__dirname, "lambda-runtime.mjs");

/** Bundles allowlist-sync as the stack does. */
export function bundleAllowlistSync(directory: string): Bundle {
  return bundleFunction(ENTRY, directory, "allowlist-sync");
}

/** What the process says over its channel, with all that the function wrote since it last said something. */
type Message = { readonly output: string } & (
  | { readonly kind: "ready"; readonly version: string }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string }
);

/** A warm instance of allowlist-sync: the deployed zip, under the Node.js of its runtime, with nothing else around it. */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #output = "";

  /** The version of Node.js it runs under. */
  readonly nodeVersion: string;

  private constructor(child: ChildProcess, folder: string, nodeVersion: string) {
    this.#child = child;
    this.#folder = folder;
    this.nodeVersion = nodeVersion;
  }

  /** @param variables all that its environment holds */
  static async start(variables: Readonly<Record<string, string>>): Promise<FunctionProcess> {
    const folder = mkdtempSync(join(tmpdir(), "allowlist-sync-"));
    const code = unzipSync(readFileSync(bundleAllowlistSync(folder).zipFile))[BUNDLE_FILE];
    if (code === undefined) throw new Error(`the zip holds no ${BUNDLE_FILE}`);
    // Away from the repository, so that what the bundle lacks cannot be found in its node_modules.
    const file = join(folder, BUNDLE_FILE);
    writeFileSync(file, code);

    const exportName = HANDLER.slice(HANDLER.indexOf(".") + 1);
    const child = fork(RUNTIME, [file, exportName], {
      execPath: findRuntimeNode(),
      execArgv: [],
      env: variables,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    try {
      const message = await nextMessage(child);
      if (message.kind !== "ready") throw new Error(`expected the function to be ready; it is ${message.kind}`);
      return new FunctionProcess(child, folder, message.version);
    } catch (error) {
      await end(child);
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** @throws Error with the function's own when it fails */
  async invoke(event: SyncEvent): Promise<void> {
    const answer = nextMessage(this.#child);
    this.#child.send(event);
    const message = await answer;
    this.#output += message.output;
    if (message.kind === "failed") throw new Error(message.message);
  }

  /** The records of one kind in its log. */
  records(kind: string): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.#output.split("\n").filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ record }) => record === kind);
  }

  async stop(): Promise<void> {
    await end(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function nextMessage(child: ChildProcess): Promise<Message> {
  return new Promise((answered, reject) => {
    const ended = (code: number | null): void => {
      reject(new Error(`the function's process ended with ${String(code)}`));
    };
    child.once("exit", ended);
    child.once("error", reject);
    child.once("message", (message) => {
      child.off("exit", ended);
      child.off("error", reject);
      answered(message as Message);
    });
  });
}
