import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { unzipSync } from "fflate";

import { HANDLER } from "../../../lambda/allowlist-sync/contract";
import { type Bundle, bundleFunction } from "../../../lib/aws/function/bundle";
import { CLIENT } from "./aws-json";
import { RuntimeApi } from "./runtime-api";
import { end } from "./server";
import { findRuntimeClient, findRuntimeNode } from "./tools";

const ENTRY = resolve(__dirname, "../../../lambda/allowlist-sync/handler.ts");
const NAME = "allowlist-sync";
const ARN_PREFIX = `arn:aws:lambda:${CLIENT.region}:000000000000:function:`;
/** What the stack gives the function, too. */
const TIMEOUT_SECONDS = 900;
const MEMORY_MB = 1769;

/** Bundles allowlist-sync as the stack does. */
export function bundleAllowlistSync(directory: string): Bundle {
  return bundleFunction(ENTRY, directory, NAME);
}

/** A function as it is deployed. */
export interface Deployed {
  readonly name: string;
  readonly zipFile: string;
}

/**
 * A warm instance of a function, of allowlist-sync by default: the deployed zip, under the Node.js of its runtime and AWS's own runtime interface client,
 * with nothing else around it.
 */
export class FunctionProcess {
  readonly #child: ChildProcess;
  readonly #api: RuntimeApi;
  readonly #folder: string;

  /** The version of Node.js it runs under. */
  readonly nodeVersion: string;

  private constructor(child: ChildProcess, api: RuntimeApi, folder: string, nodeVersion: string) {
    this.#child = child;
    this.#api = api;
    this.#folder = folder;
    this.nodeVersion = nodeVersion;
  }

  /**
   * @param variables all that its environment holds, besides what Lambda puts there
   * @param deployed what is run. @default - allowlist-sync
   * @throws FunctionError with what was thrown while its code was loaded
   */
  static async start(variables: Readonly<Record<string, string>>, deployed?: Deployed): Promise<FunctionProcess> {
    const node = findRuntimeNode();
    const client = findRuntimeClient();
    const name = deployed?.name ?? NAME;
    const folder = mkdtempSync(join(tmpdir(), `${name}-`));
    // Away from the repository, so that what the bundle lacks cannot be found in its node_modules.
    const taskRoot = join(folder, "task");
    unpack(readFileSync(deployed?.zipFile ?? bundleAllowlistSync(folder).zipFile), taskRoot);

    const api = await RuntimeApi.start(`${ARN_PREFIX}${name}`);
    const log = openSync(logFile(folder), "a");
    const child = spawn(node, [client], {
      cwd: taskRoot,
      env: { ...lambdaVariables(name, api.address, taskRoot), ...variables },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    child.once("error", (error) => {
      api.abandon(error);
    });
    child.once("exit", (code, signal) => {
      const output = readFileSync(logFile(folder), "utf8").slice(-4_000);
      api.abandon(new Error(`the function's process ended with ${String(code ?? signal)}\n${output}`));
    });

    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    const instance = new FunctionProcess(child, api, folder, version);
    try {
      await api.whenReady();
    } catch (error) {
      await instance.stop();
      throw error;
    }
    return instance;
  }

  /**
   * Hands it an event and returns its result.
   *
   * @throws FunctionError with what the function threw
   */
  invoke(event: unknown, { timeoutSeconds = TIMEOUT_SECONDS } = {}): Promise<unknown> {
    return this.#api.invoke(event, timeoutSeconds);
  }

  /** The records of one kind in its log. */
  records(kind: string): readonly Readonly<Record<string, unknown>>[] {
    return this.lines().filter(({ record }) => record === kind);
  }

  /** All of its log. */
  lines(): readonly Readonly<Record<string, unknown>>[] {
    // A file, not a pipe: what was written before an answer is there when the answer is. The client adds lines of its own,
    // which are no JSON.
    const lines = readFileSync(logFile(this.#folder), "utf8").split("\n");
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async stop(): Promise<void> {
    await end(this.#child);
    await this.#api.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function unpack(zip: Uint8Array, folder: string): void {
  mkdirSync(folder);
  for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), content);
}

function logFile(folder: string): string {
  return join(folder, "log");
}

/** Source: AWS Lambda Developer Guide, "Working with Lambda environment variables", on the defined runtime variables. */
function lambdaVariables(name: string, runtimeApi: string, taskRoot: string): Readonly<Record<string, string>> {
  return {
    _HANDLER: HANDLER,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MB),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "2026/01/01/[$LATEST]00000000000000000000000000000000",
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
  };
}
