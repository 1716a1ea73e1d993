import { type AllowedCidr, compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { Machine, requireMachine } from "./machine";
import { pack, type PolicyFiles } from "./policy-files";
import { CLIENT_NETWORK, SERVER, settingsFile } from "./world";

/*
 * An appliance that decides, in a virtual machine with a kernel of its own: queues of packets, and the shipped units by systemd with their
 * users and fences. Spokes, internet, load balancer and AWS are namespaces and stand-ins within it; the policies are the compiler's.
 */

requireMachine();

// The processor is emulated, beside other work.
jest.setTimeout(600_000);

const OBJECT = "/srv/aws/objects/artifacts.s3.eu-central-1.aws.test/policy.zip";
const OTHER_SERVER = "198.51.100.20";

let machine: Machine;

const DATABASE: AllowedCidr = { cidr: `${SERVER}/32`, protocol: "tcp", ports: [5432] };
const NAMES: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: ["allowed.test", "*.wide.test"],
  allowCidrs: [
    DATABASE,
    { cidr: `${OTHER_SERVER}/32`, protocol: "icmp" },
    { cidr: `${OTHER_SERVER}/32`, protocol: "udp", ports: [443] },
  ],
  spokes: { own: { allowDomains: ["own.test"], allowCidrs: [] } },
};

function files(policy: EgressPolicy, own = CLIENT_NETWORK): PolicyFiles {
  const fleet = { mode: "one-arm", action: "ips", networks: { own: [own], other: ["10.20.0.0/16"] } } as const;
  return compilePolicy(policy, fleet).files;
}

/** What becomes of each wish from a client of an endpoint. */
async function ask(
  wishes: readonly string[],
  spoke: "a" | "b" = "a",
  seconds = 5,
): Promise<Readonly<Record<string, boolean>>> {
  const command = `ASK_SECONDS=${seconds} ip netns exec spoke-${spoke} python3 -B /srv/programs/ask.py`;
  return JSON.parse(await machine.sh(command, { input: wishes.join("\n") })) as Readonly<Record<string, boolean>>;
}

async function publish(content: string): Promise<void> {
  await machine.sh(`mkdir -p ${OBJECT.replace(/\/[^/]*$/, "")} && base64 -d >${OBJECT}`, { input: content });
}

/** Runs the update as its timer would, to its end. */
async function update(): Promise<number | null> {
  return (await machine.run("systemctl start ringfence-policy.service")).status;
}

const log = (): Promise<string> => machine.sh("cat /var/log/ringfence/policy.log");

async function putToWork(policy: EgressPolicy, own?: string): Promise<void> {
  await publish(pack(files(policy, own)));
  expect({ status: await update(), log: (await log()).slice(-500) }).toMatchObject({ status: 0 });
}

/** What the kernel has at work, by the chain that says whose it is. */
async function atWork(): Promise<string> {
  return /chain of-(\w+)/.exec(await machine.sh("nft list table inet ringfence-policy"))?.[1] ?? "none";
}

const isHealthy = '[ "$(curl -s -m 5 http://127.0.0.1:8080/health)" = inspecting ]';
const health = (): Promise<string> => machine.sh("curl -s -m 5 http://127.0.0.1:8080/health || true");

beforeAll(async () => {
  machine = await Machine.start({
    "/etc/ringfence/appliance.env": settingsFile({
      IMAGE: "baked",
      ACTION: "ips",
      ON_FAILURE: "open",
      POLICY: "true",
      POLICY_BUCKET: "artifacts",
      POLICY_KEY: "policy.zip",
      HEALTH_SAMPLE_SECONDS: "1",
      HEALTH_METRIC_SECONDS: "15",
    }),
  });
  await machine.sh(
    "setsid bash /srv/programs/make_world.sh </dev/null >/run/world.log 2>&1 || { tail -5 /run/world.log; exit 1; }",
    { seconds: 300 },
  );
  // A packet that comes before the tunnel handler listens is lost, and the first of an endpoint waits for its hook, which takes seconds here.
  const wake = (letter: string): string =>
    `echo 'udp ${SERVER} 7' | ASK_SECONDS=0.1 ip netns exec spoke-${letter} python3 -B /srv/programs/ask.py`;
  await machine.until(
    `${wake("a")}; ${wake("b")}; [ "$(ls /run/ringfence/tunnels | wc -l)" = 2 ]`,
    "both tunnels",
    120,
  );
});

