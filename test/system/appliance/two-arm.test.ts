import type { AllowedCidr, EgressPolicy } from "../../../lib/egress-policy";
import { requireSystem, type Running, until } from "./namespace";
import { OTHER_SERVER, TwoArmWorld } from "./two-arm-world";
import { SERVER } from "./world";

/*
 * An appliance with two arms: the kernel's part and the real Squid, in namespaces, with the files as shipped. Clients of both endpoints have
 * the same address. Suricata is left out here: what it gets is a copy.
 */

requireSystem();

jest.setTimeout(120_000);

const DATABASE: AllowedCidr = { cidr: `${SERVER}/32`, protocol: "tcp", ports: [5432] };
const POLICY: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: ["allowed.test", "*.wide.test"],
  allowCidrs: [DATABASE, { cidr: `${OTHER_SERVER}/32`, protocol: "icmp" }],
  spokes: {
    own: { allowDomains: ["own.test"], allowCidrs: [] },
    other: { allowDomains: ["other.test"], allowCidrs: [] },
  },
};

let two: TwoArmWorld;
let proxy: Running;

beforeAll(async () => {
  two = await TwoArmWorld.create({ POLICY: "true" });
  await two.putToWork(POLICY);
  proxy = await two.startProxy();
  // Where not even these pass, each test would wait in vain for as long as it may.
  for (const endpoint of two.endpoints) expect(two.ask(ESSENTIAL, endpoint)).toEqual(all(ESSENTIAL, true));
});

afterAll(async () => {
  await two.stop();
});

const all = (wishes: readonly string[], granted: boolean): Readonly<Record<string, boolean>> =>
  Object.fromEntries(wishes.map((wish) => [wish, granted]));

const ESSENTIAL = ["tls allowed.test", `tcp ${SERVER} 5432`];
const GRANTED = [
  "tls allowed.test",
  "tls deep.down.wide.test",
  "tls own.test",
  "http allowed.test",
  "http own.test",
  `tcp ${SERVER} 5432`,
  `ping ${OTHER_SERVER}`,
];
const DENIED = [
  "tls evil.test",
  "tls wide.test",
  "tls other.test",
  "tls -",
  "http evil.test",
  "http wide.test",
  `tcp ${SERVER} 443`,
  `tcp ${SERVER} 80`,
  `tcp ${SERVER} 22`,
  `tcp ${OTHER_SERVER} 5432`,
  `udp ${SERVER} 443`,
  `udp ${SERVER} 7`,
  `ping ${SERVER}`,
  "dns allowed.test",
];

it.each([0, 1] as const)("decides over names and addresses, and answers by the right tunnel: endpoint %i", (index) => {
  const endpoint = two.endpoints[index];
  expect(two.ask([...GRANTED, ...DENIED], endpoint, 3)).toEqual({ ...all(GRANTED, true), ...all(DENIED, false) });
});

it("tells clients with the same address apart where no proxy is between", async () => {
  const script =
    "import socket,sys; s=socket.socket(); s.bind(('10.50.0.10',40000)); s.connect((sys.argv[1],5432)); print('connected',flush=True)\n" +
    "for line in sys.stdin: s.sendall(line.encode()); print(s.recv(100).decode(),end='',flush=True)";
  const clients = two.endpoints.map(({ spoke }) => spoke.start(["python3", "-c", script, SERVER]));
  await Promise.all(clients.map((client) => client.says("connected")));
  clients.forEach((client, index) => client.process.stdin?.write(`from ${index}\n`));
  await Promise.all(clients.map((client, index) => client.says(`from ${index}`)));
  await Promise.all(clients.map((client) => client.stop("SIGKILL")));
});

