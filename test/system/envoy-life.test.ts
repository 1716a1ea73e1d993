import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { envoyConfiguration, envoyContainer } from "../../lib/aws/envoy/container";
import { COUNTED, type CountedRecords } from "../../lib/aws/envoy/log-metrics";
import { ask, askDirectly, begin } from "./nginx/client";
import { stopUnderLoad } from "./envoy/load";
import { callGrpc } from "./envoy/raw";
import { EnvoyTask, findEnvoy } from "./envoy/task";
import { World } from "./envoy/world";

/* What a task of the fleet does over its life: its start, new credentials and addresses, and its end. */

jest.setTimeout(60_000);

let world: World;
let task: EnvoyTask | undefined;

beforeAll(async () => {
  world = await World.create();
});

afterEach(async () => {
  await task?.kill();
  task = undefined;
  world.credentials.broken = false;
  world.credentials.lifetimeSeconds = 3600;
});

afterAll(async () => {
  await world.remove();
});

/** Waits until the task's log has so many records that a metric counts. */
async function counted({ field, value }: CountedRecords, count: number): Promise<void> {
  const begins = typeof value === "string" && value.endsWith("*") ? value.slice(0, -1) : undefined;
  const isCounted = (found: unknown): boolean =>
    begins === undefined ? found === value : typeof found === "string" && found.startsWith(begins);
  for (let waited = 0; waited < 5_000; waited += 100) {
    const records = task?.log.filter((record) => isCounted(record[field])) ?? [];
    if (records.length >= count) return;
    await sleep(100);
  }
  throw new Error(`the log has not ${count} records whose ${field} is ${value}: ${task?.output ?? ""}`);
}

describe("a task that is told to stop", () => {
  it("loses no request, and ends when the last is answered", async () => {
    const running = (task = await world.start());
    const outcome = await stopUnderLoad(world, async () => running.stop());
    expect(outcome.lost).toEqual([]);
    expect(outcome.answered).toBeGreaterThan(100);
    expect(outcome.answeredAfterStop).toBeGreaterThan(20);
    expect(running.status).toBe(0);
    expect(running.output).toContain('"drained"');
    expect(outcome.milliseconds).toBeLessThan(12_000);
  });

  it("would lose some if it did not drain", async () => {
    const running = (task = await world.start(
      {},
      envoyConfiguration(world.props()).replace("/drain_listeners([?].*)?", "/nothing"),
    ));
    const outcome = await stopUnderLoad(world, async () => running.stop());
    expect(outcome.lost.length).toBeGreaterThan(0);
    expect(running.output).toContain("Envoy does not drain");
  });

  it("ends in time though a request does not", async () => {
    const running = (task = await world.start({ drainSeconds: 5 }));
    const response = await begin(world.http, { path: "/endless", headers: { Host: "shop.example.com" } });
    response.on("error", () => undefined).resume();
    const milliseconds = await running.stop();
    expect(milliseconds).toBeGreaterThan(4_000);
    expect(milliseconds).toBeLessThan(8_000);
    expect(running.output).toContain("requests are still under way");
    expect(running.status).toBe(0);
  });

  it("ends though it has not begun", async () => {
    const starting = EnvoyTask.spawn(world.props(), world.surroundings);
    await sleep(100);
    expect(await starting.stop()).toBeLessThan(8_000);
  });

  it("tells its clients to go elsewhere", async () => {
    const running = (task = await world.start());
    const stopped = running.stop();
    await sleep(300);
    expect(await ask(world.http)).toMatchObject({ status: 200, headers: { connection: "close" } });
    await stopped;
  });
});

describe("a task's own health check", () => {
  it("tells Amazon ECS whether it serves", async () => {
    const { healthCheck, environment } = envoyContainer(world.props());
    const [kind, program = "", ...args] = healthCheck?.command ?? [];
    expect(kind).toBe("CMD");
    const isHealthy = (): boolean =>
      spawnSync(program, args, { env: { ...process.env, ...environment, ENVOY_CONFIGURATION: "" } }).status === 0;
    expect(isHealthy()).toBe(false);
    const running = (task = await world.start());
    expect(isHealthy()).toBe(true);
    const stopped = running.stop();
    await sleep(300);
    expect(isHealthy()).toBe(false);
    await stopped;
  });
});

