import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { parse } from "yaml";

import { Aws } from "./aws";
import { Namespace, type Outcome, requireSystem } from "./namespace";
import { settingsFile } from "./world";

/*
 * The image's components, step by step as EC2 Image Builder runs them, on a machine that holds nothing of an appliance but packages. Played are
 * S3, the hosts of downloads, and the programs that would change the machine.
 */

requireSystem();

jest.setTimeout(120_000);

const IMAGE = resolve(__dirname, "../../../appliance/image");
const HOST = "artifacts.test";
const AGENT = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl";
const RULES = "/var/lib/ringfence/rules";

interface Step {
  readonly name: string;
  readonly action: string;
  readonly inputs: unknown;
}

interface Document {
  readonly phases: readonly { readonly name: string; readonly steps: readonly Step[] }[];
}

const documentOf = (name: string): Document => parse(readFileSync(join(IMAGE, `${name}.yaml`), "utf8")) as Document;

let machine: Namespace;
let aws: Aws;

beforeEach(async () => {
  machine = await Namespace.create();
  aws = await Aws.start(machine, [HOST]);
  for (const program of ["systemctl", "apt-get"]) {
    machine.write(`/usr/local/sbin/${program}`, `#!/bin/sh\necho "${program} $*" >>/tmp/recorded\n`, "755");
  }
  machine.sh(`
    mkdir -p /tmp/agent/DEBIAN /tmp/agent/$(dirname ${AGENT})
    printf 'Package: amazon-cloudwatch-agent\\nVersion: 1\\nArchitecture: all\\nMaintainer: test\\nDescription: test\\n' >/tmp/agent/DEBIAN/control
    printf '#!/bin/sh\\necho "agent $*" >>/tmp/recorded\\n' >/tmp/agent${AGENT}
    chmod 755 /tmp/agent${AGENT}
    dpkg-deb --build /tmp/agent /tmp/agent.deb >/dev/null
    printf '#!/bin/sh\\n' >/tmp/gwlbtun
    # As public sets have it: a few are for another version of Suricata.
    for sid in $(seq 100); do echo "alert udp any any -> any 1 (msg:\\"baked\\"; content:\\"x\\"; sid:$sid; rev:1;)"; done >/tmp/baked.rules
    echo 'alert udp any any -> any 1 (msg:"odd"; nonsense:1; sid:101; rev:1;)' >>/tmp/baked.rules
    cd /repository/appliance
    python3 -c "import shutil; shutil.make_archive('/tmp/appliance', 'zip', '.')"`);
  aws.publish(HOST, "/gwlbtun", "/tmp/gwlbtun");
  aws.publish(HOST, "/agent.deb", "/tmp/agent.deb");
  aws.publish(HOST, "/baked.rules", "/tmp/baked.rules");
});

afterEach(async () => {
  await aws.stop();
  await machine.stop();
});

const sha256 = (file: string): string => machine.sh(`sha256sum ${file}`).slice(0, 64);

const parameters = (): Readonly<Record<string, string>> => ({
  Bucket: "artifacts",
  BucketOwner: "111122223333",
  Key: "appliance.zip",
  Sha256: sha256("/tmp/appliance.zip"),
  GwlbtunUrl: `https://${HOST}/gwlbtun`,
  GwlbtunSha256: sha256("/tmp/gwlbtun"),
  CloudwatchAgentUrl: `https://${HOST}/agent.deb`,
  CloudwatchAgentSha256: sha256("/tmp/agent.deb"),
  RuleSources: `https://${HOST}/baked.rules`,
  Mode: "one-arm",
});

/** Runs a document's steps to the first that fails. @throws Error for a step that nobody here can play */
function run(
  name: string,
  values: Readonly<Record<string, string>> = { Mode: "one-arm" },
): Outcome & { readonly step: string } {
  const filled = (text: string): string =>
    text.replaceAll(/\{\{ (\w+) \}\}/g, (_, parameter: string) => {
      const value = values[parameter];
      if (value === undefined) throw new Error(`nobody says ${parameter}`);
      return value;
    });
  let last = { step: "none", status: null as number | null, stdout: "", stderr: "" };
  for (const { name: step, action, inputs } of documentOf(name).phases.flatMap(({ steps }) => steps)) {
    if (action === "S3Download") {
      const [{ source, destination }] = inputs as [{ readonly source: string; readonly destination: string }];
      expect(filled(source)).toBe("s3://artifacts/appliance.zip");
      machine.sh(`mkdir -p "$(dirname ${destination})" && cp /tmp/appliance.zip ${destination}`);
      continue;
    }
    expect(action).toBe("ExecuteBash");
    const { commands } = inputs as { readonly commands: readonly string[] };
    machine.write("/tmp/step", filled(commands.join("\n")));
    last = { step, ...machine.run(["bash", "/tmp/step"]) };
    if (last.status !== 0) break;
  }
  return last;
}