it("tells them apart behind the proxy as well, from the same port", async () => {
  const script = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
plain = socket.socket()
plain.bind(("10.50.0.10", 40443))
plain.settimeout(5)
plain.connect(("${SERVER}", 443))
secure = context.wrap_socket(plain, server_hostname=sys.argv[1])
print("connected", flush=True)
sys.stdin.readline()
secure.sendall(f"GET / HTTP/1.1\\r\\nHost: {sys.argv[1]}\\r\\n\\r\\n".encode())
while part := secure.recv(65536):
    print(part.decode(), flush=True)`;
  const names = ["allowed.test", "own.test"];
  const clients = two.endpoints.map(({ spoke }, index) => spoke.start(["python3", "-c", script, names[index] ?? ""]));
  await Promise.all(clients.map((client) => client.says("connected")));
  for (const client of clients) client.process.stdin?.write("\n");
  await Promise.all(clients.map((client, index) => client.says(`this is ${names[index] ?? ""}`)));
  await Promise.all(clients.map((client) => client.stop("SIGKILL")));
});

it("a name counts only where DNS has it", () => {
  const elsewhere = [`tls allowed.test ${OTHER_SERVER}`, `http allowed.test ${OTHER_SERVER}`];
  expect(two.ask(elsewhere)).toEqual(all(elsewhere, false));
});

it("nobody reaches what stands around the appliance: not its metadata, not its VPC, not the proxy's own ports", () => {
  const before = two.packets("around the appliance");
  const wishes = ["169.254.169.254", "169.254.77.1", "127.0.0.1", "10.30.1.10", "10.30.1.20"].flatMap((address) => [
    `http allowed.test ${address}`,
    `tcp ${address} 3128`,
  ]);
  const tried = wishes.filter((wish) => !wish.includes("127.0.0.1"));
  expect(two.ask(tried, two.endpoints[0], 1)).toEqual(all(tried, false));
  expect(two.packets("around the appliance")).toBeGreaterThan(before);
});

it("the proxy reaches the internet, and neither a spoke, nor the VPC, nor the instance's metadata", () => {
  const { appliance } = two;
  const reach = (address: string, port: number): number | null =>
    appliance.run([
      ...["setpriv", "--reuid", "ringfence-proxy", "--regid", "ringfence-proxy", "--clear-groups"],
      ...["timeout", "2", "bash", "-c", `: </dev/tcp/${address}/${port}`],
    ]).status;
  expect(reach(SERVER, 443)).toBe(0);
  for (const [address, port] of [
    ["10.50.0.10", 80],
    ["10.30.1.20", 80],
    ["169.254.169.254", 80],
  ] as const) {
    expect({ address, status: reach(address, port) }).not.toEqual({ address, status: 0 });
  }
  expect(two.packets("the proxy to a spoke")).toBeGreaterThan(0);
  expect(two.packets("the proxy around the appliance")).toBeGreaterThan(0);
});

it("none of the proxy's own connections goes into a tunnel", () => {
  two.ask(["tls allowed.test", "http allowed.test"]);
  expect(two.packets("the proxy by a tunnel")).toBe(0);
  const own = two.appliance.sh("grep -E 'src=10.30.1.10 dst=.*dport=(80|443) ' /proc/net/nf_conntrack | head -n 5");
  expect(own).toMatch(/mark=0/);
  expect(own).not.toMatch(/mark=[1-9]/);
});

it("spokes reach each other by the tunnel, not by the proxy, and by their addresses alone", async () => {
  await two.openOtherSpoke("10.20.0.9");
  const wishes = ["tcp 10.20.0.9 7", "tls allowed.test 10.20.0.9", "http allowed.test 10.20.0.9"];
  expect(two.ask(wishes, two.endpoints[0], 1)).toEqual(all(wishes, false));
  await two.putToWork({
    ...POLICY,
    allowCidrs: [...POLICY.allowCidrs, { cidr: "10.20.0.9/32", protocol: "tcp", ports: [7] }],
  });
  expect(two.ask(wishes, two.endpoints[0], 1)).toEqual({ ...all(wishes, false), "tcp 10.20.0.9 7": true });
  // Where nothing is denied they reach the web there, too, and from the client's own address: the proxy has not heard of it.
  await two.putToWork({ ...POLICY, discovery: true });
  const lines = two.log().length;
  expect(two.ask(wishes)).toEqual(all(wishes, true));
  expect(two.log().slice(lines)).toEqual([]);
  await two.putToWork(POLICY);
});

it("a spoke sees another's own address and port, though two clients have the same", async () => {
  const server =
    "import socket; s=socket.create_server(('10.20.0.9',9999)); print('ready',flush=True)\n" +
    "while True: c,peer=s.accept(); c.sendall(('%s %d' % peer).encode())";
  const client =
    "import socket,sys; s=socket.socket(); s.bind(('10.50.0.10',40009)); s.settimeout(5); s.connect(('10.20.0.9',9999)); print(s.recv(100).decode(),flush=True); sys.stdin.read()";
  two.endpoints[1].internet.sh("ip addr add 10.20.0.9/16 dev world");
  await Promise.all(two.endpoints.map(({ internet }) => internet.start(["python3", "-c", server]).says("ready")));
  await two.putToWork({ ...POLICY, allowCidrs: [{ cidr: "10.20.0.9/32", protocol: "tcp", ports: [9999] }] });
  const clients = two.endpoints.map(({ spoke }) => spoke.start(["python3", "-c", client]));
  await Promise.all(clients.map((one) => one.says("10.50.0.10 40009")));
  await Promise.all(clients.map((one) => one.stop("SIGKILL")));
  await two.putToWork(POLICY);
});

it("what is allowed by its address does not go to the proxy", async () => {
  const wishes = ["tls evil.test", `tcp ${SERVER} 80`];
  await two.putToWork({ ...POLICY, allowCidrs: [{ cidr: `${SERVER}/32`, protocol: "tcp", ports: [443] }] });
  const lines = two.log().length;
  expect(two.ask(wishes)).toEqual({ "tls evil.test": true, [`tcp ${SERVER} 80`]: false });
  expect(
    two
      .log()
      .slice(lines)
      .some(({ name }) => name === "evil.test"),
  ).toBe(false);
  await two.putToWork(POLICY);
});

it("another policy is at work after a second, and no connection that was let through ends", async () => {
  const script = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
secure = context.wrap_socket(socket.create_connection(("${SERVER}", 443)), server_hostname="allowed.test")
print("connected", flush=True)
for line in sys.stdin:
    secure.sendall(b"GET / HTTP/1.1\\r\\nHost: allowed.test\\r\\n\\r\\n")
    print(line.strip() if b"200 OK" in secure.recv(65536) else "nothing", flush=True)`;
  const client = two.endpoints[0].spoke.start(["python3", "-c", script]);
  await client.says("connected");
  await two.putToWork({ ...POLICY, allowDomains: ["new.test"] });
  await until(() => two.ask(["tls new.test"])["tls new.test"] === true, "the new name");
  expect(two.ask(["tls allowed.test"])).toEqual({ "tls allowed.test": false });
  client.process.stdin?.write("still here\n");
  await client.says("still here");
  await client.stop("SIGKILL");
  await two.putToWork(POLICY);
});

