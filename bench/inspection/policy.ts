/**
 * What a policy costs: how long it takes to put one in the place of another, and how many packets pass with one beside how many pass without,
 * in one run. Takes root.
 *
 *     npx tsx bench/inspection/policy.ts
 *
 * The kernel's part is measured in namespaces of this machine. What Suricata adds needs queues, and so a virtual machine, whose processor is
 * emulated: its figures compare with each other and with nothing else.
 */
import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";

import { compilePolicy, type EgressPolicy } from "../../lib/egress-policy";
import { Machine, requireMachine } from "../../test/system/appliance/machine";
import type { Namespace } from "../../test/system/appliance/namespace";
import { requireSystem } from "../../test/system/appliance/namespace";
import { pack, type PolicyFiles } from "../../test/system/appliance/policy-files";
import { CLIENT_NETWORK, makeAppliance, SERVER, settingsFile } from "../../test/system/appliance/world";
import { line } from "../allowlist/print";

const ROUNDS = 5;
const SECONDS = 1;
const SIZES = [64, 1400] as const;
const ENTRIES = [10, 10_000] as const;
const WIDTH = 50;

/** So many names and so many ranges. The connection that is measured is allowed by the last of them. */
function policyOf(entries: number): PolicyFiles {
  const policy: EgressPolicy = {
    default: "deny",
    discovery: false,
    allowDomains: Array.from({ length: entries }, (_, index) => `host-${index}.example.com`),
    allowCidrs: [
      ...Array.from({ length: entries - 1 }, (_, index) => ({
        cidr: `172.${16 + (index >> 13)}.${(index >> 5) & 255}.${(index & 31) << 3}/32`,
        protocol: "tcp" as const,
        ports: [1024 + (index % 1000)],
      })),
      { cidr: `${SERVER}/32`, protocol: "udp", ports: [9] },
    ],
    spokes: {},
  };
  return compilePolicy(policy, { mode: "one-arm", action: "ips", networks: { own: [CLIENT_NETWORK] } }).files;
}

function median(figures: readonly number[]): number {
  return [...figures].sort((one, other) => one - other)[Math.floor(figures.length / 2)] ?? NaN;
}

const MAKE_TUNNEL = `
  for device in gwi-z gwo-z; do ip tuntap add $device mode tun && ip link set $device up; done
  /opt/ringfence/bin/tunnel-hook CREATE gwi-z gwo-z 00`;

async function appliance(entries?: number): Promise<Namespace> {
  const machine = await makeAppliance();
  machine.sh(MAKE_TUNNEL);
  if (entries !== undefined) {
    machine.sh("set -a && . /etc/ringfence/appliance.env && POLICY=true /opt/ringfence/bin/load-firewall 2>/dev/null");
    machine.write("/tmp/policy.nft", policyOf(entries)["policy.nft"] ?? "");
    machine.sh("nft -f /tmp/policy.nft");
  }
  return machine;
}

function milliseconds(machine: Namespace, command: string): number {
  const script = `start=$EPOCHREALTIME; ${command}; end=$EPOCHREALTIME; echo $(( \${end/./} - \${start/./} ))`;
  return median(Array.from({ length: ROUNDS }, () => Number(machine.sh(script)) / 1000));
}

async function benchKernel(): Promise<void> {
  const contenders = [
    ["no policy", await appliance()],
    ...(await Promise.all(
      ENTRIES.map(async (entries) => [`policy of ${entries.toLocaleString("en")}`, await appliance(entries)] as const),
    )),
  ] as const;
  line(["in the kernel: one transaction", "check", "swap"], WIDTH);
  for (const [name, machine] of contenders.slice(1)) {
    const figures = ["nft -c -f /tmp/policy.nft", "nft -f /tmp/policy.nft"].map((command) =>
      milliseconds(machine, command),
    );
    line([name, ...figures.map((figure) => `${figure.toFixed(0)} ms`)], WIDTH);
  }
  console.log();
  line(["kernel, packets a second, one core", ...SIZES.map((size) => `${size} bytes`)], WIDTH);
  const rounds = contenders.map(() => SIZES.map((): number[] => []));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [row, [, machine]] of contenders.entries()) {
      for (const [column, size] of SIZES.entries()) {
        const command = `python3 /repository/bench/inspection/blast.py gwi-z gwo-z ${SECONDS} ${size}`;
        rounds[row]?.[column]?.push(Number(machine.sh(command)));
      }
    }
  }
  for (const [row, [name]] of contenders.entries()) {
    line([name, ...(rounds[row] ?? []).map((figures, column) => share(figures, rounds[0]?.[column]))], WIDTH);
  }
  await Promise.all(contenders.map(([, machine]) => machine.stop()));
}

