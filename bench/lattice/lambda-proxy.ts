/**
 * What the Lambda proxy costs a request: latency and requests a second of one instance, signing and not, beside the service itself and beside
 * a plain port of the write-up's proxy, which connects anew for each request; in one run. Then its cold start beside an empty handler's and
 * that of one with an HTTPS client, under the program that Lambda starts functions with. Calls, function and service are processes of this machine, and share its cores.
 * Takes `bash .ci/install-tools node runtime-client`.
 *
 *     npx tsx bench/lattice/lambda-proxy.ts
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { gzipSync } from "node:zlib";

import { HANDLER, type HostMap, VARIABLES } from "../../lambda/lattice-proxy/contract";
import { bundleFunction } from "../../lib/aws/function/bundle";
import { makeAuthority } from "../../test/lambda/lattice-proxy-proof/certificates";
import { applicationLoadBalancer } from "../../test/lambda/lattice-proxy-proof/fronts/alb";
import { RuntimeApi } from "../../test/system/support/runtime-api";
import { findRuntimeClient, findRuntimeNode } from "../../test/system/support/tools";
import { codeIn } from "../allowlist/code-in";
import { line } from "../allowlist/print";

const DOMAIN = "bench-0a1b.7d67968.lattice.test";
const ADDRESS = "127.0.5.2";
const ROOT = resolve(__dirname, "../..");

const ROUNDS = 7;
const ROUND_MILLISECONDS = 1_200;
const COLD_STARTS = 15;
/** Of the peer's added latency: what ours may add. */
const AIM = 0.3;
/** Of the zip. */
const MOST_BYTES = 250_000;

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDBENCH", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" };

/** One of those who are measured. */
interface Contender {
  readonly name: string;
  /** Its code; none for the service itself. */
  readonly file: string;
  readonly host: string;
  readonly variables: Readonly<Record<string, string>>;
}

interface Figures {
  readonly perSecond: number;
  readonly median: number;
  readonly most: number;
}

/** Writes a function's code where it can be loaded, bundled as it is deployed. */
function bundle(folder: string, name: string, entry: string): { readonly file: string; readonly zipBytes: number } {
  const { zipFile } = bundleFunction(entry, folder, name);
  const file = join(folder, name, "index.js");
  mkdirSync(join(folder, name));
  writeFileSync(file, codeIn(zipFile));
  return { file, zipBytes: statSync(zipFile).size };
}

function middle(figures: readonly number[], part = 0.5): number {
  return [...figures].sort((one, other) => one - other)[Math.floor(part * (figures.length - 1))] ?? NaN;
}

function milliseconds(figure: number): string {
  return `${figure.toFixed(2)} ms`;
}

/** Of the rounds each figure's median: a round in which the machine did something else does not count. */
async function measure(callers: readonly ChildProcess[]): Promise<readonly Figures[]> {
  const rounds = callers.map((): Figures[] => []);
  // What everybody does only once comes first, and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, caller] of callers.entries()) {
      caller.send(ROUND_MILLISECONDS);
      const [latencies] = (await once(caller, "message")) as [readonly number[]];
      const perSecond = (latencies.length * 1000) / ROUND_MILLISECONDS;
      if (round > 0) rounds[index]?.push({ perSecond, median: middle(latencies), most: middle(latencies, 0.99) });
    }
  }
  return rounds.map((own) => ({
    perSecond: middle(own.map(({ perSecond }) => perSecond)),
    median: middle(own.map(({ median }) => median)),
    most: middle(own.map(({ most }) => most)),
  }));
}

