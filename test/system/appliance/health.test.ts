import { type Namespace, requireSystem, type Running, until } from "./namespace";
import { makeAppliance, startUnit } from "./world";

/* What the load balancer is told, while the parts that the answer rests on fail one by one. Suricata is played by its socket. */

requireSystem();

jest.setTimeout(30_000);

const PROGRAMS = "/repository/test/system/appliance/programs";
const FAST = { HEALTH_SAMPLE_SECONDS: "0.2", HEALTH_METRIC_SECONDS: "1" };

let machine: Namespace;
let tunnel: Running;
let service: Running;

interface SuricataState {
  readonly mode: "answer" | "mute" | "hang up" | "nonsense";
  readonly rules: number;
  readonly seen: number;
  readonly drops: number;
}

const WELL: SuricataState = { mode: "answer", rules: 3, seen: 1000, drops: 0 };

function suricata(changed: Partial<SuricataState> = {}): void {
  machine.write("/tmp/suricata.json.new", JSON.stringify({ ...WELL, ...changed }));
  machine.sh("mv /tmp/suricata.json.new /tmp/suricata.json");
}

beforeAll(async () => {
  machine = await makeAppliance(FAST);
  suricata();
  await machine.start(["python3", `${PROGRAMS}/suricata_socket.py`]).says("ready");
  machine.sh(`
    mkdir -p /var/lib/ringfence/rules && touch -d '36 hours ago' /var/lib/ringfence/rules/updated
    ip tuntap add gwi-a mode tun && ip tuntap add gwo-a mode tun && ip link set gwi-a up && ip link set gwo-a up
    ip link add ens5 type veth peer name world && ip link set ens5 up && ip route add default dev ens5`);
  // What the driver of EC2's interfaces counts, and no other.
  machine.write(
    "/usr/local/sbin/ethtool",
    `#!/bin/sh\n[ "$*" = "-S ens5" ] && printf 'NIC statistics:\\n     tx_timeout: 3\\n     conntrack_allowance_exceeded: %s\\n' "$(cat /tmp/refused)"\n`,
    "755",
  );
  machine.write("/tmp/refused", "40");
  service = startUnit(machine, "ringfence-health.service");
});

beforeEach(async () => {
  suricata();
  machine.sh("rm -f /run/ringfence/draining && /opt/ringfence/bin/tunnel-hook CREATE gwi-a gwo-a 00");
  tunnel = await listen();
  await says(200);
});

afterEach(async () => {
  await tunnel.stop("SIGKILL");
});

afterAll(async () => {
  await service.stop("SIGKILL");
  await machine.stop();
});

/** Somebody who listens for GENEVE and takes what comes. */
async function listen(): Promise<Running> {
  const program = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 6081)); print("ready", flush=True)
while True: s.recv(65535)`;
  const running = machine.start(["python3", "-c", program]);
  await running.says("ready");
  return running;
}

function ask(path = "/health"): { readonly status: number; readonly text: string; readonly seconds: number } {
  const started = Date.now();
  const output = machine.sh(`curl -s -m 5 -w '%{http_code}' http://127.0.0.1:8080${path} || true`);
  return {
    status: Number(output.slice(-3)),
    text: output.slice(0, -3).trim(),
    seconds: (Date.now() - started) / 1000,
  };
}

async function says(status: number, reason = ""): Promise<void> {
  let last = ask();
  await until(
    () => {
      last = ask();
      return last.status === status && last.text.includes(reason);
    },
    `${status} '${reason}'; the last answer was ${JSON.stringify(last)}`,
  );
}

function pour(packets: number): void {
  machine.sh(`python3 ${PROGRAMS}/pour.py gwi-a ${packets}`);
}

it("says 200 when all is well, and only by its own path", () => {
  expect(ask()).toMatchObject({ status: 200, text: "inspecting" });
  expect(ask("/").status).toBe(404);
});

it("says 503 when the tunnel handler is gone, and 200 when it is back", async () => {
  await tunnel.stop("SIGKILL");
  await says(503, "nobody listens for GENEVE");
  tunnel = await listen();
  await says(200);
});

it("says 503 when the tunnel handler lives and does not read", async () => {
  machine.sh("pkill -STOP -f 6081");
  machine.sh("for i in 1 2 3; do echo >/dev/udp/127.0.0.1/6081; done");
  await says(503, "the tunnel handler does not read");
  machine.sh("pkill -CONT -f 6081");
  // nsenter stops with what it started.
  tunnel.process.kill("SIGCONT");
  await says(200);
});

