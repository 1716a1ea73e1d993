import { compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { Aws } from "./aws";
import { type Namespace, requireSystem, type Running, until } from "./namespace";
import { digestOf, pack, type PolicyFiles } from "./policy-files";
import { CLIENT_NETWORK, makeAppliance, SERVER, startUnit } from "./world";

/*
 * How a policy comes to work: by the shipped unit's command, with this kernel's nftables and a Suricata that runs. S3 and metadata are
 * stand-ins. What the policy then does to packets is tried in decides.drill.ts.
 */

requireSystem();

jest.setTimeout(120_000);

const POLICIES = "/var/lib/ringfence/policy";
const HOST = "artifacts.s3.eu-central-1.aws.test";

let machine: Namespace;
let aws: Aws;
let suricata: Running;

const POLICY: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: ["allowed.test", "*.wide.test"],
  allowCidrs: [{ cidr: `${SERVER}/32`, protocol: "tcp", ports: [5432] }],
  spokes: {},
};

function files(...allowDomains: readonly string[]): PolicyFiles {
  const fleet = { mode: "one-arm", action: "ips", networks: { own: [CLIENT_NETWORK] } } as const;
  return compilePolicy({ ...POLICY, allowDomains }, fleet).files;
}

function publish(content: string): void {
  machine.sh("base64 -d >/tmp/policy.zip", { input: content });
  aws.publish(HOST, "/policy.zip", "/tmp/policy.zip");
}

/** Runs the update to its end. */
async function update(): Promise<{ readonly status: number | null; readonly output: string }> {
  const unit = startUnit(machine, "ringfence-policy.service");
  await until(() => unit.process.exitCode !== null || unit.process.signalCode !== null, "the update", 60);
  return { status: unit.process.exitCode, output: unit.output() };
}

/** The policy that each of three places has: the disk, the kernel, and what health reads. */
function atWork(): readonly string[] {
  const kernel = /chain of-(\w+)/.exec(machine.sh("nft list table inet ringfence-policy 2>/dev/null || true"))?.[1];
  const disk = machine.sh(`basename "$(readlink ${POLICIES}/current)"`).trim();
  return [disk.slice(0, 32), kernel ?? "none", machine.sh("cat /run/ringfence-policy/applied").trim().slice(0, 32)];
}

const everywhere = (policy: PolicyFiles): readonly string[] =>
  Array.from({ length: 3 }, () => digestOf(policy).slice(0, 32));

/** Rules that Suricata has. */
function rulesLoaded(): number {
  const answer = machine.sh("suricatasc -c ruleset-stats /run/ringfence-suricata/command.socket");
  return Number(/"rules_loaded": (\d+)/.exec(answer)?.[1]);
}

const rulesOf = (policy: PolicyFiles): number => (policy["policy.rules"] ?? "").trim().split("\n").length;

beforeAll(async () => {
  // It only watches, for which no queues are needed; the policy's way is the same.
  machine = await makeAppliance({ POLICY: "true", POLICY_BUCKET: "artifacts", POLICY_KEY: "policy.zip" });
  aws = await Aws.start(machine, [HOST]);
  machine.sh(`
    ip link add ens5 type veth peer name other && ip addr add 10.30.1.10/20 dev ens5 && ip link set ens5 up && ip link set other up
    ip route add default dev ens5
    mkdir -p /var/lib/ringfence/rules && : >/var/lib/ringfence/rules/suricata.rules`);
  suricata = startUnit(machine, "ringfence-suricata.service");
  await suricata.says("there is no policy yet");
});

afterAll(async () => {
  await suricata.stop("SIGKILL");
  await aws.stop();
  await machine.stop();
});

it("the first one comes by a signed request, and Suricata begins with it", async () => {
  const first = files("first.test");
  publish(pack(first));
  expect(await update()).toMatchObject({ status: 0 });
  expect(atWork()).toEqual(everywhere(first));
  expect(aws.requests().at(-1)).toMatchObject({ get: `${HOST}/policy.zip`, signed: true, status: 200 });
  await suricata.says("Engine started");
  expect(rulesLoaded()).toBe(rulesOf(first));
});

it("one that has not changed is not fetched, and counts as seen", async () => {
  machine.sh("touch -d '1 hour ago' /run/ringfence-policy/applied");
  expect(await update()).toMatchObject({ status: 0, output: "" });
  expect(Number(machine.sh("echo $(( $(date +%s) - $(stat -c %Y /run/ringfence-policy/applied) ))"))).toBeLessThan(30);
});

it("another takes its place in the kernel and in a Suricata that goes on", async () => {
  const before = machine.sh("pgrep -x Suricata-Main");
  const other = files("other.test", "*.other.test", "*.deep.other.test");
  publish(pack(other));
  expect(await update()).toMatchObject({ status: 0 });
  expect(atWork()).toEqual(everywhere(other));
  expect(rulesLoaded()).toBe(rulesOf(other));
  expect(machine.sh("pgrep -x Suricata-Main")).toBe(before);
  expect(machine.sh("ls /run/ringfence-policy")).toBe("applied\n");
});