function share(figures: readonly number[], floor: readonly number[] = []): string {
  return `${median(figures).toLocaleString("en")} ${Math.round((100 * median(figures)) / median(floor))} %`;
}

const OBJECT = "/srv/aws/objects/artifacts.s3.eu-central-1.aws.test/policy.zip";

async function benchSuricata(): Promise<void> {
  const machine = await Machine.start({
    "/srv/blast.py": readFileSync(join(__dirname, "blast.py"), "utf8"),
    "/etc/ringfence/appliance.env": settingsFile({
      IMAGE: "baked",
      ACTION: "ips",
      // What finds a queue full does not pass: all that arrives has been looked into.
      ON_FAILURE: "closed",
      POLICY: "true",
      POLICY_BUCKET: "artifacts",
      POLICY_KEY: "policy.zip",
    }),
  });
  try {
    await machine.sh(`setsid bash /srv/programs/make_world.sh </dev/null >/run/world.log 2>&1
      systemctl stop ringfence-policy.timer
      mkdir -p "$(dirname ${OBJECT})"
      ${MAKE_TUNNEL}`);
    const put = async (entries: number): Promise<void> => {
      await machine.sh(`base64 -d >${OBJECT} && systemctl start ringfence-policy.service`, {
        input: pack(policyOf(entries)),
      });
    };
    const ready = (): Promise<void> =>
      machine.until("suricatasc -c version /run/ringfence-suricata/command.socket", "Suricata");
    const rates = async (): Promise<readonly (readonly number[])[]> => {
      const bySize: number[][] = [];
      for (const size of SIZES) {
        const figures: number[] = [];
        for (let round = 0; round < ROUNDS; round += 1) {
          figures.push(Number(await machine.sh(`python3 /srv/blast.py gwi-z gwo-z ${SECONDS} ${size}`)));
        }
        bySize.push(figures);
      }
      return bySize;
    };
    await put(ENTRIES[0]);
    await ready();

    const rows: (readonly [string, readonly (readonly number[])[]])[] = [];
    const swaps: (readonly [string, string])[] = [];
    for (const entries of ENTRIES) {
      // Once from the other one, with Suricata at work.
      await put(ENTRIES[0] + 1);
      await put(entries);
      const last = (await machine.sh("tail -n 1 /var/log/ringfence/policy.log")).trim();
      swaps.push([`policy of ${entries.toLocaleString("en")}`, `${/after ([\d.]+) s/.exec(last)?.[1] ?? "?"} s`]);
      rows.push([`Suricata, policy of ${entries.toLocaleString("en")}`, await rates()]);
    }
    await machine.sh(`
      sed -i 's/^POLICY=.*/POLICY="false"/' /etc/ringfence/appliance.env
      nft delete table inet ringfence-policy
      systemctl reload ringfence-firewall.service && systemctl restart ringfence-suricata.service`);
    await ready();
    rows.unshift(["Suricata, no policy", await rates()]);

    console.log();
    line(["the whole swap, checks and Suricata's reload included", "emulated"], WIDTH + 6);
    for (const swap of swaps) line(swap, WIDTH + 6);
    console.log();
    line(["queues and Suricata, packets a second, emulated", ...SIZES.map((size) => `${size} bytes`)], WIDTH);
    for (const [name, figures] of rows) {
      line([name, ...figures.map((each, column) => share(each, rows[0]?.[1][column]))], WIDTH);
    }
  } finally {
    await machine.stop();
  }
}

async function main(): Promise<void> {
  requireSystem();
  requireMachine();
  console.log(
    `${availableParallelism()} processors, load ${(loadavg()[0] ?? 0).toFixed(1)}; median of ${ROUNDS} rounds; a policy of n has n names and n ranges\n`,
  );
  await benchKernel();
  await benchSuricata();
}

void main();