it("a rehearsal lets everything pass, and says what it would have denied", async () => {
  await two.putToWork({ ...POLICY, discovery: true });
  const wishes = ["tls evil.test", "http evil.test", `udp ${SERVER} 443`];
  await until(() => two.ask(["tls evil.test"])["tls evil.test"] === true, "the rehearsal");
  expect(two.ask(wishes)).toEqual(all(wishes, true));
  const would = two.log().filter(({ verdict }) => verdict === "would-deny");
  expect(would.map(({ name }) => name)).toContain("evil.test");
  expect(would.map(({ host }) => host)).toContain("evil.test");
  await two.putToWork(POLICY);
});

it("writes down who reached what, and no path, no query and no header", () => {
  const request =
    "GET /private?token=s3cret HTTP/1.1\\r\\nHost: allowed.test\\r\\nAuthorization: Basic c2VjcmV0\\r\\nConnection: close\\r\\n\\r\\n";
  for (const address of [SERVER, OTHER_SERVER]) {
    two.endpoints[0].spoke.run([
      ...["timeout", "4", "bash", "-c"],
      `exec 3<>/dev/tcp/${address}/80; printf '${request}' >&3; timeout 2 cat <&3`,
    ]);
  }
  const logs = two.appliance.sh("cat /var/log/ringfence/proxy/*");
  expect(logs).not.toMatch(/s3cret|private|c2VjcmV0/);
  expect(two.log()).toContainEqual(
    expect.objectContaining({
      client: "10.50.0.10",
      host: "allowed.test",
      status: 200,
      verdict: "allowed",
      spoke: "own",
    }),
  );
  expect(two.log()).toContainEqual(expect.objectContaining({ name: "evil.test", verdict: "denied", spoke: "own" }));
});

it("without the proxy nothing of HTTP and TLS passes, and all else as before", async () => {
  const web = ["tls allowed.test", "http allowed.test", "tls evil.test"];
  await proxy.stop("SIGKILL");
  two.appliance.run(["pkill", "-KILL", "-u", "ringfence-proxy"]);
  await until(() => !two.appliance.sh("ss -ltn").includes(":3129"), "the proxy's end");
  expect(two.ask([...web, `tcp ${SERVER} 5432`], two.endpoints[0], 1)).toEqual({
    ...all(web, false),
    [`tcp ${SERVER} 5432`]: true,
  });
  proxy = await two.startProxy();
  expect(two.ask(["tls allowed.test", "http allowed.test"])).toEqual(
    all(["tls allowed.test", "http allowed.test"], true),
  );
});

it("without a policy's names nothing passes the proxy", async () => {
  two.appliance.sh("mv /var/lib/ringfence/policy/current /var/lib/ringfence/policy/gone");
  await until(() => two.ask(["tls allowed.test"], two.endpoints[0], 1)["tls allowed.test"] === false, "refusals");
  two.appliance.sh("mv /var/lib/ringfence/policy/gone /var/lib/ringfence/policy/current");
  await until(() => two.ask(["tls allowed.test"])["tls allowed.test"] === true, "the policy");
});

it("the firewall loads again beside tunnels that are up, and connections go on", () => {
  two.appliance.sh("set -a && . /etc/ringfence/appliance.env && /opt/ringfence/bin/load-firewall");
  expect(two.ask(["tls allowed.test", `tcp ${SERVER} 5432`])).toEqual({
    "tls allowed.test": true,
    [`tcp ${SERVER} 5432`]: true,
  });
});

it("a tunnel that goes takes its rule, its route and its marks with it", () => {
  const device = two.appliance.sh("ls /sys/class/net | grep ^gwi- | head -n 1").trim();
  const other = device.replace("gwi-", "gwo-");
  two.appliance.sh(
    `set -a && . /etc/ringfence/appliance.env && /opt/ringfence/bin/tunnel-hook DESTROY ${device} ${other} 00`,
  );
  expect(two.appliance.sh("ip rule show pref 1000").trim().split("\n")).toHaveLength(1);
  const table = two.appliance.sh("nft list set inet ringfence returns");
  expect(table).not.toContain(other);
  two.appliance.sh(
    `set -a && . /etc/ringfence/appliance.env && /opt/ringfence/bin/tunnel-hook CREATE ${device} ${other} 00`,
  );
  expect(two.ask(["tls allowed.test"])).toEqual({ "tls allowed.test": true });
});
