import { createHash, randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { ContainerProps } from "../../lib/aws/ecs/container";
import { nodeContainer, type NodeProps, STATUS_PATH } from "../../lib/aws/wallarm/node-container";
import { type Certificates, makeCertificates } from "./nginx/certificates";
import { ask, askDirectly, BALANCER, begin, NODE_ITSELF, STRANGER, upgrade, VPC_CIDR } from "./nginx/client";
import { DnsServer } from "./nginx/dns-server";
import { NodeRoot, requireChroot } from "./nginx/node-root";
import { Upstream } from "./nginx/upstream";

/*
 * The node's configuration and scripts as they are shipped, in front of real servers: only NGINX is Debian's, and has no Wallarm
 * module. The loopback network is the VPC; the load balancer, the node, strangers and upstreams are addresses of it.
 */

requireChroot();

jest.setTimeout(20_000);

const NAMESERVER = "127.53.0.1";
const HOST = "kong.internal.test";
const FIRST = "127.0.2.1";
const SECOND = "127.0.2.2";
const MEBIBYTE = 1024 * 1024;

let dns: DnsServer;
let root: NodeRoot;
let upstream: Upstream;

beforeAll(async () => {
  dns = await DnsServer.start(NAMESERVER);
  root = await NodeRoot.create(NAMESERVER);
});

afterAll(async () => {
  await root.remove();
  await dns.stop();
});

beforeEach(() => {
  dns.set(HOST, FIRST);
});

function container(changed: Partial<NodeProps> = {}): ContainerProps {
  return nodeContainer({
    image: { uri: "docker.io/wallarm/node:7.1.0" },
    cloud: "eu",
    mode: "block",
    applicationId: 7,
    group: "test-api",
    token: { valueFrom: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:token", secretArn: "arn" },
    upstream: { protocol: "http", host: HOST, port: upstream.port },
    hostHeader: "client",
    maxBodyMb: 20,
    idleTimeoutSeconds: 10,
    trustedProxies: [],
    vpcCidr: VPC_CIDR,
    arenaGb: 1,
    ...changed,
  });
}

/** One node for all tests of a block, in front of one upstream. */
function withNode(changed: Partial<NodeProps> = {}): void {
  beforeAll(async () => {
    dns.set(HOST, FIRST);
    upstream = await Upstream.start(FIRST);
    root.restore();
    await startNode(container(changed));
  });

  beforeEach(() => {
    upstream.forget();
  });

  afterAll(async () => {
    await root.stop();
    await upstream.stop();
  });
}

/** A new file system for each test of a block, in which nothing runs yet, and one upstream. */
function withRoot(): void {
  beforeEach(async () => {
    upstream = await Upstream.start(FIRST);
    root.restore();
  });

  afterEach(async () => {
    await root.stop();
    await upstream.stop();
  });
}

/** Starts a node, as if its health check had seen it registered, and waits until it has found its upstream. */
async function startNode(node: ContainerProps, environment?: Readonly<Record<string, string>>): Promise<void> {
  await root.start(node, environment);
  root.write("run/node-registered", "");
  for (let tries = 0; tries < 100; tries += 1) {
    await ask(root.port);
    if (!root.read("dev/stderr").includes("no live upstreams")) break;
    root.clear("dev/stderr");
    await sleep(20);
  }
  root.clear("dev/stdout");
  upstream.forget();
}

describe("what the upstream learns of the client", () => {
  withNode();

  it("is the address that the load balancer was called from, whatever the client claims", async () => {
    await ask(root.port, {
      headers: { "X-Forwarded-For": "127.0.0.1, 10.0.0.1, 198.51.100.7", "X-Real-IP": "10.0.0.1" },
    });
    expect(upstream.only.headers).toMatchObject({
      "x-real-ip": "198.51.100.7",
      "x-forwarded-for": `127.0.0.1, 10.0.0.1, 198.51.100.7, ${BALANCER}`,
    });
  });

  it("is nothing that somebody outside the VPC says", async () => {
    await ask(root.port, { from: STRANGER });
    expect(upstream.only.headers).toMatchObject({
      "x-real-ip": STRANGER,
      "x-forwarded-for": `198.51.100.7, ${STRANGER}`,
    });
  });

  it("begins a chain when there is none", async () => {
    await askDirectly(root.port);
    expect(upstream.only.headers).toMatchObject({ "x-real-ip": BALANCER, "x-forwarded-for": BALANCER });
  });

  it("is how the client came to the load balancer, not how the load balancer came here", async () => {
    await ask(root.port);
    expect(upstream.only.headers).toMatchObject({ "x-forwarded-proto": "https", "x-forwarded-port": "443" });
  });

  it("is plain HTTP when that is how the client came", async () => {
    await ask(root.port, { headers: { "X-Forwarded-Proto": "http", "X-Forwarded-Port": "80" } });
    expect(upstream.only.headers).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-port": "80" });
  });

  it("is no protocol or port that does not exist", async () => {
    await ask(root.port, { headers: { "X-Forwarded-Proto": "https,evil", "X-Forwarded-Port": "443 or so" } });
    expect(upstream.only.headers).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-port": String(root.port) });
  });

  it("is the host that it asked for, and no other that it names", async () => {
    await ask(root.port, {
      headers: { "X-Forwarded-Host": "evil.example", Forwarded: "for=10.0.0.1;host=evil.example" },
    });
    const { headers } = upstream.only;
    expect(headers).toMatchObject({ host: "shop.example.com", "x-forwarded-host": "shop.example.com" });
    expect(headers).not.toHaveProperty("forwarded");
  });

  it("is the request line as it was", async () => {
    await ask(root.port, { path: "/a%2Fb//c/../d;e?x=%20&y=/wallarm-status" });
    expect(upstream.only.url).toBe("/a%2Fb//c/../d;e?x=%20&y=/wallarm-status");
  });
});

describe("the node's own paths", () => {
  withNode();

  it("tell the load balancer's health check and the node itself how it is", async () => {
    for (const from of [BALANCER, NODE_ITSELF]) {
      const { status, body } = await askDirectly(root.port, { path: STATUS_PATH, from });
      expect({ from, status, body: String(body) }).toMatchObject({
        status: 200,
        body: expect.stringMatching(/^Active/) as unknown,
      });
    }
    expect(upstream.received).toEqual([]);
  });

  it("tell nobody who is neither", async () => {
    expect(await askDirectly(root.port, { path: STATUS_PATH, from: STRANGER })).toMatchObject({ status: 403 });
  });

  it.each([
    "/wallarm-status",
    "//wallarm-status",
    "/%77allarm-status",
    "/wallarm%2dstatus",
    "/x/../wallarm-status",
    "/./wallarm-status",
    "/wallarm-status/",
    "/wallarm-status/x",
    "/wallarm-status?format=prometheus",
    "/wallarm-status%3f",
    "/Wallarm-Status",
    "/WALLARM-STATUS",
    "/wallarm-apifw",
    "/wallarm-apifw/v1/x",
    "//wallarm%2Dapifw/v1",
  ])("are not found from outside: %s", async (path) => {
    expect(await ask(root.port, { path })).toMatchObject({ status: 404 });
    expect(upstream.received).toEqual([]);
  });

  it.each(["127.0.0.1", "10.0.0.1", BALANCER, ",", "unknown"])(
    "are not found by who claims to be %s",
    async (claim) => {
      const headers = { "X-Forwarded-For": claim };
      expect(await ask(root.port, { path: STATUS_PATH, headers })).toMatchObject({ status: 404 });
      expect(await ask(root.port, { path: STATUS_PATH, headers, from: NODE_ITSELF })).toMatchObject({ status: 404 });
    },
  );

  it("are all that is kept from the upstream", async () => {
    for (const path of ["/status", "/wallarm", "/x/wallarm-status", "/?/wallarm-status"]) {
      expect(await ask(root.port, { path })).toMatchObject({ status: 200 });
    }
    expect(upstream.received).toHaveLength(4);
  });
});

describe("a module that asks the node's own paths on behalf of a request", () => {
  withRoot();

  it("gets there, while the client does not", async () => {
    // Debian's NGINX asks `auth_request` as Wallarm's asks the API firewall: by a subrequest.
    root.write(
      "etc/nginx/asks-itself.conf",
      "location ~ ^/wallarm-apifw { stub_status; allow 127.0.0.0/24; deny all; }\nauth_request /wallarm-apifw/check;\n",
    );
    await startNode(container(), { TEST_ASKS_ITSELF: "1" });
    expect(await ask(root.port, { path: "/orders" })).toMatchObject({ status: 200 });
    expect(await ask(root.port, { path: "/wallarm-apifw/check" })).toMatchObject({ status: 404 });
    const inside = { path: "/wallarm-apifw/check", from: NODE_ITSELF };
    expect(await askDirectly(root.port, inside)).toMatchObject({ status: 200 });
  });
});

describe("bodies", () => {
  withNode();

  it("of the largest size pass both ways, byte for byte", async () => {
    const body = randomBytes(20 * MEBIBYTE);
    const answer = await ask(root.port, { method: "POST", body });
    expect(answer.status).toBe(200);
    expect(upstream.only.digest).toBe(createHash("sha256").update(body).digest("hex"));
    expect(answer.body.equals(body)).toBe(true);
  });

  it("that are larger are refused, and the upstream hears nothing", async () => {
    const body = Buffer.alloc(20 * MEBIBYTE + 1);
    expect(await ask(root.port, { method: "POST", body })).toMatchObject({ status: 413 });
    expect(upstream.received).toEqual([]);
  });

  it("are the answer to the request itself, though the upstream names another path that nobody filtered", async () => {
    const answer = await ask(root.port, { path: "/elsewhere" });
    expect(String(answer.body)).toBe("here");
    expect(upstream.only.url).toBe("/elsewhere");
  });

  it("are not packed by the node", async () => {
    const body = Buffer.alloc(100_000, "text ");
    const answer = await ask(root.port, { method: "POST", body, headers: { "Accept-Encoding": "gzip" } });
    expect(answer.headers).not.toHaveProperty("content-encoding");
  });

  it("reach the client while the upstream still writes", async () => {
    const response = await begin(root.port, { path: "/events" });
    expect(String(await nextChunk(response))).toBe("data: first\n\n");
    expect(String(await nextChunk(response))).toBe("data: second\n\n");
    response.destroy();
  });

  it("of any size pass a client that reads late, without a copy on the disk", async () => {
    const response = await begin(root.port, { path: "/large" });
    await sleep(300);
    // The files have no names any more, but their folders stay.
    expect(root.run(["find", "/var/lib/nginx/proxy", "-mindepth", "1"])).toEqual({ status: 0, stdout: "", stderr: "" });
    let bytes = 0;
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(32 * MEBIBYTE);
  });

  it("come with headers as large as the load balancer lets through", async () => {
    const headers = {
      "X-Large-1": "a".repeat(16_000),
      "X-Large-2": "b".repeat(16_000),
      "X-Large-3": "c".repeat(16_000),
    };
    await ask(root.port, { headers, path: `/${"p".repeat(16_000)}` });
    expect(upstream.only.headers).toMatchObject({ "x-large-3": headers["X-Large-3"] });
  });
});

describe("connections", () => {
  withNode();

  it("to the upstream are used again, and so are the load balancer's", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let count = 0; count < 10; count += 1) {
      expect(await ask(root.port, { agent })).toMatchObject({ headers: { connection: "keep-alive" } });
    }
    agent.destroy();
    expect(upstream.received).toHaveLength(10);
    // None when the one that was opened at the start serves these too.
    expect(upstream.connections).toBeLessThanOrEqual(1);
  });

  it("become WebSockets", async () => {
    const socket = await upgrade(root.port, "websocket");
    if (typeof socket === "number") throw new Error(`answered ${socket}`);
    expect(upstream.only.headers).toMatchObject({ upgrade: "websocket", connection: "upgrade" });
    socket.write("over and back");
    expect(String(await nextChunk(socket))).toBe("over and back");
    socket.destroy();
  });

  it.each(["h2c", "websocket, h2c", "TLS/1.0"])("become nothing else: %s", async (protocol) => {
    expect(await upgrade(root.port, protocol)).toBe(200);
    expect(upstream.only.headers).not.toHaveProperty("upgrade");
    expect(upstream.only.headers.connection).not.toBe("upgrade");
  });
});