async function compareRequests(folder: string, ours: string): Promise<void> {
  const authority = makeAuthority();
  const { key, cert } = authority.issue(DOMAIN);
  const service = fork(join(__dirname, "service.ts"), {
    env: { ...process.env, BENCH_KEY: key, BENCH_CERT: cert, BENCH_ADDRESS: ADDRESS },
  });
  const [port] = (await once(service, "message")) as [number];
  writeFileSync(join(folder, "authority.pem"), authority.cert);

  const host = (sign: boolean): HostMap[string] => ({
    ...{ paths: ["/"], sign, timeoutSeconds: 15, retries: 1 },
    upstream: { domain: DOMAIN, port, tls: true },
  });
  const hosts: HostMap = { "signed.example.com": host(true), "unsigned.example.com": host(false) };
  const settings = {
    [VARIABLES.hosts]: gzipSync(JSON.stringify(hosts)).toString("base64"),
    [VARIABLES.bearerHeader]: "x-forwarded-authorization",
    [VARIABLES.front]: "alb",
    [VARIABLES.identityHeaders]: "false",
  };
  const peer = bundle(folder, "write-up", join(__dirname, "write-up.ts")).file;
  const contenders: readonly Contender[] = [
    { name: "floor: the service itself, by TLS", file: "", host: "", variables: {} },
    { name: "lattice-proxy", file: ours, host: "unsigned.example.com", variables: settings },
    { name: "lattice-proxy that signs", file: ours, host: "signed.example.com", variables: settings },
    { name: "the write-up's proxy", file: peer, host: DOMAIN, variables: { BENCH_SIGN: "false" } },
    { name: "the write-up's proxy, signing", file: peer, host: DOMAIN, variables: { BENCH_SIGN: "true" } },
  ];
  const callers = contenders.map((contender, index) => call(folder, contender, port, index));
  try {
    const figures = await measure(callers);
    const [floor] = figures;
    line(["", "requests/s", "median", "99 %", "added median", "added 99 %"]);
    for (const [index, { perSecond, median, most }] of figures.entries()) {
      const added = [median - (floor?.median ?? NaN), most - (floor?.most ?? NaN)].map(milliseconds);
      line([
        contenders[index]?.name ?? "",
        Math.round(perSecond),
        milliseconds(median),
        milliseconds(most),
        ...(index === 0 ? ["-", "-"] : added),
      ]);
    }
    for (const [what, own, other] of [
      ["unsigned", 1, 3],
      ["signed", 2, 4],
    ] as const) {
      const addedBy = (index: number): number => (figures[index]?.median ?? NaN) - (floor?.median ?? NaN);
      const share = addedBy(own) / addedBy(other);
      const verdict = share <= AIM ? "as it should" : "TOO MUCH";
      console.log(`\n${what}: adds ${share.toFixed(2)} of what the write-up's adds; at most ${AIM}: ${verdict}`);
    }
  } finally {
    for (const caller of callers) caller.disconnect();
    service.disconnect();
  }
}

/** Starts a process that calls this one. */
function call(folder: string, { file, host, variables }: Contender, port: number, index: number): ChildProcess {
  const head = { method: "GET", target: "/orders/7?a=b", body: Buffer.alloc(0) };
  const headers = [["Host", host] as const, ["User-Agent", "bench"] as const, ["Accept", "*/*"] as const];
  const eventFile = join(folder, `event-${index}.json`);
  const { event } = applicationLoadBalancer(true).enter({ ...head, headers }, { address: "203.0.113.9" });
  writeFileSync(eventFile, JSON.stringify(event));
  return fork(join(__dirname, "caller.cjs"), {
    execPath: findRuntimeNode(),
    execArgv: [],
    env: {
      ...{ ...KEYS, ...variables, AWS_REGION: "eu-central-1" },
      ...{ BENCH_FILE: file, BENCH_DOMAIN: DOMAIN, BENCH_PORT: String(port), BENCH_EVENT: eventFile },
      TEST_NAMES: JSON.stringify({ [DOMAIN]: ADDRESS }),
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    },
  });
}

