import { spawn } from "node:child_process";
import { copyFileSync, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { Namespace, type Running, until, wrap } from "./namespace";

const PROGRAMS = "/repository/test/system/appliance/programs";

export const VPC_CIDR = "10.30.0.0/20";
export const APPLIANCE = "10.30.1.10";
export const LOAD_BALANCER = "10.30.1.20";
export const CLIENT = "10.50.0.10";
export const CLIENT_NETWORK = "10.50.0.0/16";
export const SERVER = "198.51.100.10";

/** What the stack tells an appliance, as it would; shell and systemd read the same file. */
export const SETTINGS: Readonly<Record<string, string>> = {
  FLEET: "test-inspection",
  REGION: "eu-central-1",
  IMAGE: "plain",
  VPC_CIDR,
  HOME_NETWORKS: `${CLIENT_NETWORK},10.20.0.0/16`,
  GENEVE_PORT: "6081",
  HEALTH_PORT: "8080",
  HEALTH_PATH: "/health",
  TCP_IDLE_SECONDS: "350",
  AUTO_SCALING_GROUP: "test-inspection-{zone}",
  LIFECYCLE_HOOK: "drain",
  HEARTBEAT_SECONDS: "600",
  RULE_SOURCES: "",
  RULE_UPDATE_HOURS: "24",
  LOG_DNS: "true",
  LOG_TLS: "true",
  LOG_FLOWS: "true",
  MODE: "one-arm",
  BUMP_SECRET: "",
  BUMP_DOMAINS: "",
  ACTION: "ids",
  ON_FAILURE: "",
  POLICY: "false",
  POLICY_BUCKET: "",
  POLICY_KEY: "",
  GWLBTUN_URL: "https://artifacts.test/gwlbtun",
  GWLBTUN_SHA256: "0".repeat(64),
  CLOUDWATCH_AGENT_URL: "https://artifacts.test/agent.deb",
  CLOUDWATCH_AGENT_SHA256: "0".repeat(64),
};

export function settingsFile(changed: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...SETTINGS, ...changed })
    .map(([key, value]) => `${key}="${value}"\n`)
    .join("");
}

/** A machine with the appliance's files where `user-data.sh` puts them, its firewall and its kernel settings. */
export async function makeAppliance(changed: Readonly<Record<string, string>> = {}): Promise<Namespace> {
  const appliance = await Namespace.create();
  appliance.sh("mkdir -p /opt /etc/ringfence && cp -r /repository/appliance /opt/ringfence");
  appliance.write("/etc/ringfence/appliance.env", settingsFile(changed));
  // -e: a namespace has no buffers of its own to set.
  appliance.sh("sysctl --quiet -e --load /opt/ringfence/etc/sysctl.conf 2>/dev/null || true");
  appliance.sh(loadFirewall());
  return appliance;
}

export function loadFirewall(): string {
  return `nft -D VPC_CIDR=${VPC_CIDR} -D GENEVE_PORT=6081 -D HEALTH_PORT=8080 -f /opt/ringfence/etc/nftables.conf`;
}

/** gwlbtun itself where it is on PATH, else the stand-in. Which one, for people who read what ran. */
export function tunnelHandler(): { readonly name: string; readonly program: string } {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "gwlbtun")).find((file) => existsSync(file));
  return found === undefined
    ? { name: "the test's own decapsulator, for gwlbtun is not on PATH", program: `${PROGRAMS}/gwlbtun.py` }
    : { name: found, program: found };
}

/** Places the tunnel handler where the appliance's unit expects it. */
export function installTunnelHandler(appliance: Namespace): void {
  const { program } = tunnelHandler();
  if (program.startsWith("/repository/")) {
    appliance.sh(`install -m 755 ${program} /usr/local/bin/gwlbtun`);
    return;
  }
  copyFileSync(program, `/proc/${appliance.pid}/root/usr/local/bin/gwlbtun`);
  appliance.sh("chmod 755 /usr/local/bin/gwlbtun");
}

export interface Endpoint {
  readonly id: string;
  /** Where clients are. */
  readonly spoke: Namespace;
  /** What they reach. */
  readonly internet: Namespace;
}

interface Counters {
  readonly sent: number;
  readonly returned: number;
  readonly foreign: number;
  readonly fragments: number;
  readonly largest: number;
}

/** Two endpoints whose clients and servers have the same addresses, a load balancer, and an appliance. */
export class World {
  private constructor(
    readonly appliance: Namespace,
    readonly endpoints: readonly [Endpoint, Endpoint],
    readonly vpc: Namespace,
    private readonly balancer: Running,
    private tunnel: Running,
  ) {}