describe("time", () => {
  withNode({ idleTimeoutSeconds: 10 });

  it("runs out at the node before it does at the load balancer", async () => {
    const asked = Date.now();
    const { status, headers } = await ask(root.port, { path: "/silent" });
    expect(status).toBe(504);
    expect(headers.server).toBe("nginx");
    expect(Date.now() - asked).toBeLessThan(9_000);
    expect(upstream.received).toHaveLength(1);
  });
});

describe("an upstream of several addresses", () => {
  withNode();
  let second: Upstream | undefined;

  afterEach(async () => {
    await second?.stop();
    second = undefined;
  });

  async function both(): Promise<readonly Upstream[]> {
    second = await Upstream.start(SECOND, { port: upstream.port });
    await moveTo(FIRST, SECOND);
    second.forget();
    upstream.forget();
    return [upstream, second];
  }

  it("is asked once for what must not be done twice", async () => {
    const upstreams = await both();
    for (const method of ["POST", "PATCH"]) {
      expect(await ask(root.port, { path: "/hang-up", method, body: Buffer.from("1") })).toMatchObject({ status: 502 });
    }
    expect(upstreams.flatMap(({ received }) => received.map(({ method }) => method)).sort()).toEqual(["PATCH", "POST"]);
  });

  it("is asked at the other address for what may be", async () => {
    const upstreams = await both();
    await ask(root.port, { path: "/hang-up" });
    expect(upstreams.map(({ received }) => received.length)).toEqual([1, 1]);
  });

  it("is asked at the other address when the first takes no connection, whatever is asked", async () => {
    await moveTo(FIRST, SECOND);
    for (let count = 0; count < 4; count += 1) {
      expect(await ask(root.port, { method: "POST" })).toMatchObject({ status: 200 });
    }
    expect(upstream.received).toHaveLength(4);
  });

  it("is followed when it moves, without a restart", async () => {
    second = await Upstream.start(SECOND, { port: upstream.port });
    await moveTo(FIRST);
    upstream.forget();
    await ask(root.port);
    expect(upstream.received).toHaveLength(1);
    await moveTo(SECOND);
    second.forget();
    await ask(root.port);
    expect(second.received).toHaveLength(1);
  });

  it("is looked up by its IPv4 addresses alone", () => {
    expect(new Set(dns.questions)).toEqual(new Set([`A ${HOST}`]));
  });

  async function moveTo(...addresses: readonly string[]): Promise<void> {
    dns.set(HOST, ...addresses);
    const known = dns.questions.length;
    while (dns.questions.length === known) await sleep(20);
    // The answer is on its way.
    await sleep(100);
  }
});

