/**
 * What a task of the fleet costs a request: requests a second and latency through the real Envoy, signed and not, beside calling the service
 * directly, in one run. Envoy has one thread and is configured as it is shipped; client, Envoy and service are processes of this machine,
 * and share its cores. Takes root and `bash .ci/install-tools envoy nginx`.
 *
 *     npx tsx bench/lattice/proxy.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

import type { EnvoyHost } from "../../lib/aws/envoy/container";
import { CredentialsEndpoint } from "../../test/system/envoy/credentials";
import { EnvoyTask } from "../../test/system/envoy/task";
import { makeCertificates } from "../../test/system/nginx/certificates";
import { DnsServer } from "../../test/system/nginx/dns-server";
import { freePort } from "../../test/system/nginx/ports";
import { line } from "../allowlist/print";

const DOMAIN = "bench.internal.test";
const ADDRESS = "127.0.5.1";
const NAMESERVER = "127.53.0.3";

const ROUNDS = 5;
const SECONDS = 2;
/** Requests at once: as many as all can take, and so few that nobody waits for anybody. */
const CROWD = 32;
const FEW = 2;

type Send = (done: (response: IncomingMessage) => void) => ClientRequest;

interface Contender {
  readonly name: string;
  readonly send: Send;
}

interface Measured {
  readonly perSecond: number;
  /** Milliseconds, shortest first. */
  readonly latencies: readonly number[];
}

async function exchange(send: Send): Promise<void> {
  return new Promise((done, fail) => {
    const sent = send((response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) done();
        else fail(new Error(`answered ${String(response.statusCode)}`));
      });
    });
    sent.on("error", fail).end();
  });
}

async function measure(send: Send, atOnce: number): Promise<Measured> {
  const latencies: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      const began = performance.now();
      await exchange(send);
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { perSecond: latencies.length / SECONDS, latencies: latencies.sort((one, other) => one - other) };
}

function share({ latencies }: Measured, part: number): number {
  return latencies[Math.floor(part * (latencies.length - 1))] ?? NaN;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((one, other) => one - other)[Math.floor(figures.length / 2)] ?? NaN;
}

function milliseconds(figure: number): string {
  return `${figure.toFixed(2)} ms`;
}

async function compare(contenders: readonly Contender[]): Promise<void> {
  const crowded = contenders.map((): number[] => []);
  const middle = contenders.map((): number[] => []);
  const slowest = contenders.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { send }] of contenders.entries()) {
      crowded[index]?.push((await measure(send, CROWD)).perSecond);
      const few = await measure(send, FEW);
      middle[index]?.push(share(few, 0.5));
      slowest[index]?.push(share(few, 0.99));
    }
  }
  line(["", "requests/s", "median", "99 %", "added median", "added 99 %"]);
  const [floor, floorOfSlowest] = [median(middle[0] ?? []), median(slowest[0] ?? [])];
  for (const [index, { name }] of contenders.entries()) {
    const [half, most] = [median(middle[index] ?? []), median(slowest[index] ?? [])];
    line([
      name,
      Math.round(median(crowded[index] ?? [])),
      milliseconds(half),
      milliseconds(most),
      ...(index === 0 ? ["-", "-"] : [milliseconds(half - floor), milliseconds(most - floorOfSlowest)]),
    ]);
  }
}

async function main(): Promise<void> {
  const { good, root } = makeCertificates(DOMAIN);
  const service = fork(join(__dirname, "service.ts"), {
    env: { ...process.env, BENCH_KEY: good.key, BENCH_CERT: good.cert, BENCH_ADDRESS: ADDRESS },
  });
  const [servicePort] = (await once(service, "message")) as [number];
  const dns = await DnsServer.start(NAMESERVER);
  dns.set(DOMAIN, ADDRESS);
  const credentials = await CredentialsEndpoint.start();
  const ports = {
    http: await freePort(),
    grpc: await freePort(),
    health: await freePort(),
    admin: await freePort(),
  };
  const host = (name: string, sign: boolean): EnvoyHost => ({
    ...{ host: name, protocol: "http", paths: ["/"], sign, timeoutSeconds: 15, retries: 1 },
    upstream: { domain: DOMAIN, port: servicePort, tls: true },
  });
  const task = await EnvoyTask.start(
    {
      image: { uri: "docker.io/envoyproxy/envoy:v1.39.3" },
      region: "eu-central-1",
      hosts: [host("signed.example.com", true), host("unsigned.example.com", false)],
      bearerHeader: "x-forwarded-authorization",
      ports,
      idleTimeoutSeconds: 60,
      cpu: 1024,
      memoryMb: 1024,
      drainSeconds: 5,
    },
    { nameserver: NAMESERVER, authorities: root, environment: credentials.environment },
  );

  const agent = new Agent({ keepAlive: true });
  const tlsAgent = new TlsAgent({ keepAlive: true });
  const direct: Send = (done) =>
    tlsRequest(
      { agent: tlsAgent, host: ADDRESS, port: servicePort, servername: DOMAIN, ca: root, path: "/orders/7?a=b" },
      done,
    );
  const through =
    (name: string): Send =>
    (done) =>
      request({ agent, host: "127.0.0.1", port: ports.http, path: "/orders/7?a=b", headers: { Host: name } }, done);
  const contenders: readonly Contender[] = [
    { name: "floor: the service itself, by TLS", send: direct },
    { name: "Envoy", send: through("unsigned.example.com") },
    { name: "Envoy that signs", send: through("signed.example.com") },
  ];

  console.log(
    `A kilobyte in each answer; ${CROWD} at once for requests/s, ${FEW} for latency; median of ${ROUNDS} rounds of ${SECONDS} s. ` +
      `${availableParallelism()} cores, load ${loadavg()
        .map((load) => load.toFixed(1))
        .join(" ")}.`,
  );
  try {
    // What everybody does only once.
    for (const { send } of contenders) await measure(send, CROWD);
    await compare(contenders);
  } finally {
    agent.destroy();
    tlsAgent.destroy();
    await task.kill();
    service.disconnect();
    await Promise.all([credentials.stop(), dns.stop()]);
  }
}

void main();