  static async create(changed: Readonly<Record<string, string>> = {}): Promise<World> {
    const [appliance, vpc, ...others] = await Promise.all([
      makeAppliance(changed),
      ...[1, 2, 3, 4, 5].map(() => Namespace.create()),
    ]);
    const [spokeA, internetA, spokeB, internetB] = others;
    if (vpc === undefined || !spokeA || !internetA || !spokeB || !internetB) throw new Error("a machine is missing");
    Namespace.connect(appliance, { device: "ens5", address: `${APPLIANCE}/20` }, vpc, {
      device: "balancer",
      address: `${LOAD_BALANCER}/20`,
    });
    appliance.sh(`ip route add default via ${LOAD_BALANCER}`);
    const endpoints = [
      { id: "0a1b2c3d4e5f6071", spoke: spokeA, internet: internetA },
      { id: "0a1b2c3d4e5f6072", spoke: spokeB, internet: internetB },
    ] as const;

    // Among the host's processes, for it finds the other namespaces by pid, in the load balancer's network.
    const balancer = wrap(
      spawn(
        "nsenter",
        [
          ...["--target", String(vpc.pid), "--net", "python3", join(__dirname, "programs/gwlb.py"), APPLIANCE],
          ...endpoints.map(({ id, spoke, internet }) => `${id}:${spoke.pid}:${internet.pid}:${CLIENT_NETWORK}`),
        ],
        { stdio: ["pipe", "pipe", "pipe"] },
      ),
    );
    await balancer.says("ready");
    for (const { spoke, internet } of endpoints) {
      spoke.sh(`ip addr add ${CLIENT}/16 dev vpce && ip link set vpce up && ip route add default dev vpce`);
      internet.sh(`ip addr add ${SERVER}/24 dev world && ip link set world up && ip route add default dev world`);
      const echo = internet.start(["python3", `${PROGRAMS}/echo.py`]);
      await echo.says("ready");
    }
    installTunnelHandler(appliance);
    return new World(appliance, endpoints, vpc, balancer, await startTunnel(appliance));
  }

  /** What the load balancer counted. `foreign` is what it would drop: changed, or not from the appliance. */
  async counters(): Promise<Counters> {
    const before = this.balancer.output().length;
    this.balancer.process.stdin?.write("\n");
    await until(() => this.balancer.output().slice(before).includes("}"), "the load balancer's counters");
    return JSON.parse(this.balancer.output().slice(before)) as Counters;
  }

  /** Bytes that came back to a client as they were sent. */
  echoed(endpoint: Endpoint, ...probe: readonly (string | number)[]): number {
    const { stdout } = endpoint.spoke.run(["python3", `${PROGRAMS}/probe.py`, ...probe.map(String)]);
    return Number(stdout);
  }

  /** Whether a TCP connection to the appliance from within the VPC is answered, be it by a refusal. */
  reachesFromVpc(port: number): boolean {
    // What the firewall takes in and nobody listens for is refused at once.
    const { status, stdout } = this.vpc.run([
      "curl",
      "-s",
      "-m",
      "2",
      "-o",
      "/dev/null",
      "-w",
      "%{time_connect}",
      `http://${APPLIANCE}:${port}/`,
    ]);
    return status === 7 || Number(stdout) > 0;
  }

  async killTunnel(signal: NodeJS.Signals): Promise<void> {
    await this.tunnel.stop(signal);
  }

  async restartTunnel(): Promise<void> {
    this.tunnel = await startTunnel(this.appliance);
  }

  async stop(): Promise<void> {
    await this.balancer.stop("SIGKILL");
    const machines = [this.appliance, this.vpc, ...this.endpoints.flatMap(({ spoke, internet }) => [spoke, internet])];
    await Promise.all(machines.map((machine) => machine.stop()));
  }
}

async function startTunnel(appliance: Namespace): Promise<Running> {
  const tunnel = startUnit(appliance, "ringfence-tunnel.service");
  await until(() => appliance.sh("ss -lun").includes(":6081"), "somebody who listens for GENEVE");
  return tunnel;
}

/** Starts a service by what its unit says, as systemd would: settings, user, capabilities, what runs before it. */
export function startUnit(machine: Namespace, unit: string): Running {
  return machine.start(["bash", "/repository/test/system/appliance/programs/run-unit", unit]);
}
