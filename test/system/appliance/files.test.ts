import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { requireSystem, type Namespace } from "./namespace";
import { loadFirewall, makeAppliance, tunnelHandler } from "./world";

/* Every file by the tool that knows its kind. */

requireSystem();

jest.setTimeout(60_000);

const APPLIANCE = resolve(__dirname, "../../../appliance");

let machine: Namespace;

beforeAll(async () => {
  machine = await makeAppliance();
  // What units name and this system lacks.
  machine.sh("install -m 755 /bin/true /usr/local/bin/gwlbtun");
  machine.sh("systemd-sysusers /opt/ringfence/etc/sysusers.conf && cp /opt/ringfence/systemd/*.* /etc/systemd/system/");
});

afterAll(async () => {
  await machine.stop();
});

function files(folder: string): readonly string[] {
  return readdirSync(join(APPLIANCE, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));
}

function firstLine(file: string): string {
  return readFileSync(join(APPLIANCE, file), "utf8").split("\n")[0] ?? "";
}

const SCRIPTS = [...files("."), ...files("bin")].filter((file) => /^#!\/bin\/(ba)?sh/.test(firstLine(file)));
const PROGRAMS = files("bin").filter((file) => file.endsWith(".py"));
const UNITS = files("systemd");

it("are all there that the suites look for", () => {
  expect(SCRIPTS.length).toBeGreaterThanOrEqual(5);
  expect(PROGRAMS.length).toBeGreaterThanOrEqual(3);
  expect(UNITS.length).toBeGreaterThanOrEqual(9);
});

it.each(SCRIPTS)("%s passes shellcheck", (file) => {
  expect(machine.run(["shellcheck", `/repository/appliance/${file}`])).toEqual({ status: 0, stdout: "", stderr: "" });
});

it.each(PROGRAMS)("%s is Python that an image's oldest Python reads", (file) => {
  // Amazon Linux 2023 has 3.9.
  const check = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))";
  expect(machine.run(["python3", "-c", check, `/repository/appliance/${file}`])).toMatchObject({
    status: 0,
    stderr: "",
  });
});

