import { requireSystem } from "./namespace";
import { APPLIANCE, CLIENT, LOAD_BALANCER, loadFirewall, SERVER, tunnelHandler, World } from "./world";

/*
 * A packet's way from a spoke over the load balancer and the appliance to the internet and back. The load balancer is a stand-in; the
 * hooks, the firewall, the kernel's settings and the units' commands are the shipped ones.
 */

requireSystem();

jest.setTimeout(30_000);

let world: World;

beforeAll(async () => {
  process.stderr.write(`tunnel handler: ${tunnelHandler().name}\n`);
  world = await World.create();
});

afterAll(async () => {
  await world.stop();
});

const FIRST_AND_SECOND = [0, 1] as const;

describe.each(FIRST_AND_SECOND)("through endpoint %i of two with the same addresses", (index) => {
  it("ICMP passes both ways", () => {
    const { stdout } = world.endpoints[index].spoke.run(["ping", "-c", "3", "-i", "0.1", "-W", "2", SERVER]);
    expect(stdout).toContain("3 received");
  });

  it("TCP passes, byte for byte", () => {
    expect(world.echoed(world.endpoints[index], "tcp", SERVER, 1_000_000)).toBe(1_000_000);
  });

  it("UDP passes", () => {
    expect(world.echoed(world.endpoints[index], "udp", SERVER, 1000, 50)).toBe(50_000);
  });

  it("datagrams in fragments pass, and stay in fragments", async () => {
    const before = await world.counters();
    expect(world.echoed(world.endpoints[index], "udp", SERVER, 8000, 5)).toBe(40_000);
    const after = await world.counters();
    // Six each way: none was put together on the way, for none is larger than what clients sent.
    expect(after.fragments - before.fragments).toBe(2 * 5 * 6);
    expect(after.largest).toBeLessThanOrEqual(1500);
  });
});

it("keeps apart what two endpoints send with the same addresses and the same identification", async () => {
  const program = "/repository/test/system/appliance/programs/fragments.py";
  const receivers = world.endpoints.map(({ internet }) => internet.start(["python3", program, "receive"]));
  for (const receiver of receivers) await receiver.says("ready");
  const send = (index: 0 | 1, which: string): void => {
    const letter = index === 0 ? "A" : "B";
    world.endpoints[index].spoke.sh(`python3 ${program} send ${CLIENT} ${SERVER} ${which} ${letter}`);
  };
  send(0, "first");
  send(1, "first");
  send(1, "second");
  send(0, "second");
  await receivers[0]?.says("A".repeat(32));
  await receivers[1]?.says("B".repeat(32));
});

it("gives back to the load balancer nothing but what it got", async () => {
  const { sent, returned, foreign } = await world.counters();
  expect(foreign).toBe(0);
  expect(returned).toBe(sent);
});

it("keeps no state of connections that it inspects", () => {
  const table = world.appliance.sh("cat /proc/net/nf_conntrack 2>/dev/null || true");
  expect(table).not.toContain(CLIENT);
});

it("is not reached itself through a tunnel, not even by a client with an address of the VPC", async () => {
  const { appliance, endpoints } = world;
  const { spoke } = endpoints[0];
  const listen =
    "import socket, time; s = socket.create_server(('', 8080)); print('ready', flush=True); time.sleep(60)";
  const server = appliance.start(["python3", "-c", listen]);
  await server.says("ready");
  const forged = "10.30.5.5";
  spoke.sh(`ip addr add ${forged}/32 dev vpce`);
  for (const source of [CLIENT, forged]) {
    const call = spoke.start(["curl", "-s", "-m", "3", "--interface", source, `http://${APPLIANCE}:8080/`]);
    spoke.sh("sleep 1");
    // A connection that was let in waits for its third packet.
    expect(appliance.sh("ss -tan state syn-recv state established sport = :8080")).not.toContain(source);
    await call.stop("SIGKILL");
  }
  expect(spoke.run(["ping", "-c", "1", "-W", "1", APPLIANCE]).status).not.toBe(0);
  spoke.sh(`ip addr del ${forged}/32 dev vpce`);
  // The load balancer is let in, by that door and no other.
  expect(world.reachesFromVpc(8080)).toBe(true);
  expect(world.reachesFromVpc(22)).toBe(false);
  await server.stop("SIGKILL");
});

it("lets nothing out by its own interface, and nothing to another endpoint, should hooks go wrong", () => {
  const { appliance, endpoints } = world;
  const rules = appliance.sh("ip -oneline rule show pref 1000").trim().split("\n");
  const tables = rules.map((rule) => /lookup (\d+)/.exec(rule)?.[1] ?? "");
  const [first, second] = tables.map((table) => appliance.sh(`ip route show table ${table}`).split(" ")[2] ?? "");
  const [table = ""] = tables;
  // What leaves by any device, after the firewall has had its say.
  appliance.sh(`nft -f - <<'RULES'
table inet watch {
  chain leaving {
    type filter hook postrouting priority 300
    ip daddr ${SERVER} counter
  }
}
RULES`);
  const left = (): number => Number(/packets (\d+)/.exec(appliance.sh("nft list chain inet watch leaving"))?.[1]);
  // The rule that is listed first is that of the endpoint that was used first.
  const ping = (): number | null => endpoints[0].spoke.run(["ping", "-c", "1", "-W", "1", SERVER]).status;

  for (const wrong of [`dev ${String(second)}`, `via ${LOAD_BALANCER} dev ens5`]) {
    const before = { left: left(), nowhere: forwardedNowhere() };
    appliance.sh(`ip route replace default ${wrong} table ${table}`);
    expect(ping()).not.toBe(0);
    expect({ left: left(), nowhere: forwardedNowhere() }).toEqual({ left: before.left, nowhere: before.nowhere + 1 });
  }
  appliance.sh(`ip route replace default dev ${String(first)} table ${table}`);
  expect(ping()).toBe(0);
  expect(left()).toBeGreaterThan(0);
  appliance.sh("nft delete table inet watch");
});

it("loads its firewall anew without losing a tunnel", () => {
  world.appliance.sh(loadFirewall());
  expect(world.echoed(world.endpoints[0], "udp", SERVER, 100, 5)).toBe(500);
});

it("goes on after its tunnel handler was killed, whose devices and hooks nobody cleaned up", async () => {
  await world.killTunnel("SIGKILL");
  await world.restartTunnel();
  // Not even of endpoints that may never come again.
  expect(world.appliance.sh("ip -oneline rule show pref 1000")).toBe("");
  for (const endpoint of world.endpoints) {
    expect(world.echoed(endpoint, "tcp", SERVER, 100_000)).toBe(100_000);
  }
  expect(world.appliance.sh("ip -oneline rule show pref 1000").trim().split("\n")).toHaveLength(2);
});

it("leaves nothing behind when its tunnel handler ends", async () => {
  await world.killTunnel("SIGINT");
  expect(world.appliance.sh("ip -oneline rule show pref 1000")).toBe("");
  expect(world.appliance.sh("nft list set inet ringfence tunnels")).not.toContain("elements");
  expect(world.appliance.sh("ls /run/ringfence/tunnels")).toBe("");
});

/** Packets that the firewall forwarded nowhere. */
function forwardedNowhere(): number {
  const chain = world.appliance.sh("nft list chain inet ringfence forward");
  return Number(/counter packets (\d+) bytes \d+ comment "forwarded nowhere"/.exec(chain)?.[1]);
}