describe("an upstream that is not there yet", () => {
  withRoot();

  it("keeps no node from starting, nor from telling the load balancer that it runs", async () => {
    await root.start(container({ upstream: { protocol: "http", host: "nowhere.test", port: 80 } }));
    root.write("run/node-registered", "");
    expect(await askDirectly(root.port, { path: STATUS_PATH })).toMatchObject({ status: 200 });
    expect(await ask(root.port)).toMatchObject({ status: 502 });
  });
});

describe("an upstream with TLS", () => {
  let certificates: Certificates;

  beforeAll(() => {
    certificates = makeCertificates(HOST);
  });

  beforeEach(() => {
    root.restore();
  });

  afterEach(async () => {
    await root.stop();
    await upstream.stop();
  });

  async function start(who: Exclude<keyof Certificates, "root">, upstreamCaPem?: string): Promise<void> {
    upstream = await Upstream.start(FIRST, { identity: certificates[who] });
    await startNode(container({ upstream: { protocol: "https", host: HOST, port: upstream.port }, upstreamCaPem }));
  }

  it("is trusted when the given authority signed for its name, and is told which name is meant", async () => {
    await start("good", certificates.root);
    expect(await ask(root.port)).toMatchObject({ status: 200 });
    expect(new Set(upstream.serverNames)).toEqual(new Set([HOST]));
    expect(upstream.only.headers).toMatchObject({ host: "shop.example.com", "x-forwarded-proto": "https" });
  });

  it("is trusted when one of the system's authorities signed", async () => {
    root.append("etc/ssl/certs/ca-certificates.crt", certificates.root);
    await start("good");
    expect(await ask(root.port)).toMatchObject({ status: 200 });
  });

  it("is not trusted when none of the system's did", async () => {
    await start("good");
    await expectRefusal(/unable to get (local )?issuer certificate|self.signed certificate in certificate chain/);
  });

  it.each([
    ["otherName", /does not match/],
    ["expired", /expired/],
    ["selfSigned", /self.signed/],
  ] as const)("is not trusted with a bad certificate: %s", async (who, reason) => {
    await start(who, certificates.root);
    await expectRefusal(reason);
  });

  it("gets its own name as the host when it is to", async () => {
    upstream = await Upstream.start(FIRST, { identity: certificates.good });
    const own = { protocol: "https", host: HOST, port: upstream.port } as const;
    await startNode(container({ upstream: own, upstreamCaPem: certificates.root, hostHeader: "upstream" }));
    await ask(root.port);
    expect(upstream.only.headers).toMatchObject({
      host: `${HOST}:${upstream.port}`,
      "x-forwarded-host": "shop.example.com",
    });
  });

  async function expectRefusal(reason: RegExp): Promise<void> {
    expect(await ask(root.port)).toMatchObject({ status: 502 });
    expect(upstream.received).toEqual([]);
    expect(root.read("dev/stderr")).toMatch(reason);
  }
});