it.each([
  ["mute", "Suricata does not answer: timed out"],
  ["hang up", "Suricata does not answer: it hung up"],
  ["nonsense", "Suricata does not answer: an answer of another form"],
] as const)("says 503 when Suricata is %s, without making the load balancer wait", async (mode, reason) => {
  suricata({ mode });
  await says(503, reason);
  expect(ask().seconds).toBeLessThan(1);
});

it("says 503 when Suricata has no rules", async () => {
  suricata({ rules: 0 });
  await says(503, "Suricata has no rules");
});

it("says 503 when packets come and Suricata sees none of them", async () => {
  pour(60);
  pour(60);
  await says(503, "Suricata saw none of 120 packets");
  suricata({ seen: 1120 });
  await says(200);
});

it("says 200 when nothing comes, however long Suricata sees nothing", () => {
  pour(50);
  machine.sh("sleep 2");
  expect(ask().status).toBe(200);
});

it("says 503 when a tunnel's hook has not made its way", async () => {
  machine.sh("/opt/ringfence/bin/tunnel-hook DESTROY gwi-a gwo-a 00");
  await says(503, "gwi-a has no way out");
});

it("says 503 at once when the machine drains", () => {
  machine.sh("touch /run/ringfence/draining");
  expect(ask()).toMatchObject({ status: 503, text: expect.stringContaining("it is draining") as string });
});

it("answers others while somebody opens a connection and says nothing", async () => {
  const silent = machine.start([
    "python3",
    "-c",
    "import socket, time; s = socket.create_connection(('127.0.0.1', 8080)); print('ready', flush=True); time.sleep(20)",
  ]);
  await silent.says("ready");
  expect(ask()).toMatchObject({ status: 200 });
  await silent.stop("SIGKILL");
});

it("writes why it changed its mind, and metrics of what happened meanwhile", async () => {
  machine.sh(": >/var/log/ringfence/health/health.json");
  suricata({ seen: 1500, drops: 7 });
  machine.write("/tmp/refused", "52");
  const documents = (): readonly Readonly<Record<string, unknown>>[] =>
    machine
      .read("/var/log/ringfence/health/health.json")
      .split("\n")
      .filter((line) => line.includes("_aws"))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  await until(() => documents().some(({ PacketsSeen }) => Number(PacketsSeen) > 0), "metrics");
  const total = (name: string): number => documents().reduce((sum, document) => sum + Number(document[name]), 0);
  expect(total("PacketsSeen")).toBe(500);
  expect(total("KernelDrops")).toBe(7);
  expect(total("ConntrackDrops")).toBe(12);
  expect(documents()[0]).toMatchObject({ Fleet: "test-inspection", Healthy: 1, Tunnels: 1, RulesLoaded: 3 });
  expect(documents()[0]?.RulesetAgeDays).toBeCloseTo(1.5, 1);
  // Each metric that is announced has a value, or CloudWatch drops the whole document.
  const [{ _aws: announced } = {}] = documents();
  const { CloudWatchMetrics: directives } = announced as {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: unknown;
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  expect(directives[0]).toMatchObject({ Namespace: "Ringfence/Inspection", Dimensions: [["Fleet"]] });
  for (const { Name } of directives[0]?.Metrics ?? []) expect(typeof documents()[0]?.[Name]).toBe("number");

  suricata({ rules: 0 });
  await says(503);
  expect(machine.read("/var/log/ringfence/health/health.json")).toContain(
    '"healthy":false,"reasons":["Suricata has no rules"]',
  );
});

it("announces no metric that the machine's driver does not count", async () => {
  machine.sh("mv /usr/local/sbin/ethtool /tmp && : >/var/log/ringfence/health/health.json");
  await says(200);
  const written = (): string => machine.read("/var/log/ringfence/health/health.json");
  await until(() => (written().match(/_aws/g) ?? []).length > 1, "two documents");
  expect(written().split("\n").at(-2)).not.toContain("ConntrackDrops");
});

it("tells with two arms how full the table of connections is, also without a policy", async () => {
  const written = (): string => machine.read("/var/log/ringfence/health/health.json");
  expect(written()).not.toContain("ConnectionTablePercent");
  await service.stop("SIGKILL");
  machine.sh(`echo 'MODE="two-arm"' >>/etc/ringfence/appliance.env`);
  service = startUnit(machine, "ringfence-health.service");
  await until(() => written().includes('"ConnectionTablePercent":'), "the metric");
});