afterAll(async () => {
  await machine.stop();
});

it("lets nothing pass before it has a policy, and says so", async () => {
  await machine.until("curl -s http://127.0.0.1:8080/health | grep -q 'it has no policy'", "the reason");
  const wishes = [`tcp ${SERVER} 5432`, "dns allowed.test", `ping ${OTHER_SERVER}`];
  expect(await ask(wishes, "a", 2)).toEqual(Object.fromEntries(wishes.map((wish) => [wish, false])));
});

it("takes its first policy, and is healthy", async () => {
  await putToWork(NAMES);
  await machine.until(isHealthy, "health");
  expect(await machine.sh("systemctl list-units --failed --no-legend --plain 'ringfence-*'")).toBe("");
});

const GRANTED = [
  "tls allowed.test",
  "tls deep.down.wide.test",
  "tls own.test",
  "http allowed.test",
  "dns allowed.test",
  "dns a.wide.test",
  "dns-tcp allowed.test",
  `tcp ${SERVER} 5432`,
  `ping ${OTHER_SERVER}`,
  `ping-large ${OTHER_SERVER}`,
  `udp ${OTHER_SERVER} 443`,
];
const DENIED = [
  "tls evil.test",
  "tls wide.test",
  "tls -",
  "http evil.test",
  "dns evil.test",
  "dns-tcp evil.test",
  `tcp ${SERVER} 443`,
  `tcp ${SERVER} 22`,
  `tcp ${OTHER_SERVER} 5432`,
  `udp ${SERVER} 443`,
  `udp ${SERVER} 7`,
  `ping ${SERVER}`,
];

it.each(["a", "b"] as const)("decides over names and addresses, for endpoint %s", async (spoke) => {
  const expected = [...GRANTED.map((wish) => [wish, true]), ...DENIED.map((wish) => [wish, false])];
  expect(await ask([...GRANTED, ...DENIED], spoke)).toEqual(Object.fromEntries(expected));
});

it("tells the connections of two endpoints apart, though they have the same addresses", async () => {
  const zones = await machine.sh("grep src=10.50.0.10 /proc/net/nf_conntrack | grep -o 'zone=[0-9]*' | sort -u");
  expect(zones.trim().split("\n")).toEqual(["zone=1", "zone=2"]);
});

interface Denial {
  readonly verdict: string;
  readonly by: string;
  readonly spoke: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly name?: string;
  readonly destination?: string;
}

async function denials(): Promise<readonly Denial[]> {
  const lines = (await machine.sh("cat /var/log/ringfence/policy/policy.json")).trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Denial);
}

it("writes down what it denied: addresses by the kernel, names by Suricata, in one form", async () => {
  await machine.until('grep -q \'"application":"dns"\' /var/log/ringfence/policy/policy.json', "names");
  const found = await denials();
  const common = { verdict: "denied", spoke: "own" };
  for (const denial of [
    { ...common, by: "address", protocol: "tcp", destination: SERVER, port: 22 },
    { ...common, by: "address", protocol: "udp", destination: SERVER, port: 443 },
    { ...common, by: "address", protocol: "icmp", destination: SERVER },
    { ...common, by: "name", name: "evil.test", application: "tls", port: 443 },
    { ...common, by: "name", name: "evil.test", application: "http", port: 80 },
    { ...common, by: "name", name: "evil.test", application: "dns", port: 53 },
  ]) {
    expect(found).toContainEqual(expect.objectContaining(denial));
  }
  expect(found.some(({ name }) => name === "allowed.test")).toBe(false);
});

it("tells CloudWatch of its policy and its table of connections", async () => {
  // A record tells of the seconds before it, and in some of them nothing came.
  const metrics = `grep -E '"policy":"[0-9a-f]{64}"' /var/log/ringfence/health/health.json | grep -E '"PacketsSeen":[1-9]'`;
  await ask(["dns allowed.test"]);
  await machine.until(metrics, "metrics");
  const lines = await machine.sh(`${metrics} | tail -n 1`);
  const values = JSON.parse(lines) as Readonly<Record<string, number>>;
  expect(values).toMatchObject({ Healthy: 1, KernelDrops: 0, Tunnels: 2 });
  expect(values.PolicyAgeSeconds).toBeLessThan(120);
  expect(values.ConnectionTablePercent).toBeLessThan(1);
  // One for each 8 KiB of memory.
  const most = Number(await machine.sh("cat /proc/sys/net/netfilter/nf_conntrack_max"));
  expect(most).toBeGreaterThan(100_000);
  expect(most).toBeLessThan(131_072);
  expect(await machine.sh("cat /proc/sys/net/netfilter/nf_conntrack_tcp_loose")).toBe("0\n");
});

