import { setTimeout as sleep } from "node:timers/promises";

import { compilePolicy, type EgressPolicy } from "../../../lib/egress-policy";
import { Namespace, type Running, until } from "./namespace";
import { CLIENT_NETWORK, type Endpoint, SERVER, settingsFile, startUnit, World } from "./world";

const PROGRAMS = "/repository/test/system/appliance/programs";

/** What the internet sees of whoever comes through the NAT gateway. */
export const NAT_ADDRESS = "203.0.113.1";
/** A server of which DNS says nothing. */
export const OTHER_SERVER = "198.51.100.20";
/** Ports on which the internet gives back what it gets. */
const ECHO_PORTS = ["7", "22", "5432", "8443"];

/** squid.conf keeps them for a second, by a clock that counts seconds. */
const ANSWERS_LAST_MILLISECONDS = 2100;

const POLICIES = "/var/lib/ringfence/policy";

/**
 * An appliance with two arms, two endpoints whose clients have the same addresses, a NAT gateway and an internet behind it, where every name
 * is at {@link SERVER}.
 */
export class TwoArmWorld {
  private constructor(
    private readonly world: World,
    private readonly internet: Namespace,
  ) {}

  static async create(settings: Readonly<Record<string, string>> = {}): Promise<TwoArmWorld> {
    const [world, internet] = await Promise.all([World.create(), Namespace.create()]);
    const { appliance, vpc } = world;
    const outside = { device: "outside", address: `${NAT_ADDRESS}/24` };
    Namespace.connect(vpc, outside, internet, { device: "world", address: "203.0.113.2/24" });
    vpc.sh(`
      echo 1 >/proc/sys/net/ipv4/ip_forward
      ip route add 198.51.100.0/24 via 203.0.113.2
      nft 'table ip nat { chain out { type nat hook postrouting priority srcnat; oifname "outside" masquerade; }; }'`);
    internet.sh(`
      ip addr add ${SERVER}/24 dev lo && ip addr add ${OTHER_SERVER}/24 dev lo
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=site.test \
        -addext 'subjectAltName=DNS:opened.test,DNS:a.opened.test' \
        -keyout /tmp/site.key -out /tmp/site.pem 2>/dev/null`);
    const files = ["/tmp/site.pem", "/tmp/site.key", [SERVER, OTHER_SERVER, "203.0.113.2"].join(",")];
    await internet.start(["python3", "-B", `${PROGRAMS}/internet.py`, ...files, ...ECHO_PORTS]).says("ready");

    appliance.write("/etc/ringfence/appliance.env", settingsFile({ MODE: "two-arm", ...settings }));
    appliance.sh(`
      systemd-sysusers /opt/ringfence/etc/sysusers.conf 2>/dev/null
      echo 'nameserver ${SERVER}' >/etc/resolv.conf
      set -a && . /etc/ringfence/appliance.env && /opt/ringfence/bin/load-firewall`);
    await world.killTunnel("SIGKILL");
    await world.restartTunnel();
    return new TwoArmWorld(world, internet);
  }

  get appliance(): Namespace {
    return this.world.appliance;
  }

  get endpoints(): readonly [Endpoint, Endpoint] {
    return this.world.endpoints;
  }

  /** Lays a compiled policy where its delivery would, loads the kernel's part, and waits until the proxy has forgotten its earlier answers. */
  async putToWork(policy: EgressPolicy): Promise<void> {
    const fleet = {
      mode: "two-arm",
      action: "ids",
      networks: { own: [CLIENT_NETWORK], other: ["10.20.0.0/16"] },
    } as const;
    const { files, digest } = compilePolicy(policy, fleet);
    for (const [name, text] of Object.entries(files)) this.appliance.write(`${POLICIES}/${digest}/${name}`, text);
    this.appliance.sh(`
      ln -sfn ${digest} ${POLICIES}/next && mv -T ${POLICIES}/next ${POLICIES}/current
      nft -f ${POLICIES}/current/policy.nft`);
    await sleep(ANSWERS_LAST_MILLISECONDS);
  }

  async startProxy(): Promise<Running> {
    const proxy = startUnit(this.appliance, "ringfence-proxy.service");
    await until(() => this.appliance.sh("ss -ltn").includes("169.254.77.1:3129"), "the proxy");
    return proxy;
  }

  /** Puts a spoke with a site of its own where the load balancer brings packets of the first endpoint back to. */
  async openOtherSpoke(address: string): Promise<void> {
    const [{ internet }] = this.endpoints;
    internet.sh(`
      ip addr add ${address}/16 dev world
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=spoke.test \
        -keyout /tmp/spoke.key -out /tmp/spoke.pem 2>/dev/null`);
    await internet
      .start(["python3", "-B", `${PROGRAMS}/internet.py`, "/tmp/spoke.pem", "/tmp/spoke.key", address])
      .says("ready");
  }

  /** What becomes of each wish from a client of an endpoint. */
  ask(
    wishes: readonly string[],
    endpoint: Endpoint = this.endpoints[0],
    seconds = 4,
  ): Readonly<Record<string, boolean>> {
    const { stdout, stderr } = endpoint.spoke.run(["python3", "-B", `${PROGRAMS}/ask.py`], {
      input: wishes.join("\n"),
      variables: { ASK_SECONDS: String(seconds) },
    });
    if (stdout === "") throw new Error(stderr);
    return JSON.parse(stdout) as Readonly<Record<string, boolean>>;
  }

  /** Has the appliance take the servers' certificate for one that the world trusts. */
  trustServers(): void {
    const certificate = this.internet.read("/tmp/site.pem");
    this.appliance.sh("cat >>/etc/ssl/certs/ca-certificates.crt", { input: certificate });
  }

  /** Whose the certificate is that a client of a spoke is shown. */
  issuerOf(name: string): string {
    const client = this.endpoints[0].spoke;
    const shown = client.sh(
      `timeout 5 openssl s_client -connect ${SERVER}:443 -servername ${name} </dev/null 2>/dev/null | openssl x509 -noout -issuer`,
    );
    return shown.replace(/^.*CN *= */s, "").trim();
  }

  /** How many packets a rule of the firewall has met, by its comment. */
  packets(comment: string): number {
    const rules = this.appliance.sh("nft list table inet ringfence");
    const found = new RegExp(`packets (\\d+) bytes \\d+[^\\n]*comment "${comment}"`).exec(rules);
    if (found === null) throw new Error(`no rule says "${comment}"`);
    return Number(found[1]);
  }

  /** What the proxy has written of connections. */
  log(): readonly Readonly<Record<string, string | number>>[] {
    const lines = this.appliance.read("/var/log/ringfence/proxy/proxy.json").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as Readonly<Record<string, string | number>>);
  }

  async stop(): Promise<void> {
    await this.internet.stop();
    await this.world.stop();
  }
}
