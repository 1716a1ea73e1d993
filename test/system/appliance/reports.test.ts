import { compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { Aws } from "./aws";
import { requireSystem, type Running, until } from "./namespace";
import { pack } from "./policy-files";
import { CLIENT_NETWORK, SERVER, startUnit, World } from "./world";

/*
 * A policy that reports, on an appliance that gets a copy: the units as shipped, the real Suricata, this kernel. It may stop nothing,
 * whatever becomes of policy and Suricata.
 */

requireSystem();

jest.setTimeout(120_000);

const PROGRAMS = "/repository/test/system/appliance/programs";
const HOST = "artifacts.s3.eu-central-1.aws.test";
const REPORTS = "/var/log/ringfence/policy/policy.json";

const POLICY: EgressPolicy = {
  default: "alert",
  discovery: false,
  allowDomains: ["allowed.test", "*.wide.test"],
  allowCidrs: [{ cidr: `${SERVER}/32`, protocol: "tcp", ports: [5432] }],
  spokes: {},
};

const GRANTED = ["tls allowed.test", "tls a.wide.test", "http allowed.test", "dns allowed.test", `tcp ${SERVER} 5432`];
const REPORTED = [
  "tls evil.test",
  "tls wide.test",
  "http evil.test",
  "dns evil.test",
  "dns-tcp evil.test",
  `tcp ${SERVER} 22`,
  `udp ${SERVER} 7`,
  `ping ${SERVER}`,
];
const ALL = [...GRANTED, ...REPORTED];

let world: World;
let aws: Aws;
const units: Running[] = [];

function start(unit: string): Running {
  const running = startUnit(world.appliance, unit);
  units.push(running);
  return running;
}

function ask(index: 0 | 1): Readonly<Record<string, boolean>> {
  const { stdout, stderr } = world.endpoints[index].spoke.run(["python3", "-B", `${PROGRAMS}/ask.py`], {
    input: ALL.join("\n"),
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Readonly<Record<string, boolean>>;
}

const everything = Object.fromEntries(ALL.map((wish) => [wish, true]));

const health = (): string => world.appliance.sh("curl -s -m 5 http://127.0.0.1:8080/health || true").trim();

function reports(): readonly Readonly<Record<string, string | number>>[] {
  const lines = world.appliance.sh(`cat ${REPORTS} 2>/dev/null || true`).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, string | number>>);
}

beforeAll(async () => {
  world = await World.create({
    ...{ POLICY: "true", POLICY_BUCKET: "artifacts", POLICY_KEY: "policy.zip", HOME_NETWORKS: "" },
    HEALTH_SAMPLE_SECONDS: "0.5",
  });
  const { appliance, endpoints } = world;
  for (const { internet } of endpoints) {
    internet.sh(
      `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=site.test -keyout /tmp/key.pem -out /tmp/site.pem 2>/dev/null`,
    );
    const site = ["/tmp/site.pem", "/tmp/key.pem", SERVER];
    await internet.start(["python3", "-B", `${PROGRAMS}/internet.py`, ...site, "22", "5432"]).says("ready");
  }
  // Nobody answers there, and says so at once.
  appliance.sh("echo nameserver 127.0.0.1 >/etc/resolv.conf");
  aws = await Aws.start(appliance, [HOST]);
  appliance.sh(`
    set -a && . /etc/ringfence/appliance.env && /opt/ringfence/bin/load-firewall
    mkdir -p /var/lib/ringfence/rules && cp ${PROGRAMS}/attacks.rules /var/lib/ringfence/rules/suricata.rules`);
  // Each endpoint's first packet waits for its hook.
  for (const { spoke } of endpoints) spoke.run(["ping", "-c", "1", "-W", "2", SERVER]);
});

afterAll(async () => {
  await Promise.all(units.map((unit) => unit.stop("SIGKILL")));
  await aws.stop();
  await world.stop();
});

it("stops nothing before it has a policy, and is not healthy", async () => {
  await start("ringfence-suricata.service").says("there is no policy yet");
  start("ringfence-health.service");
  await until(() => health().includes("it has no policy"), `the reason in: ${health()}`);
  expect(ask(0)).toEqual(everything);
});

it("takes its first policy, and is healthy", async () => {
  await start("ringfence-denials.service").says("listening");
  const { files } = compilePolicy(POLICY, { mode: "one-arm", action: "ids", networks: { own: [CLIENT_NETWORK] } });
  world.appliance.sh("base64 -d >/tmp/policy.zip", { input: pack(files) });
  aws.publish(HOST, "/policy.zip", "/tmp/policy.zip");
  await start("ringfence-policy.service").says("is at work");
  await until(() => health() === "inspecting", `health, instead of: ${health()}`, 30);
});

it.each([0, 1] as const)("lets everything pass: endpoint %i", (index) => {
  expect(ask(index)).toEqual(everything);
});

it("writes down what the policy does not allow, and nothing else", async () => {
  const common = { verdict: "would-deny", spoke: "own", destination: SERVER };
  const expected = [
    { ...common, by: "name", name: "evil.test", application: "tls", port: 443 },
    { ...common, by: "name", name: "wide.test", application: "tls", port: 443 },
    { ...common, by: "name", name: "evil.test", application: "http", port: 80 },
    { ...common, by: "name", name: "evil.test", application: "dns", port: 53, protocol: "udp" },
    { ...common, by: "name", name: "evil.test", application: "dns", port: 53, protocol: "tcp" },
  ];
  await until(() => reports().filter(({ by }) => by === "name").length >= 10, `names in ${JSON.stringify(reports())}`);
  for (const report of expected) expect(reports()).toContainEqual(expect.objectContaining(report));
  expect(reports().filter(({ name }) => name === "allowed.test" || name === "a.wide.test")).toEqual([]);
});

it("counts once what would be denied by its address", () => {
  // Not every kernel hands on what is logged of packets, and this one may not: decides.drill.ts has their records.
  const denied = (): number =>
    Number(/packets (\d+)/.exec(world.appliance.sh("nft list counter inet ringfence-policy denied"))?.[1]);
  const before = denied();
  expect(ask(0)).toEqual(everything);
  // TCP 22, UDP 7 and ICMP: the first packet of each, none of 5432, and no answer.
  expect(denied() - before).toBe(3);
});

it("goes on looking for attacks", async () => {
  world.endpoints[0].spoke.sh(`curl -s -m 5 -o /dev/null -A '\${jndi:ldap://x}' http://${SERVER}/`);
  const alerts = "/var/log/ringfence/suricata/alerts.json";
  await until(() => world.appliance.read(alerts).includes('"signature_id":9000001'), "the alert");
});

it("stops nothing without Suricata, nor without its policy's table", () => {
  world.appliance.sh("pkill -KILL -x Suricata-Main; nft delete table inet ringfence-policy");
  expect(ask(0)).toEqual(everything);
});