it("runs each program with what it needs and no more", async () => {
  const status = await machine.sh("grep -E '^(Uid|CapEff)' /proc/$(pgrep -x Suricata-Main)/status");
  expect(status).not.toMatch(/Uid:\s+0/);
  // CAP_NET_ADMIN is the twelfth bit, counted from zero.
  expect(status).toMatch(/CapEff:\s+0000000000001000/);
});

/** Connections that are kept busy while something happens; what they say of it. */
async function during(
  connections: number,
  happening: () => Promise<void>,
): Promise<readonly { readonly messages: number; readonly longestSilence: number }[]> {
  await machine.sh(`rm -f /run/keep-* /run/enough
    for number in $(seq ${connections}); do
      ip netns exec spoke-a setsid python3 -B /srv/programs/ask.py keep ${SERVER} 5432 /run/enough </dev/null >/run/keep-$number 2>&1 &
    done`);
  await machine.until(`[ "$(cat /run/keep-* | grep -c connected)" = ${connections} ]`, "connections");
  await happening();
  await machine.sh("touch /run/enough");
  await machine.until(
    `[ "$(cat /run/keep-* | grep -cE 'messages|Error')" -ge ${connections} ]`,
    "the end of connections",
  );
  const lines = (await machine.sh("cat /run/keep-*")).split("\n").filter((line) => line !== "" && line !== "connected");
  expect(lines.filter((line) => !line.startsWith("{"))).toEqual([]);
  return lines.map((line) => JSON.parse(line) as { readonly messages: number; readonly longestSilence: number });
}

it("puts one policy in the place of another under load, and no established connection ends", async () => {
  const without: EgressPolicy = { ...NAMES, allowDomains: ["allowed.test", "new.test"], allowCidrs: [] };
  const connections = await during(8, async () => {
    await putToWork(without);
    expect(await ask([`tcp ${SERVER} 5432`, "tls new.test", "tls a.wide.test"])).toEqual({
      [`tcp ${SERVER} 5432`]: false,
      "tls new.test": true,
      "tls a.wide.test": false,
    });
    await putToWork(NAMES);
    await putToWork(without);
  });
  await putToWork(NAMES);
  expect(connections).toHaveLength(8);
  expect(Math.min(...connections.map(({ messages }) => messages))).toBeGreaterThan(20);
  process.stderr.write(
    `longest silence of 8 connections over three swaps: ${Math.max(...connections.map(({ longestSilence }) => longestSilence))} s\n`,
  );
});

it("learns of a new spoke by its policy, in the rules of attacks too", async () => {
  const attack = "9000006";
  const policy: EgressPolicy = { ...NAMES, allowDomains: ["c2.evil.test", "allowed.test"] };
  const alerts = async (): Promise<number> =>
    Number(await machine.sh(`grep -c '"signature_id":${attack}' /var/log/ringfence/suricata/alerts.json || true`));
  const before = await alerts();
  // The client is in nobody's range, and the rule asks for one of the spokes.
  await putToWork(policy, "10.60.0.0/16");
  expect(await ask(["tls c2.evil.test"])).toEqual({ "tls c2.evil.test": true });
  await putToWork(policy);
  expect(await alerts()).toBe(before);
  expect(await ask(["tls c2.evil.test"])).toEqual({ "tls c2.evil.test": true });
  await machine.until(`grep -q '"signature_id":${attack}' /var/log/ringfence/suricata/alerts.json`, "the alert");
  await putToWork(NAMES);
});

