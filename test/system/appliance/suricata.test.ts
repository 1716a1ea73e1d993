import { Aws } from "./aws";
import { type Namespace, requireSystem, type Running, until } from "./namespace";
import { makeAppliance, SERVER, startUnit, World } from "./world";

/* Suricata itself, with the configuration and by the units that are shipped. The rules are the tests' own. */

requireSystem();

jest.setTimeout(60_000);

const PROGRAMS = "/repository/test/system/appliance/programs";
const RULES = "/var/lib/ringfence/rules";
const LOGS = "/var/log/ringfence/suricata";

interface Alert {
  readonly src_ip: string;
  readonly alert: { readonly signature_id: number };
}

function alertsIn(machine: Namespace): readonly number[] {
  const lines = machine.sh(`cat ${LOGS}/alerts.json 2>/dev/null || true`).split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as Alert).alert.signature_id).sort();
}

function makeCertificate(machine: Namespace): void {
  machine.sh(
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=c2.evil.test -keyout /tmp/key.pem -out /tmp/certificate.pem 2>/dev/null",
  );
}

describe("a capture of GENEVE from a load balancer", () => {
  let machine: Namespace;

  beforeAll(async () => {
    machine = await makeAppliance();
    makeCertificate(machine);
    machine.sh(`mkdir -p ${RULES} /run/ringfence-suricata && cp ${PROGRAMS}/attacks.rules ${RULES}/suricata.rules`);
  });

  afterAll(async () => {
    await machine.stop();
  });

  function read(kind: "attacks" | "peace"): void {
    machine.sh(`
      rm -rf ${LOGS} && mkdir -p ${LOGS}
      python3 ${PROGRAMS}/make_pcap.py ${kind} /tmp/${kind}.pcap /tmp/certificate.pem /tmp/key.pem
      suricata -c /opt/ringfence/etc/suricata.yaml -r /tmp/${kind}.pcap -l ${LOGS} --set outputs.3.eve-log.enabled=yes`);
  }

  it("with known attacks raises one alert for each", () => {
    read("attacks");
    expect(alertsIn(machine)).toEqual([9000001, 9000002, 9000003, 9000004, 9000005, 9000006]);
  });

  it("of good people raises none, and names and connections are written down", () => {
    read("peace");
    expect(alertsIn(machine)).toEqual([]);
    expect(machine.read(`${LOGS}/dns.json`)).toContain('"rrname":"shop.example.test"');
    expect(machine.read(`${LOGS}/tls.json`)).toContain('"sni":"shop.example.test"');
    const flows = machine
      .read(`${LOGS}/flows.json`)
      .split("\n")
      .filter((line) => line.includes('"dest_port":443'));
    // Both directions, though they came by different outer ports.
    expect(JSON.parse(flows[0] ?? "{}")).toMatchObject({ flow: { state: "closed" }, tcp: { syn: true, fin: true } });
  });

  it("passes the configuration's own test", () => {
    const { status, stderr } = machine.run(["suricata", "-T", "-c", "/opt/ringfence/etc/suricata.yaml", "-l", "/tmp"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });
});

describe("beside live traffic", () => {
  let world: World;
  let suricata: Running;
  let health: Running;

  beforeAll(async () => {
    world = await World.create({ HEALTH_SAMPLE_SECONDS: "0.5", LOG_FLOWS: "false" });
    const { appliance, endpoints } = world;
    appliance.sh(`mkdir -p ${RULES} && cp ${PROGRAMS}/attacks.rules ${RULES}/suricata.rules`);
    suricata = startUnit(appliance, "ringfence-suricata.service");
    await until(() => hasStarted(), "Suricata");
    health = startUnit(appliance, "ringfence-health.service");
    const { internet } = endpoints[0];
    makeCertificate(internet);
    await internet
      .start([
        "python3",
        "-c",
        "import http.server as h, socketserver; s = socketserver.ThreadingTCPServer(('', 80), h.SimpleHTTPRequestHandler); print('ready', flush=True); s.serve_forever()",
      ])
      .says("ready");
    await internet
      .start(["openssl", "s_server", "-accept", "443", "-cert", "/tmp/certificate.pem", "-key", "/tmp/key.pem", "-www"])
      .says("ACCEPT");
  });

  afterAll(async () => {
    await health.stop("SIGKILL");
    await suricata.stop("SIGKILL");
    await world.stop();
  });

  function hasStarted(): boolean {
    return (
      world.appliance.run(["test", "-S", "/run/ringfence-suricata/command.socket"]).status === 0 &&
      suricata.output().includes("Engine started")
    );
  }

  function healthSays(): string {
    return world.appliance.sh("curl -s -m 5 http://127.0.0.1:8080/health || true").trim();
  }

  it("captures with one thread, in whose order no answer is before what was asked", () => {
    expect(suricata.output()).toMatch(/Threads created -> RX: 1 W: \d+ /);
  });

  it("an attack from a spoke raises an alert, and gets through: it only watches", async () => {
    const { spoke } = world.endpoints[0];
    const code = spoke.sh(`curl -s -m 5 -o /dev/null -w '%{http_code}' -A '\${jndi:ldap://x}' http://${SERVER}/`);
    expect(code).toBe("200");
    spoke.sh(
      `openssl s_client -connect ${SERVER}:443 -servername c2.evil.test </dev/null 2>/dev/null >/dev/null || true`,
    );
    await until(() => alertsIn(world.appliance).length >= 2, "two alerts");
    expect(alertsIn(world.appliance)).toEqual([9000001, 9000006]);
    expect(world.appliance.read(`${LOGS}/tls.json`)).toContain('"sni":"c2.evil.test"');
    expect(world.appliance.run(["test", "-e", `${LOGS}/flows.json`]).status).not.toBe(0);
  });

  it("runs as nobody in particular, with one capability", () => {
    const status = world.appliance.sh("grep -E '^(Uid|CapEff)' /proc/$(pgrep -x Suricata-Main)/status");
    expect(status).not.toMatch(/Uid:\s+0/);
    // CAP_NET_RAW is the thirteenth bit, counted from zero.
    expect(status).toMatch(/CapEff:\s+0000000000002000/);
  });

  it("says 200 to the load balancer", async () => {
    await until(() => healthSays() === "inspecting", `health, instead of: ${healthSays()}`);
  });

  it.each(["STOP", "KILL"])("SIG%s to Suricata stops no packet; health says so", async (signal) => {
    world.appliance.sh(`pkill -${signal} -x Suricata-Main`);
    expect(world.echoed(world.endpoints[0], "udp", SERVER, 1000, 50)).toBe(50_000);
    await until(() => healthSays().includes("Suricata does not answer"), "the reason");
    if (signal === "STOP") {
      world.appliance.sh("pkill -CONT -x Suricata-Main");
      // nsenter stops with what it started.
      suricata.process.kill("SIGCONT");
      await until(() => healthSays() === "inspecting", "health");
    }
  });
});

describe("updates of rules", () => {
  let machine: Namespace;
  let aws: Aws;
  let suricata: Running;
  const HOST = "rules.example.test";

  beforeAll(async () => {
    machine = await makeAppliance({ RULE_SOURCES: `https://${HOST}/first.rules https://${HOST}/second.rules` });
    aws = await Aws.start(machine, [HOST]);
    // start-suricata looks for the way out.
    machine.sh(
      "ip link add ens5 type veth peer name other && ip addr add 10.30.1.10/20 dev ens5 && ip link set ens5 up && ip link set other up && ip route add default dev ens5",
    );
    publish("first", rule(1));
    publish("second", rule(2));
    suricata = startUnit(machine, "ringfence-suricata.service");
    await until(() => suricata.output().includes("Engine started"), "Suricata, which starts without rules too");
  });

  beforeEach(() => {
    // suricata-update asks for a file again only when its copy is a quarter of an hour old.
    machine.sh(`rm -rf ${RULES}/sources`);
  });

  afterAll(async () => {
    await suricata.stop("SIGKILL");
    await aws.stop();
    await machine.stop();
  });

  function rule(sid: number, text = ""): string {
    return `alert udp any any -> any ${sid} (msg:"rule ${sid}"; content:"x"; ${text}sid:${sid}; rev:1;)\n`;
  }

  function publish(name: string, content: string): void {
    machine.write(`/tmp/${name}.rules`, content);
    aws.publish(HOST, `/${name}.rules`, `/tmp/${name}.rules`);
  }

  async function update(): Promise<Running> {
    const unit = startUnit(machine, "ringfence-rules.service");
    await until(() => unit.process.exitCode !== null, "the update", 30);
    return unit;
  }

  async function suricataHas(rules: number): Promise<void> {
    const ask = (): string => machine.sh("suricatasc -c ruleset-stats /run/ringfence-suricata/command.socket");
    await until(() => ask().includes(`"rules_loaded": ${rules},`), `${rules} rules`);
  }

  const stamp = (): string => machine.sh(`stat -c %y ${RULES}/updated`);

  it("come from all sources, into a Suricata that runs", async () => {
    const unit = await update();
    expect(unit.output()).toContain("2 rules, 0 more");
    expect(unit.process.exitCode).toBe(0);
    await suricataHas(2);
  });

  it("that bring nothing new count as updates", async () => {
    const before = stamp();
    const unit = await update();
    expect(unit.output()).toContain("none of them new");
    expect(stamp()).not.toBe(before);
  });

  it.each([
    [
      "a source that is gone",
      () => {
        aws.setAnswers({ "/second.rules": [404, 404, 404] });
      },
      "could not be fetched",
    ],
    [
      "rules of which many are wrong",
      () => {
        publish("second", rule(2) + rule(3, "nonsense:1; "));
      },
      "1 of 3 new ones cannot be loaded",
    ],
    [
      "rules that are none",
      () => {
        publish("first", "<html>not here</html>\n");
        publish("second", "");
      },
      "the rules stay as they are",
    ],
  ])("leave the old rules at work: %s", async (_, spoil, reason) => {
    const before = stamp();
    spoil();
    const unit = await update();
    aws.setAnswers({});
    publish("first", rule(1));
    publish("second", rule(2));
    expect(unit.output()).toContain(reason);
    expect(unit.process.exitCode).toBe(1);
    expect(stamp()).toBe(before);
    await suricataHas(2);
    expect(machine.sh(`ls ${RULES}`)).not.toContain("new.");
  });

  it("take a set with one wrong rule among hundreds", async () => {
    publish(
      "second",
      Array.from({ length: 300 }, (_, index) => rule(100 + index)).join("") + rule(900, "nonsense:1; "),
    );
    const unit = await update();
    expect(unit.output()).toContain("301 rules, 1 more that this Suricata cannot read");
    await suricataHas(301);
  });

  it("let nothing pass a policy", async () => {
    const settings = machine.sh("cat /etc/ringfence/appliance.env");
    publish("second", rule(2) + rule(3).replace("alert", "pass"));
    machine.write("/etc/ringfence/appliance.env", settings.replace(/^POLICY=.*$/m, 'POLICY="true"'));
    const unit = await update();
    machine.write("/etc/ringfence/appliance.env", settings);
    expect(unit.output()).toContain("2 rules, 0 more");
    await suricataHas(2);
  });
});