it.each(UNITS)("%s passes systemd-analyze verify", (file) => {
  const { status, stdout, stderr } = machine.run([
    "systemd-analyze",
    "verify",
    "--man=no",
    `/etc/systemd/system/${file.slice(8)}`,
  ]);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

it.each(files("systemd/ips"))("%s goes with its unit", (file) => {
  const unit = file.replace(/^.*\/(.*)\.conf$/, "$1");
  const folder = `/etc/systemd/system/${unit}.d`;
  machine.sh(`mkdir -p ${folder} && cp /repository/appliance/${file} ${folder}/ips.conf`);
  const { status, stdout, stderr } = machine.run([
    "systemd-analyze",
    "verify",
    "--man=no",
    `/etc/systemd/system/${unit}`,
  ]);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("what tracks connections for a policy loads twice, beside tunnels that are up", () => {
  const load = "cd / && set -a && . /etc/ringfence/appliance.env && POLICY=true && /opt/ringfence/bin/load-firewall";
  machine.sh(
    "for device in gwi-b gwo-b; do ip tuntap add $device mode tun && ip link set $device up; done && /opt/ringfence/bin/tunnel-hook CREATE gwi-b gwo-b 00",
  );
  machine.sh(`${load} && ${load}`);
  const rules = machine.sh("nft list table inet ringfence");
  expect(rules).toContain('"gwi-b" : 1');
  expect(rules).toContain('"gwi-b" . "gwo-b"');
  expect(rules).toContain("ct zone set iifname map @numbers");
  expect(rules).not.toMatch(/chain from-tunnel \{\s+notrack/);
  expect(machine.read("/proc/sys/net/netfilter/nf_conntrack_tcp_loose").trim()).toBe("0");
  expect(machine.read("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established").trim()).toBe("360");
  machine.sh("/opt/ringfence/bin/tunnel-hook DESTROY gwi-b gwo-b 00");
});

it.each([
  ["one-arm", "ids", false],
  ["two-arm", "ids", true],
] as const)("%s and %s: without a policy's mark a packet stops: %s", (mode, action, stops) => {
  machine.sh(
    `set -a && . /etc/ringfence/appliance.env && POLICY=true MODE=${mode} ACTION=${action} && /opt/ringfence/bin/load-firewall`,
  );
  expect(machine.sh("nft list chain inet ringfence inspected").includes("not let through")).toBe(stops);
  expect(machine.sh("nft list chain inet ringfence inspected")).toMatch(/accept\n/);
});

it("the firewall's file passes nft -c, and loads twice", () => {
  machine.sh(loadFirewall().replace("nft ", "nft -c "));
  machine.sh(`${loadFirewall()} && ${loadFirewall()}`);
});

it("every kernel setting is one that this kernel knows, but for the tunnels' own", () => {
  const keys = machine.sh("sed -n 's/^\\([a-z][^ ]*\\) =.*/\\1/p' /opt/ringfence/etc/sysctl.conf").trim().split("\n");
  const unknown = keys.filter((key) => machine.run(["sysctl", "-n", key]).status !== 0);
  // The first is there when a tunnel is; buffers belong to the machine and are not seen from a namespace.
  expect(unknown.filter((key) => !key.startsWith("net.ipv4.conf.gwi-") && !key.startsWith("net.core."))).toEqual([]);
});

it("a tunnel's device gets no filter back when udev applies the settings of a new device", () => {
  machine.sh("ip tuntap add gwi-a mode tun && echo 2 >/proc/sys/net/ipv4/conf/gwi-a/rp_filter");
  machine.sh("cp /opt/ringfence/etc/sysctl.conf /etc/sysctl.d/90-ringfence.conf");
  machine.run(["/usr/lib/systemd/systemd-sysctl", "--prefix=/net/ipv4/conf/gwi-a", "--prefix=/net/ipv4/neigh/gwi-a"]);
  expect(machine.read("/proc/sys/net/ipv4/conf/gwi-a/rp_filter").trim()).toBe("0");
});

it("cloud-init takes the user data as a script", () => {
  const check =
    "import sys; from cloudinit import handlers; print(handlers.type_from_starts_with(open(sys.argv[1]).read()))";
  const { stdout } = machine.run(["python3", "-c", check, "/repository/appliance/user-data.sh"]);
  expect(stdout.trim()).toBe("text/x-shellscript");
  const schema = machine.run(["cloud-init", "schema", "--config-file", "/repository/appliance/user-data.sh"]);
  // It knows the kind, and has a schema only for its own language.
  expect(schema.stdout + schema.stderr).toMatch(/x-shellscript|not currently evaluated|need.*cloud-config/i);
});

it("logrotate reads its file, and Suricata writes into a new one afterwards", () => {
  machine.sh(`
    install -d -o ringfence-suricata -g ringfence-suricata /var/log/ringfence/suricata
    install -d -o ringfence-health -g ringfence-health /var/log/ringfence/health
    truncate -s 201M /var/log/ringfence/suricata/alerts.json && chown ringfence-suricata: /var/log/ringfence/suricata/alerts.json
    truncate -s 21M /var/log/ringfence/health/health.json && chown ringfence-health: /var/log/ringfence/health/health.json
    truncate -s 21M /var/log/ringfence/tunnel.log
    logrotate --state /var/log/ringfence/logrotate.state /opt/ringfence/etc/logrotate.conf`);
  const left = machine.sh(
    "cd /var/log/ringfence && ls -s --block-size=1 --size tunnel.log* suricata/* health/* && stat -c '%n %s' tunnel.log",
  );
  expect(left).toContain("alerts.json.1");
  expect(left).toContain("health.json.1");
  expect(left).toMatch(/^tunnel\.log 0$/m);
});

it("the agent's file names the groups of the contract, and ships every log that a unit writes", () => {
  const agent = JSON.parse(readFileSync(join(APPLIANCE, "etc/cloudwatch-agent.json"), "utf8")) as {
    readonly logs: {
      readonly logs_collected: {
        readonly files: {
          readonly collect_list: readonly { readonly file_path: string; readonly log_group_name: string }[];
        };
      };
    };
  };
  const shipped = agent.logs.logs_collected.files.collect_list;
  const groups = new Set(shipped.map(({ log_group_name: group }) => group));
  expect([...groups].sort()).toEqual(
    ["alerts", "boot", "dns", "flows", "health", "policy", "proxy", "tls"].map((log) => `/ringfence/@FLEET@/${log}`),
  );
  const written = UNITS.flatMap((unit) =>
    [...readFileSync(join(APPLIANCE, unit), "utf8").matchAll(/=append:(\S+)/g)].map(([, file = ""]) => file),
  );
  const eve = [...readFileSync(join(APPLIANCE, "etc/suricata.yaml"), "utf8").matchAll(/filename: (\w+\.json)/g)].map(
    ([, file = ""]) => `/var/log/ringfence/suricata/${file}`,
  );
  const paths = shipped.map(({ file_path: file }) => file);
  expect([...written, ...eve].filter((file) => !paths.includes(file))).toEqual([]);
});

describe("what cannot run here", () => {
  it("is said by name", () => {
    const missing = [
      "systemd itself: units are verified, and their commands run with their users and capabilities; decides.drill.ts runs them by systemd",
      "queues of packets: this kernel may have none; decides.drill.ts has a kernel that does",
      "the CloudWatch agent: its file is checked against the contract and against what is written, not by the agent",
      "Emerging Threats Open, and Ubuntu's own packages: rules and packages come from stand-ins, Suricata is Debian's of the same line",
      ...(tunnelHandler().program.startsWith("/repository/")
        ? ["gwlbtun: it is not on PATH, and the suites use a decapsulator of their own"]
        : []),
    ];
    process.stderr.write(`\nNOT RUN HERE:\n${missing.map((line) => `  - ${line}\n`).join("")}`);
    expect(missing.length).toBeGreaterThan(0);
  });
});