describe("further proxies in front of the load balancer", () => {
  withNode({ trustedProxies: ["203.0.113.0/24", "2001:db8:cd::/48"] });

  it.each([
    ["10.0.0.1, 198.51.100.7, 203.0.113.5", "198.51.100.7"],
    ["198.51.100.7, 203.0.113.5, 2001:db8:cd::1", "198.51.100.7"],
    ["203.0.113.5, 198.51.100.7", "198.51.100.7"],
    ["10.0.0.1, 2001:db8::7, 203.0.113.5", "2001:db8::7"],
  ])("are passed over on the way back to the client: %s", async (chain, client) => {
    await ask(root.port, { headers: { "X-Forwarded-For": chain } });
    expect(upstream.only.headers).toMatchObject({ "x-real-ip": client, "x-forwarded-for": `${chain}, ${BALANCER}` });
  });

  it("open the node's own paths to nobody, though who sends through one can name any address", async () => {
    const headers = { "X-Forwarded-For": "127.0.0.1, 203.0.113.5" };
    for (const path of [STATUS_PATH, "/wallarm-apifw/x"]) {
      expect(await ask(root.port, { path, headers })).toMatchObject({ status: 404 });
    }
    expect(upstream.received).toEqual([]);
  });
});

describe("the log", () => {
  withNode();

  it("is a line of JSON for each request, and holds no secret", async () => {
    await ask(root.port, {
      path: "/orders/1?token=s3cret&next=%2F",
      headers: {
        Authorization: "Bearer s3cret",
        Cookie: "session=s3cret",
        Referer: "https://shop.example.com/?token=s3cret",
        "User-Agent": 'curl "quoted" \\ \u00e9',
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
      },
    });
    await ask(root.port, { path: "/wallarm-status?token=s3cret" });
    await askDirectly(root.port, { path: STATUS_PATH });

    const log = root.read("dev/stdout");
    expect(log).not.toContain("s3cret");
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      {
        client: "198.51.100.7",
        from: BALANCER,
        trace: "Root=1-67891233-abcdef012345678912345678",
        method: "GET",
        host: "shop.example.com",
        path: "/orders/1",
        status: 200,
        upstream: `${FIRST}:${upstream.port}`,
        upstream_status: "200",
      },
      { path: "/wallarm-status", status: 404, upstream: "" },
    ]);
  });

  it("does not tell clients which NGINX answers", async () => {
    expect(await ask(root.port, { path: STATUS_PATH })).toMatchObject({ headers: { server: "nginx" } });
  });
});