describe("a policy that is wrong leaves the one that is at work, and raises the alarm:", () => {
  const right = files({ ...NAMES, allowDomains: ["newer.test"] });
  const spoilt = (changed: PolicyFiles): string => pack({ ...right, ...changed });

  it.each([
    [
      "rules that the kernel does not take",
      spoilt({ "policy.nft": `${right["policy.nft"] ?? ""}add rule inet nowhere\n` }),
      "nft",
    ],
    [
      "a rule that Suricata does not take",
      spoilt({ "policy.rules": `${right["policy.rules"] ?? ""}drop nonsense\n` }),
      "suricata -T",
    ],
  ])("%s", async (_, content, reason) => {
    const before = await atWork();
    await publish(content);
    expect(await update()).not.toBe(0);
    const last = (await log()).trim().split("\n").slice(-2);
    expect(last[0]).toContain("the policy stays as it is");
    expect(last[0]).toContain(reason);
    expect(JSON.parse(last[1] ?? "")).toMatchObject({ Fleet: "test-inspection", PolicyRejected: 1 });
    expect(await atWork()).toBe(before);
    expect(await machine.sh("ls /var/lib/ringfence/policy | grep -cE '^[0-9a-f]{64}$'")).toMatch(/^[12]\n$/);
  });

  it("and what was allowed still is", async () => {
    expect(await ask(["tls allowed.test", "tls newer.test"])).toEqual({
      "tls allowed.test": true,
      "tls newer.test": false,
    });
    expect((await health()).trim()).toBe("inspecting");
  });
});

it("works by the policy that it knows when nobody gives it one", async () => {
  const before = await atWork();
  await machine.sh(`
    echo '{"/policy.zip": ${JSON.stringify(Array.from({ length: 1000 }, () => 503))}}' >/srv/aws/answers.json
    nft delete table inet ringfence-policy && rm -rf /run/ringfence-policy/*`);
  // Without its table nothing has the mark.
  expect(await ask([`tcp ${SERVER} 5432`], "a", 2)).toEqual({ [`tcp ${SERVER} 5432`]: false });
  expect(await update()).not.toBe(0);
  await machine.sh("echo '{}' >/srv/aws/answers.json");
  expect(await atWork()).toBe(before);
  expect(await ask([`tcp ${SERVER} 5432`])).toEqual({ [`tcp ${SERVER} 5432`]: true });
  expect((await log()).trim().split("\n").at(-1)).toContain("S3 refused the policy: 503");
});

/** As the environment would have said from the start. */
async function settle(changed: Readonly<Record<string, string>>): Promise<void> {
  const edits = Object.entries(changed).map(([key, value]) => `-e 's/^${key}=.*/${key}="${value}"/'`);
  await machine.sh(`
    sed -i ${edits.join(" ")} /etc/ringfence/appliance.env
    systemctl reload ringfence-firewall.service
    systemctl restart ringfence-suricata.service ringfence-health.service`);
  await machine.until(isHealthy, "health");
}

/** Leaves time to look between a crash and the start that follows it. */
const SLOW_START = "/run/systemd/system/ringfence-suricata.service.d/slow.conf";

async function crash(): Promise<void> {
  await machine.sh(`
    mkdir -p "$(dirname ${SLOW_START})" && printf '[Service]\\nRestartSec=600\\n' >${SLOW_START} && systemctl daemon-reload
    pkill -KILL -x Suricata-Main`);
}

async function startAgain(): Promise<void> {
  await machine.sh(`rm ${SLOW_START} && systemctl daemon-reload && systemctl restart ringfence-suricata.service`);
  await machine.until(isHealthy, "health");
}

describe("open on failure", () => {
  const byName = ["tls allowed.test", "tls evil.test", "dns evil.test"];
  const byAddress = [`tcp ${SERVER} 5432`, `tcp ${SERVER} 22`, `ping ${SERVER}`];

  beforeAll(async () => {
    await putToWork(NAMES);
    await settle({ ON_FAILURE: "open" });
  });

  /** Packets that passed it by, since the machine started. */
  async function unseen(): Promise<number> {
    const records = await machine.sh(
      "grep -o '\"PacketsUnseen\":[0-9]*' /var/log/ringfence/health/health.json || true",
    );
    return records.split("\n").reduce((sum, record) => sum + Number(record.split(":")[1] ?? 0), 0);
  }

  it("a crash of Suricata stops nothing that the kernel lets pass, and no connection; names pass meanwhile", async () => {
    const before = await unseen();
    const connections = await during(2, async () => {
      await crash();
      expect(await ask([...byName, ...byAddress], "a", 3)).toEqual({
        ...Object.fromEntries(byName.map((wish) => [wish, true])),
        [`tcp ${SERVER} 5432`]: true,
        [`tcp ${SERVER} 22`]: false,
        [`ping ${SERVER}`]: false,
      });
      expect(await health()).toContain("Suricata does not");
      await startAgain();
    });
    expect(Math.max(...connections.map(({ longestSilence }) => longestSilence))).toBeLessThan(5);
    expect(await ask(byName)).toEqual({ "tls allowed.test": true, "tls evil.test": false, "dns evil.test": false });
    expect((await unseen()) - before).toBeGreaterThan(0);
  });

  it("one that hangs is killed and started again, and connections go on", async () => {
    const before = await machine.sh("pgrep -x Suricata-Main");
    const connections = await during(2, async () => {
      await machine.sh("pkill -STOP -x Suricata-Main");
      await machine.until("curl -s http://127.0.0.1:8080/health | grep -q 'Suricata does not answer'", "the reason");
      await machine.until(`pgrep -x Suricata-Main && [ "$(pgrep -x Suricata-Main)" != ${before.trim()} ]`, "another");
    });
    const silence = Math.max(...connections.map(({ longestSilence }) => longestSilence));
    process.stderr.write(`longest silence of connections while Suricata hung: ${silence} s\n`);
    expect(silence).toBeLessThan(40);
    await machine.until(isHealthy, "health");
  });
});