/** Milliseconds from the start of the runtime's process until it asks for its first event. */
async function coldStart(taskRoot: string): Promise<number> {
  const hosts: HostMap = {
    "shop.example.com": {
      ...{ paths: ["/"], sign: true, timeoutSeconds: 15, retries: 1 },
      upstream: { domain: DOMAIN, port: 443, tls: true },
    },
  };
  const api = await RuntimeApi.start("arn:aws:lambda:eu-central-1:111122223333:function:bench");
  const began = performance.now();
  const child = spawn(findRuntimeNode(), [findRuntimeClient()], {
    cwd: taskRoot,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...KEYS,
      ...{ _HANDLER: HANDLER, LAMBDA_TASK_ROOT: taskRoot, AWS_LAMBDA_RUNTIME_API: api.address },
      ...{ AWS_REGION: "eu-central-1", AWS_LAMBDA_FUNCTION_NAME: "bench", AWS_LAMBDA_FUNCTION_VERSION: "$LATEST" },
      ...{
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
        AWS_LAMBDA_LOG_GROUP_NAME: "bench",
        AWS_LAMBDA_LOG_STREAM_NAME: "1",
      },
      [VARIABLES.hosts]: gzipSync(JSON.stringify(hosts)).toString("base64"),
      [VARIABLES.bearerHeader]: "x-forwarded-authorization",
      [VARIABLES.front]: "alb",
      [VARIABLES.identityHeaders]: "false",
    },
  });
  const ended = once(child, "exit");
  try {
    await api.whenReady();
    return performance.now() - began;
  } finally {
    child.kill("SIGKILL");
    await ended;
    await api.close();
  }
}

/** What anybody needs who asks another service. */
const CLIENT = `
  import { Agent } from "node:https";
  const agent = new Agent({ keepAlive: true });
  export const handler = async () => agent.maxSockets;`;

async function compareColdStarts(folder: string, ours: string, zipBytes: number): Promise<void> {
  const other = (name: string, code: string): { readonly file: string; readonly zipBytes: number } => {
    const entry = join(folder, `${name}.ts`);
    writeFileSync(entry, code);
    return bundle(folder, name, entry);
  };
  const contenders = [
    { name: "floor: an empty handler", ...other("empty", "export const handler = async () => 0;") },
    { name: "floor: with Node.js's HTTPS client", ...other("client", CLIENT) },
    { name: "lattice-proxy", file: ours, zipBytes },
  ];
  const times = contenders.map((): number[] => []);
  for (let run = 0; run <= COLD_STARTS; run += 1) {
    for (const [index, { file }] of contenders.entries()) {
      const took = await coldStart(join(file, ".."));
      if (run > 0) times[index]?.push(took);
    }
  }
  line(["", "bundle", "zip", "ready", "added"]);
  const floor = middle(times[0] ?? []);
  for (const [index, { name, file, zipBytes: zip }] of contenders.entries()) {
    const ready = middle(times[index] ?? []);
    const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
    const added = index === 0 ? "-" : milliseconds(ready - floor);
    line([name, kilobytes(statSync(file).size), kilobytes(zip), milliseconds(ready), added]);
  }
  console.log(`\nThe zip has at most ${MOST_BYTES / 1000} kB: ${zipBytes <= MOST_BYTES ? "as it should" : "TOO MUCH"}`);
}

function machine(): string {
  const load = loadavg().map((one) => one.toFixed(1));
  return `${availableParallelism()} cores, load ${load.join(" ")}`;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  try {
    const ours = bundle(folder, "lattice-proxy", join(ROOT, "lambda/lattice-proxy/handler.ts"));
    console.log(
      `A kilobyte in each answer, one request at a time, Node.js 24; medians of ${ROUNDS} rounds of ` +
        `${ROUND_MILLISECONDS / 1000} s. ${machine()}.\n`,
    );
    await compareRequests(folder, ours.file);
    console.log(`\nCold start under AWS's runtime interface client, median of ${COLD_STARTS}. ${machine()}.\n`);
    await compareColdStarts(folder, ours.file, ours.zipBytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void main();
