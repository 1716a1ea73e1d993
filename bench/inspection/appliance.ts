/**
 * What an appliance's hooks and its way through the kernel cost, beside a hook that does nothing and beside plain forwarding, in network
 * namespaces of this machine. Takes root.
 *
 *     npx tsx bench/inspection/appliance.ts
 *
 * The kernel's part is measured between two tunnel devices, without whoever takes GENEVE apart. The whole way is what gwlbtun does where
 * it is on PATH; else it is the tests' own decapsulator in Python, whose figure says only that all of it works together.
 */
import { availableParallelism, loadavg } from "node:os";

import { Namespace, requireSystem, until } from "../../test/system/appliance/namespace";
import { CLIENT, makeAppliance, SERVER, tunnelHandler, World } from "../../test/system/appliance/world";
import { line } from "../allowlist/print";

const PROGRAMS = "/repository/bench/inspection";
const HOOK = "/opt/ringfence/bin/tunnel-hook";
const TIMES = 100;
const ROUNDS = 5;
const SECONDS = 1;
const SIZES = [64, 1400] as const;
/** Endpoints besides the one that is measured: each has a rule that packets are held against. */
const OTHERS = 50;

/** Milliseconds that each run of a command took, shortest first. */
function time(machine: Namespace, before: string, command: string): readonly number[] {
  const script = `
    for round in $(seq ${TIMES}); do
      ${before}
      start=$EPOCHREALTIME
      ${command}
      end=$EPOCHREALTIME
      echo $(( \${end/./} - \${start/./} ))
    done`;
  return machine
    .sh(script)
    .trim()
    .split("\n")
    .map((microseconds) => Number(microseconds) / 1000)
    .sort((one, other) => one - other);
}

function share(sorted: readonly number[], part: number): string {
  return `${(sorted[Math.floor(part * (sorted.length - 1))] ?? NaN).toFixed(1)} ms`;
}

function makeTunnel(machine: Namespace, name: string): void {
  const devices = ["gwi", "gwo"].map((way) => `${way}-${name}`);
  machine.sh(devices.map((device) => `ip tuntap add ${device} mode tun && ip link set ${device} up`).join(" && "));
}

function benchHooks(machine: Namespace): void {
  const create = `${HOOK} CREATE gwi-a gwo-a 00`;
  const destroy = `${HOOK} DESTROY gwi-a gwo-a 00`;
  machine.write("/tmp/nothing", "#!/bin/sh\n", "755");
  line(["hook", "median", "95 %", "longest"]);
  for (const [name, before, command] of [
    ["floor: a shell that does nothing", "", "/tmp/nothing"],
    ["CREATE", destroy, create],
    ["CREATE again", create, create],
    ["DESTROY", create, destroy],
  ] as const) {
    const figures = time(machine, before, command);
    line([name, share(figures, 0.5), share(figures, 0.95), share(figures, 1)]);
  }
}

function blast(machine: Namespace, devices: readonly [string, string], size: number): number {
  return Number(machine.sh(`python3 ${PROGRAMS}/blast.py ${devices.join(" ")} ${SECONDS} ${size}`));
}

function median(figures: readonly number[]): number {
  return [...figures].sort((one, other) => one - other)[Math.floor(figures.length / 2)] ?? NaN;
}

async function benchKernel(appliance: Namespace): Promise<void> {
  const plain = await Namespace.create();
  plain.sh(`
    for device in in out; do ip tuntap add $device mode tun && ip link set $device up; done
    sysctl -q net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.in.rp_filter=0
    ip route add default dev out`);
  const crowded = await makeAppliance();
  for (const machine of [appliance, crowded]) {
    makeTunnel(machine, "z");
  }
  for (let other = 0; other < OTHERS; other += 1) {
    makeTunnel(crowded, `o${other}`);
    crowded.sh(`${HOOK} CREATE gwi-o${other} gwo-o${other} 00`);
  }
  for (const machine of [appliance, crowded]) machine.sh(`${HOOK} CREATE gwi-z gwo-z 00`);

  const contenders: readonly (readonly [string, Namespace, readonly [string, string]])[] = [
    ["plain: a route, no firewall", plain, ["in", "out"]],
    ["appliance: one endpoint", appliance, ["gwi-z", "gwo-z"]],
    [`appliance: the last of ${OTHERS + 1} endpoints`, crowded, ["gwi-z", "gwo-z"]],
  ];
  console.log();
  line(["kernel, packets a second, one core", ...SIZES.map((size) => `${size} bytes`)]);
  const rounds = contenders.map(() => SIZES.map((): number[] => []));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [row, [, machine, devices]] of contenders.entries()) {
      for (const [column, size] of SIZES.entries()) rounds[row]?.[column]?.push(blast(machine, devices, size));
    }
  }
  const floor = rounds[0]?.map(median) ?? [];
  for (const [row, [name]] of contenders.entries()) {
    const figures = rounds[row]?.map(median) ?? [];
    line([
      name,
      ...figures.map((figure, column) => `${figure.toLocaleString("en")} ${percent(figure, floor[column])}`),
    ]);
  }
  await Promise.all([plain.stop(), crowded.stop()]);
}

function percent(figure: number, floor = NaN): string {
  return `${Math.round((100 * figure) / floor)} %`;
}

/** Datagrams a second that arrive, sent as fast as one process can. */
async function flood(client: Namespace, server: Namespace): Promise<number> {
  const taking = server.start(["python3", `${PROGRAMS}/flood.py`, "take", String(SECONDS)]);
  await taking.says("ready");
  client.sh(`python3 ${PROGRAMS}/flood.py send ${SERVER} ${SECONDS + 0.5}`);
  await until(() => taking.process.exitCode !== null, "the end of what arrives");
  return Number(taking.output().replace("ready\n", ""));
}

async function benchWholeWay(): Promise<void> {
  const [client, router, server] = await Promise.all([Namespace.create(), Namespace.create(), Namespace.create()]);
  Namespace.connect(client, { device: "wire", address: `${CLIENT}/24` }, router, {
    device: "inner",
    address: "10.50.0.1/24",
  });
  Namespace.connect(router, { device: "outer", address: "198.51.100.1/24" }, server, {
    device: "wire",
    address: `${SERVER}/24`,
  });
  router.sh("sysctl -q net.ipv4.ip_forward=1");
  client.sh("ip link set dev wire mtu 1500 && ip route add default via 10.50.0.1");
  server.sh("ip route add default via 198.51.100.1");
  const world = await World.create();
  const [{ spoke, internet }] = world.endpoints;
  world.echoed(world.endpoints[0], "udp", SERVER, 10, 1);

  const figures: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    figures[0].push(await flood(client, server));
    figures[1].push(await flood(spoke, internet));
  }
  console.log();
  line(["spoke to internet, 1000-byte datagrams", "a second"], 50);
  line(["plain: two wires and a router", median(figures[0])], 50);
  line([`appliance, by ${tunnelHandler().name.split(",")[0] ?? ""}`, median(figures[1])], 50);
  await Promise.all([client.stop(), router.stop(), server.stop(), world.stop()]);
}

async function main(): Promise<void> {
  requireSystem();
  console.log(
    `${availableParallelism()} processors, load ${(loadavg()[0] ?? 0).toFixed(1)}; median of ${ROUNDS} rounds, ${TIMES} hooks\n`,
  );
  const appliance = await makeAppliance();
  makeTunnel(appliance, "a");
  benchHooks(appliance);
  await benchKernel(appliance);
  await appliance.stop();
  await benchWholeWay();
}

void main();