describe("closed on failure", () => {
  beforeAll(async () => {
    await putToWork(NAMES);
    await settle({ ON_FAILURE: "closed" });
  });

  afterAll(async () => {
    await machine.run(`rm -f ${SLOW_START}; systemctl daemon-reload`);
  });

  const wishes = ["tls allowed.test", "dns allowed.test", `tcp ${SERVER} 5432`];
  const all = (granted: boolean): Readonly<Record<string, boolean>> =>
    Object.fromEntries(wishes.map((wish) => [wish, granted]));

  it("nothing passes without Suricata, and everything again with it", async () => {
    expect(await ask(wishes)).toEqual(all(true));
    await crash();
    expect(await ask(wishes, "a", 2)).toEqual(all(false));
    expect(await health()).toContain("Suricata does not");
    await startAgain();
    expect(await ask(wishes)).toEqual(all(true));
  });

  it("nothing passes one that hangs, and no connection is lost when it goes on", async () => {
    const connections = await during(2, async () => {
      await machine.sh("pkill -STOP -x Suricata-Main");
      expect(await ask(wishes, "a", 2)).toEqual(all(false));
      await machine.sh("pkill -CONT -x Suricata-Main");
    });
    expect(Math.min(...connections.map(({ longestSilence }) => longestSilence))).toBeGreaterThan(2);
  });
});

describe("without a policy", () => {
  beforeAll(async () => {
    await machine.sh(`
      systemctl stop ringfence-policy.timer ringfence-policy.service && nft 'add table inet ringfence-policy; delete table inet ringfence-policy'
      sed -i 's/^alert tls/drop tls/' /var/lib/ringfence/rules/suricata.rules`);
    await settle({ ON_FAILURE: "open", POLICY: "false" });
  });

  it("everything passes but what Suricata's rules drop", async () => {
    const wishes = [
      "tls evil.test",
      "http evil.test",
      "dns evil.test",
      `tcp ${SERVER} 22`,
      `udp ${SERVER} 7`,
      `ping-large ${SERVER}`,
    ];
    expect(await ask([...wishes, "tls c2.evil.test"], "b")).toEqual({
      ...Object.fromEntries(wishes.map((wish) => [wish, true])),
      "tls c2.evil.test": false,
    });
  });

  it("no connection is kept track of", async () => {
    expect(await ask([`tcp ${SERVER} 8080`])).toEqual({ [`tcp ${SERVER} 8080`]: true });
    // A connection has a line with both its directions.
    expect(await machine.sh("grep 'src=10.50.0.10 .* dport=8080 ' /proc/net/nf_conntrack || true")).toBe("");
  });
});

it("says by name what does not run here", () => {
  const missing = [
    "Ubuntu 24.04's kernel, systemd and Suricata 7.0.3: the machine is Debian 13's, with Suricata 7.0.10",
    "speed: its processor is emulated; how long something takes says little",
    "gwlbtun: the tests' own decapsulator takes GENEVE apart",
    "S3: a stand-in answers, which checks signatures and knows ETags",
  ];
  process.stderr.write(`\nNOT RUN HERE:\n${missing.map((line) => `  - ${line}\n`).join("")}`);
  expect(missing).toHaveLength(4);
});