describe("the start", () => {
  withRoot();

  /** Runs the container's command with a configuration of the test's choice, to its end. */
  function start(configuration = container().environment?.NODE_NGINX_CONF ?? ""): {
    status: number | null;
    stderr: string;
  } {
    // In the place of the image's start: ends well, so that a refusal stands out.
    root.write("usr/local/bin/init", "#!/bin/sh\nexit 0\n", 0o755);
    const { entryPoint = [], command = [] } = container();
    return root.run([...entryPoint, ...command], { NODE_NGINX_CONF: configuration });
  }

  it("does all again after a restart", async () => {
    await startNode(container());
    expect(await ask(root.port)).toMatchObject({ status: 200 });
    await root.stop();
    root.append("etc/nginx/http.d/default.conf", "what a crash leaves behind\n");
    await startNode(container());
    expect(await ask(root.port)).toMatchObject({ status: 200 });
  });

  it("lets NGINX carry more connections than the image does, and keeps the image's mark", async () => {
    await root.start(container());
    const main = root.read("etc/nginx/nginx.conf");
    expect(main).toMatch(/^### Wallarm default ###\n/);
    expect(main).toMatch(/^ {4}worker_connections 16384;$/m);
  });

  it("leaves an image alone that sets no number of connections", () => {
    root.write("etc/nginx/nginx.conf", "events {}\nhttp { include /etc/nginx/http.d/*; }\n");
    expect(start()).toMatchObject({ status: 0 });
    expect(root.read("etc/nginx/nginx.conf")).toBe("events {}\nhttp { include /etc/nginx/http.d/*; }\n");
  });

  it("hands the image's start its own variables only, for the image writes them to a file line by line", async () => {
    await root.start(container());
    const names = root.read("run/init-environment").matchAll(/^([A-Za-z_]+)=/gm);
    expect([...names].map(([, name]) => name).sort()).toEqual([
      "NGINX_EXTERNAL_CONFIG",
      "NGINX_PORT",
      "PATH",
      "PWD",
      "SLAB_ALLOC_ARENA",
      "TEST_PORT",
      "WALLARM_API_HOST",
      "WALLARM_FALLBACK",
      "WALLARM_IGNORE_REGISTER_ERROR",
      "WALLARM_LABELS",
    ]);
  });

  it("takes all name servers, those by IPv6 too, whatever else the file says", () => {
    root.write(
      "etc/resolv.conf",
      "# nameserver 192.0.2.1\nsearch x.test\nnameserver 10.0.0.2\nnameserver fd00:ec2::253\nnameserver fe80::1%eth0\nnameserver 10.0.0.3",
    );
    expect(start()).toMatchObject({ status: 0 });
    expect(root.read("etc/nginx/http.d/default.conf")).toContain(
      "resolver 10.0.0.2 [fd00:ec2::253] 10.0.0.3 valid=10s ipv6=off;",
    );
  });

  it("ends without a name server", () => {
    root.write("etc/resolv.conf", "search x.test\n");
    expect(start()).toMatchObject({ status: 1, stderr: expect.stringMatching(/names no server/) as unknown });
  });

  it.each([
    "wallarm_mode block;",
    "wallarm_fallback off;",
    "wallarm_parse_websocket on;",
    "wallarm_status on;",
    "set_real_ip_from",
    "return 503;",
    "deny all;",
  ])("ends when the configuration lacks %s", (directive) => {
    const configuration = container().environment?.NODE_NGINX_CONF ?? "";
    expect(configuration).toContain(directive);
    const lacking = configuration.replaceAll(new RegExp(`^ *${directive}.*$`, "gm"), "");
    expect(start(lacking)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^node start: .* lacks /) as unknown,
    });
    expect(root.read("etc/nginx/http.d/default.conf")).toBe("# the image's own\n");
  });

  it("ends when the image would not read the configuration", () => {
    root.write("etc/nginx/nginx.conf", "http {\n  # include /etc/nginx/http.d/*;\n}\n");
    expect(start()).toMatchObject({ status: 1, stderr: expect.stringMatching(/does not include/) as unknown });
  });

  it("ends without a configuration", () => {
    const { entryPoint = [], command = [] } = container();
    expect(root.run([...entryPoint, ...command]).status).not.toBe(0);
  });
});