describe("a task's credentials", () => {
  it("are new before the old ones end", async () => {
    world.credentials.lifetimeSeconds = 9;
    task = await world.start();
    const known = world.credentials.keys.size;
    const used = new Set<string>();
    for (let waited = 0; used.size < 2 && waited < 20_000; waited += 200) {
      world.forget();
      expect(await ask(world.http)).toMatchObject({ status: 200 });
      used.add(world.verify(world.services.shop.only));
      await sleep(200);
    }
    expect(used.size).toBe(2);
    expect(world.credentials.keys.size).toBeGreaterThan(known);
  });

  it("are waited for, and nothing leaves without them", async () => {
    world.credentials.broken = true;
    task = await world.start();
    world.forget();
    for (const method of ["GET", "POST"]) {
      expect(await ask(world.http, { method, headers: { Authorization: "Bearer own" } })).toMatchObject({
        status: 503,
      });
    }
    const { headers } = await callGrpc(world.grpc, "grpc.example.com", "/pkg.Service/Do");
    expect(headers["grpc-status"]).toBe("14");
    expect(world.received).toEqual([]);
    await counted(COUNTED.unsigned, 3);
    // What is not signed needs none.
    expect(await ask(world.http, { headers: { Host: "open.example.com" } })).toMatchObject({ status: 200 });

    world.credentials.broken = false;
    world.forget();
    let status = 503;
    for (let waited = 0; status === 503 && waited < 15_000; waited += 250) {
      ({ status } = await ask(world.http));
      await sleep(250);
    }
    expect(world.verify(world.services.shop.only)).toMatch(/^ASIATEST/);
  });

  it("would be done without, if nobody looked", async () => {
    world.credentials.broken = true;
    task = await world.start({}, envoyConfiguration(world.props()).replaceAll("== nil", "== ''"));
    world.forget();
    expect(await ask(world.http)).toMatchObject({ status: 200 });
    expect(world.services.shop.only.headers).not.toHaveProperty("authorization");
  });
});

/** In a network of its own: the endpoint at the address that only Amazon ECS has, and an Envoy for three seconds. */
const ON_ECS = `
ip link set lo up
ip addr add 169.254.170.2/32 dev lo
python3 -u -c '
import http.server
class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked for " + self.path)
        self.send_error(500)
http.server.HTTPServer(("169.254.170.2", 80), Endpoint).serve_forever()' &
endpoint=$!
sleep 0.5
timeout 3 "$1" -c "$2" -l off || true
kill "$endpoint"`;

test("a task asks for its role where Amazon ECS says", () => {
  const folder = mkdtempSync(join(tmpdir(), "envoy-"));
  const file = join(folder, "configuration.json");
  writeFileSync(file, envoyConfiguration(world.props()));
  const { stdout } = spawnSync("unshare", ["-n", "bash", "-c", ON_ECS, "bash", findEnvoy(), file], {
    encoding: "utf8",
    env: { ...process.env, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/of-the-task" },
  });
  rmSync(folder, { recursive: true });
  expect(stdout).toContain("asked for /v2/credentials/of-the-task");
});

describe("a service's addresses", () => {
  it("are followed when they change", async () => {
    task = await world.start();
    const { open, stranger } = world.services;
    world.forget();
    await ask(world.http, { headers: { Host: "open.example.com" } });
    expect(open.received).toHaveLength(1);
    world.dns.set("open.internal.test", "127.0.4.9");
    let failed = false;
    for (let waited = 0; !failed && waited < 15_000; waited += 250) {
      // Nobody listens at the new address.
      failed = (await ask(world.http, { headers: { Host: "open.example.com" } })).status === 503;
      await sleep(250);
    }
    world.dns.set("open.internal.test", "127.0.4.2");
    expect(failed).toBe(true);
    await counted(COUNTED.unreached, 1);
    expect(stranger.received).toEqual([]);
  });

  it("are tried one after the other", async () => {
    world.dns.set("plain.internal.test", "127.0.4.9", "127.0.4.5");
    task = await world.start();
    world.forget();
    const headers = { Host: "a.tenants.example.com" };
    for (let count = 0; count < 30; count += 1) {
      expect(await ask(world.http, { headers })).toMatchObject({ status: 200 });
    }
    // The one that takes no connections is left out by now, so that even what is not repeated succeeds.
    await sleep(200);
    for (let count = 0; count < 10; count += 1) {
      expect(await ask(world.http, { headers, method: "POST" })).toMatchObject({ status: 200 });
    }
    world.dns.set("plain.internal.test", "127.0.4.5");
  });
});

test("a task without memory to spare refuses requests, and is not taken for broken", async () => {
  task = await world.start(
    {},
    envoyConfiguration(world.props()).replace(/"max_heap_size_bytes":\d+/, '"max_heap_size_bytes":1048576'),
  );
  await sleep(500);
  world.forget();
  expect(await ask(world.http, { method: "POST" })).toMatchObject({ status: 503 });
  expect(world.received).toEqual([]);
  expect(await askDirectly(world.health, { path: "/healthz" })).toMatchObject({ status: 200 });
});

describe("a task that cannot serve", () => {
  it.each([
    ["no configuration", ""],
    ["half a configuration", '{"static_resources":{"listeners":['],
    ["a configuration of something else", '{"server":{"port":80}}'],
  ])("ends at once: %s", async (_, configuration) => {
    await expect(world.start({}, configuration)).rejects.toThrow("Envoy did not start");
  });
});

test("a host that only the load balancer knows is counted by its own status", async () => {
  task = await world.start();
  expect(await ask(world.http, { headers: { Host: "unknown.example.com" } })).toMatchObject({ status: 421 });
  await counted(COUNTED.unknownHosts, 1);
});