describe("one that is wrong changes nothing, and raises the alarm:", () => {
  const right = files("right.test");
  const spoilt = (changed: PolicyFiles): string => pack({ ...right, ...changed });
  const lacking = (lost: string): string =>
    pack(Object.fromEntries(Object.entries(right).filter(([name]) => name !== lost)));

  it.each([
    ["no archive", Buffer.from("<Error/>").toString("base64"), "it is no archive"],
    ["half an archive", pack(right).slice(0, 800), "it is no archive"],
    ["another digest", pack(right, { digest: "0".repeat(64) }), "not those that policy.json names"],
    ["no digest", pack(right, { digest: "../../etc" }), "has no digest"],
    ["another version", pack(right, { version: 2 }), "of version 2"],
    ["more rules than it has", pack(right, { rules: 1000 }), "of its 1000 rules"],
    ["a file beside its folder", spoilt({ "../policy.nft": "" }), "strange names: '../policy.nft'"],
    ["a file in the place of the appliance's own", spoilt({ "home-networks.yaml": "" }), "strange names"],
    ["no networks", lacking("networks"), "it lacks networks"],
    ["networks that are none", spoilt({ networks: "10.0.0.0/33\n" }), "networks: "],
    ["rules that the kernel does not take", spoilt({ "policy.nft": "add rule inet nowhere\n" }), "nft -c says"],
    [
      "a rule that Suricata does not take",
      spoilt({ "policy.rules": `${right["policy.rules"] ?? ""}drop nonsense\n` }),
      "suricata -T says",
    ],
    [
      "a data set that is missing",
      lacking(Object.keys(right).find((name) => name.endsWith(".lst")) ?? ""),
      "suricata -T says",
    ],
  ])("%s", async (_, content, reason) => {
    const before = { at: atWork(), rules: rulesLoaded() };
    publish(content);
    const { status, output } = await update();
    expect(status).toBe(1);
    const [words = "", metric = ""] = output.trim().split("\n").slice(-2);
    expect(words).toContain("the policy stays as it is");
    expect(words).toContain(reason);
    expect(JSON.parse(metric)).toMatchObject({ Fleet: "test-inspection", PolicyRejected: 1 });
    expect({ at: atWork(), rules: rulesLoaded() }).toEqual(before);
    expect(machine.sh(`ls ${POLICIES}`)).not.toMatch(/new\.|next/);
  });

  it("one that Suricata takes by itself, and not beside the rules of attacks: the earlier one comes back", async () => {
    const before = atWork();
    const attacks = "/var/lib/ringfence/rules/suricata.rules";
    // A number that is given away already.
    const { length } = (right["policy.rules"] ?? "").trim().split("\n");
    machine.write(
      attacks,
      `alert udp any any -> any 9 (msg:"taken"; content:"x"; sid:${1_000_000_000 + length - 1}; rev:9;)\n`,
    );
    publish(pack(right));
    const { status, output } = await update();
    machine.write(attacks, "");
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining("cannot read 1 of its rules") as string,
    });
    expect(output).toContain('"PolicyRejected": 1');
    expect(atWork()).toEqual(before);
    publish(pack(files("after.test")));
    expect(await update()).toMatchObject({ status: 0 });
    expect(rulesLoaded()).toBe(rulesOf(files("after.test")));
  });

  it("a Suricata that does not answer is told as soon as it does", async () => {
    const before = rulesLoaded();
    const next = files("next.test", "*.next.test");
    publish(pack(next));
    machine.sh("pkill -STOP -x Suricata-Main");
    const unit = startUnit(machine, "ringfence-policy.service");
    await until(() => unit.output().includes("at work") || unit.process.exitCode !== null, "the end", 60);
    machine.sh("pkill -CONT -x Suricata-Main");
    expect(unit.output()).toContain("at work");
    expect(machine.sh("ls /run/ringfence-policy")).toContain("reload");
    await until(() => rulesLoaded() === before, "Suricata");
    expect((await update()).status).toBe(0);
    expect(rulesLoaded()).toBe(rulesOf(next));
    expect(machine.sh("ls /run/ringfence-policy")).not.toContain("reload");
  });
});

it("an update that is killed at any point is finished by the next, or has never been", async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 9; round += 1) {
    const policy = files("killed.test", `round-${round}.test`);
    publish(pack(policy));
    const unit = startUnit(machine, "ringfence-policy.service");
    machine.sh(`sleep ${0.15 + round * 0.25}; pkill -KILL -f '[f]etch_policy.py' || true`);
    await until(() => unit.process.exitCode !== null || unit.process.signalCode !== null, "its end", 60);
    seen.add([...new Set(atWork())].length === 1 ? "whole" : "between");
    expect(await update()).toMatchObject({ status: 0 });
    expect(atWork()).toEqual(everywhere(policy));
    expect(rulesLoaded()).toBe(rulesOf(policy));
    expect(machine.sh("ls /run/ringfence-policy")).toBe("applied\n");
  }
  // Else the test has tried nothing.
  expect(seen).toContain("between");
  expect(machine.sh(`ls ${POLICIES}`).trim().split("\n")).toHaveLength(4);
});

it("a machine that starts anew begins with the one on its disk, though S3 does not answer", async () => {
  const before = atWork();
  aws.setAnswers({ "/policy.zip": Array.from({ length: 1000 }, () => 503) });
  machine.sh("nft delete table inet ringfence-policy && rm -rf /run/ringfence-policy/*");
  const { status, output } = await update();
  aws.setAnswers({});
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining("S3 refused the policy: 503") as string,
  });
  expect(output).not.toContain("PolicyRejected");
  expect(atWork()).toEqual(before);
});