const recorded = (): readonly string[] => machine.read("/tmp/recorded").trim().split("\n");

it("a machine is baked, found to be whole without a network, and left without anybody's settings", () => {
  expect(run("install", parameters())).toMatchObject({ step: "Verify", status: 0 });
  expect(recorded()).toEqual([
    "systemctl mask suricata.service squid.service",
    expect.stringMatching(/^apt-get .* update$/) as string,
    expect.stringMatching(/^apt-get .* install -y --no-install-recommends suricata suricata-update/) as string,
    "apt-get clean",
  ]);
  expect(machine.read(`${RULES}/suricata.rules`)).toContain('msg:"baked"');
  expect(machine.sh(`stat -c %U ${RULES} ${RULES}/suricata.rules`)).toBe("ringfence-rules\nringfence-rules\n");
  expect(machine.sh("ls /etc/ringfence /var/cache/ringfence 2>/dev/null || true")).toBe("/etc/ringfence:\n");
  const before = aws.requests().length;
  expect(run("test")).toMatchObject({ step: "VerifyWithoutNetwork", status: 0 });
  expect(aws.requests()).toHaveLength(before);
});

it("what is baked becomes an appliance with nothing to fetch from but where its settings lie", () => {
  expect(run("install", parameters())).toMatchObject({ status: 0 });
  const before = aws.requests().length;
  // Not one interface: whatever asked for anything would fail.
  machine.write("/etc/ringfence/appliance.env", settingsFile({ IMAGE: "baked" }));
  machine.sh("ip link set lo down");
  expect(machine.run(["bash", "/opt/ringfence/install.sh"])).toMatchObject({ status: 0 });
  machine.sh("ip link set lo up");
  expect(aws.requests()).toHaveLength(before);
  expect(recorded().filter((line) => line.startsWith("apt-get"))).toHaveLength(3);
  expect(recorded()).not.toContain("systemctl start ringfence-rules.service");
  expect(recorded().at(-1)).toMatch(/^systemctl enable --now ringfence-firewall.service/);
});

it("with two arms, the proxy is baked in and looked for", () => {
  machine.sh("printf '#!/bin/sh\\n' >/usr/sbin/squid && chmod 755 /usr/sbin/squid");
  expect(run("install", { ...parameters(), Mode: "two-arm" })).toMatchObject({ status: 0 });
  expect(recorded()[2]).toMatch(/ squid-openssl/);
  machine.sh("rm /usr/sbin/squid");
  const { status, stdout } = run("test", { Mode: "two-arm" });
  expect([status, stdout]).toEqual([1, expect.stringContaining("the image lacks squid")]);
});

describe("nothing is baked", () => {
  it.each([
    ["of files that are not those that were deployed", { Sha256: "0".repeat(64) }, "Unpack", "another checksum"],
    ["with a tunnel handler of another checksum", { GwlbtunSha256: "0".repeat(64) }, "Bake", "another checksum"],
    ["without rules", { RuleSources: `https://${HOST}/gone.rules` }, "Bake", "could not be fetched"],
  ])("%s", (_, changed, step, reason) => {
    const outcome = run("install", { ...parameters(), ...changed });
    expect(outcome).toMatchObject({ step, status: 1 });
    expect(outcome.stdout).toContain(reason);
  });
});

describe("an image is found out", () => {
  it.each([
    ["that lacks a program", "rm /usr/local/bin/gwlbtun", "the image lacks /usr/local/bin/gwlbtun"],
    ["without rules", `: >${RULES}/suricata.rules`, "the image has no rules"],
    ["with settings in it", "touch /etc/ringfence/appliance.env", "somebody's settings"],
    ["whose Suricata cannot read its configuration", "echo '%%' >>/opt/ringfence/etc/suricata.yaml", ""],
    ["whose firewall is none", "echo 'table {' >>/opt/ringfence/etc/nftables.conf", ""],
    ["with a unit that runs what is not there", "rm /opt/ringfence/bin/update-rules", ""],
  ])("%s", (_, spoil, reason) => {
    expect(run("install", parameters())).toMatchObject({ status: 0 });
    machine.sh(spoil);
    const { status, stdout } = run("test");
    expect(status).not.toBe(0);
    expect(stdout).toContain(reason);
  });
});