describe("the health check", () => {
  withRoot();

  beforeEach(() => {
    nginx("answers");
  });

  /** Whether Amazon ECS would take the container for healthy. */
  function healthy(): boolean {
    const [kind, command = ""] = container().healthCheck?.command ?? [];
    expect(kind).toBe("CMD-SHELL");
    const { status } = root.run(["/bin/sh", "-c", command]);
    expect([0, 1]).toContain(status);
    return status === 0;
  }

  /** BusyBox's `wget`, which Debian has not: asks what it is told to and ends as if that were so. */
  function nginx(state: "answers" | "is silent"): void {
    root.write("usr/local/bin/wget", `#!/bin/sh\necho "$@" >/tmp/asked\nexit ${state === "answers" ? 0 : 1}\n`, 0o755);
  }

  function daemonSays(status: string, exit = 0): void {
    root.write(
      "opt/wallarm/usr/bin/wd",
      `#!/bin/sh\n[ "$*" = "ctl -j status" ] || exit 9\ncat <<'END'\n${status}\nEND\nexit ${exit}\n`,
      0o755,
    );
  }

  it("asks the node's own status, as the load balancer does", () => {
    expect(healthy()).toBe(true);
    expect(root.read("tmp/asked")).toContain(`http://127.0.0.1:8080${STATUS_PATH}`);
  });

  it.each(["done", "synced", ""])("passes when the node has registered: init_state %p", (state) => {
    daemonSays(JSON.stringify({ ok: true, init_state: state, status: [] }, null, 2));
    expect(healthy()).toBe(true);
  });

  it("passes with a daemon that knows no such state", () => {
    daemonSays('{"ok":true,"status":[]}');
    expect(healthy()).toBe(true);
  });

  it.each(["fallback", "registering", "pending"])("fails while the node has not: init_state %s", (state) => {
    daemonSays(JSON.stringify({ ok: true, init_state: state }, null, 2));
    expect(healthy()).toBe(false);
  });

  it("fails while the daemon says nothing, or nothing good", () => {
    daemonSays("", 1);
    expect(healthy()).toBe(false);
    daemonSays("");
    expect(healthy()).toBe(false);
    daemonSays('{ "ok": false, "error": "x" }');
    expect(healthy()).toBe(false);
  });

  it("fails when NGINX does not answer, registered or not", () => {
    nginx("is silent");
    expect(healthy()).toBe(false);
    nginx("answers");
    expect(healthy()).toBe(true);
    nginx("is silent");
    expect(healthy()).toBe(false);
  });

  it("asks for the registration until it was seen once, so that an outage of the cloud ends no node that runs", () => {
    daemonSays('{"ok":true,"init_state":"done"}');
    expect(healthy()).toBe(true);
    daemonSays('{"ok":true,"init_state":"fallback"}');
    expect(healthy()).toBe(true);
  });

  it("opens the node, which until then passes nothing on and is no healthy target", async () => {
    daemonSays('{"ok":true,"init_state":"fallback"}');
    await root.start(container());
    expect(healthy()).toBe(false);
    expect(await ask(root.port)).toMatchObject({ status: 503 });
    expect(await askDirectly(root.port, { path: STATUS_PATH })).toMatchObject({ status: 503 });
    expect(await ask(root.port, { headers: { "X-Forwarded-For": NODE_ITSELF } })).toMatchObject({ status: 503 });
    expect(await askDirectly(root.port, { path: STATUS_PATH, from: NODE_ITSELF })).toMatchObject({ status: 200 });
    expect(upstream.received).toEqual([]);

    daemonSays('{"ok":true,"init_state":"done"}');
    expect(healthy()).toBe(true);
    expect(await askDirectly(root.port, { path: STATUS_PATH })).toMatchObject({ status: 200 });
    expect(await ask(root.port)).toMatchObject({ status: 200 });
  });

  it("asks again after a restart", async () => {
    expect(healthy()).toBe(true);
    await root.start(container());
    daemonSays('{"ok":true,"init_state":"fallback"}');
    expect(healthy()).toBe(false);
  });
});

/** The next that a stream brings, unless that takes longer than a second. */
async function nextChunk(stream: NodeJS.ReadableStream): Promise<unknown> {
  const chunk = new Promise((done) => stream.once("data", done));
  return Promise.race([chunk, sleep(1_000, "nothing within a second")]);
}
