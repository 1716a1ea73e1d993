import { type Environment, upstreamOf, type WallarmEnvironment } from "../../../lib/environment";
import { changed, define, EDGE, edge, EXISTING_NETWORK, KEY, PEM, TOKEN, violationsAfter, WEB_ACL, ZONE } from "./base";

/** The environment with one edge, whose fields differ in some. */
const withEdge = (fields: Readonly<Record<string, unknown>> = {}): Environment => define(changed(edge(fields)));

function edgeOf({ wallarm }: Environment): WallarmEnvironment {
  const api = wallarm?.api;
  if (api === undefined) throw new Error("the environment has no edge by the name api");
  return api;
}

/** Amazon ECS Developer Guide, "Task CPU and memory": CPU units, with least, most and step of the memory in GiB. */
const FARGATE = [
  [512, 1, 4, 1],
  [1024, 2, 8, 1],
  [2048, 4, 16, 1],
  [4096, 8, 30, 1],
  [8192, 16, 60, 4],
  [16384, 32, 120, 8],
] as const;

test("every default of an edge", () => {
  expect(edgeOf(withEdge())).toEqual({
    ...EDGE,
    aliases: [],
    mode: "monitoring",
    scheme: "public",
    httpRedirect: true,
    dualStack: false,
    desyncMode: "defensive",
    idleTimeoutSeconds: 60,
    drainSeconds: 120,
    maxBodyMb: 20,
    trustedProxies: [],
    hostHeader: "client",
    upstreamCidrs: ["0.0.0.0/0"],
    image: { version: "7.1.0" },
    architecture: "x86_64",
    size: { cpu: 2048, memoryMb: 4096 },
    arenaGb: 1,
    scaling: { minPerZone: 1, maxPerZone: 4, cpuPercent: 60, requestsPerTargetPerMinute: 15_000, spotPercent: 0 },
    exec: false,
    metricsSidecar: false,
  });
});

test("what is left out of a part of an edge takes its own default", () => {
  const { ingress, scaling, token } = edgeOf(
    withEdge({ ingress: { cidrs: ["203.0.113.0/24"] }, scaling: { maxPerZone: 9 }, token: {} }),
  );
  expect(ingress).toEqual({ cidrs: ["203.0.113.0/24"], prefixListIds: [] });
  expect(scaling).toMatchObject({ minPerZone: 1, maxPerZone: 9, cpuPercent: 60 });
  expect(token).toEqual({ revision: 1 });
});

test("what an edge says is kept", () => {
  const fields = {
    domain: "shop.example.com",
    aliases: ["*.shop.example.com", "shop.example.net"],
    upstream: "https://kong.internal.example.com:8443",
    cloud: "us",
    mode: "block",
    applicationId: 7,
    group: "shop",
    token: { existing: { secretArn: TOKEN, jsonKey: "token", kmsKeyArn: KEY } },
    certificateArn: EDGE.certificateArn,
    zoneId: ZONE,
    scheme: "public",
    ingress: { cidrs: ["0.0.0.0/0", "::/0"], prefixListIds: ["pl-0123456789abcdef0"] },
    httpRedirect: false,
    dualStack: true,
    desyncMode: "strictest",
    idleTimeoutSeconds: 3600,
    drainSeconds: 10,
    maxBodyMb: 1024,
    webAclArn: WEB_ACL,
    trustedProxies: ["203.0.113.0/24", "2001:db8::/32"],
    hostHeader: "upstream",
    upstreamCaPem: PEM.repeat(2),
    upstreamCidrs: ["10.20.0.0/16"],
    upstreamRecord: { zoneId: ZONE, target: "10.20.30.40" },
    image: {
      version: "6.13.0-1",
      digest: `sha256:${"0a".repeat(32)}`,
      repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/mirror/wallarm_node",
    },
    architecture: "arm64",
    size: { cpu: 16384, memoryMb: 122880 },
    arenaGb: 11.5,
    scaling: { minPerZone: 2, maxPerZone: 2, cpuPercent: 50, requestsPerTargetPerMinute: 100, spotPercent: 100 },
    exec: true,
    metricsSidecar: false,
  };
  const environment = define(changed({ "aws/network": { existing: EXISTING_NETWORK }, wallarm: { api: fields } }));
  expect(edgeOf(environment)).toEqual(fields);
});

describe("what is accepted", () => {
  test.each([
    ["a name of 16 characters", { wallarm: { [`a${"b-".repeat(7)}c`]: EDGE } }],
    ["a zone without a certificate", edge({ certificateArn: undefined, zoneId: ZONE })],
    ["a long domain under a certificate of one's own", edge({ domain: `${"a".repeat(60)}.example.com` })],
    ["a zone beside a certificate that has the aliases", edge({ zoneId: ZONE, aliases: ["www.example.com"] })],
    ["no alias beside a certificate that is made", edge({ certificateArn: undefined, zoneId: ZONE, aliases: [] })],
    ["twenty aliases", edge({ aliases: Array.from({ length: 20 }, (_, index) => `a${index}.example.com`) })],
    ["a domain of 128 characters", edge({ domain: `${"a".repeat(58)}.${"b".repeat(57)}.example.com` })],
    ["the first release of the line 6", edge({ image: { version: "6.13.0" } })],
    ["a later release of the line 7", edge({ image: { version: "7.12.3-1" } })],
    ["an upstream on a port", edge({ upstream: "http://kong.example.com:65535" })],
    ["an upstream at an address", edge({ upstream: "http://10.20.30.40:8000", upstreamCidrs: ["10.20.0.0/16"] })],
    ["a record that leads to a name", edge({ upstreamRecord: { zoneId: ZONE, target: "lb.eu.example.com" } })],
    ["an arena that leaves just enough", edge({ arenaGb: 3.5 })],
    ["everybody on an internal edge", edge({ scheme: "internal", ingress: { cidrs: ["0.0.0.0/0"] } })],
    ["only a prefix list", edge({ ingress: { prefixListIds: ["pl-01234567"] } })],
    [
      "a token of another account under a key of its own",
      edge({
        token: {
          existing: {
            secretArn: TOKEN.replace("111122223333", "999922223333"),
            kmsKeyArn: KEY.replace("111122223333", "999922223333"),
          },
        },
      }),
    ],
    ["a sidecar with the default image", edge({ metricsSidecar: true })],
    ["a token that is written", edge({ token: { revision: 3 } })],
    [
      "two edges of one domain in a public and a private zone",
      {
        wallarm: {
          api: { ...EDGE, zoneId: ZONE },
          inner: { ...EDGE, zoneId: `${ZONE}2`, scheme: "internal" },
        },
      },
    ],
    ["no edge", { wallarm: {} }],
  ])("%s", (_, changes) => {
    expect(() => define(changed(changes))).not.toThrow();
  });
});

describe.each(FARGATE)("a task of %d CPU units", (cpu, least, most, step) => {
  const steps = Array.from({ length: (most - least) / step + 1 }, (_, index) => (least + index * step) * 1024);
  const near = [...steps.map((memoryMb) => memoryMb + 512), (least - step) * 1024, (most + step) * 1024];

  it(`has ${least} to ${most} GiB in steps of ${step}`, () => {
    for (const memoryMb of steps) {
      expect(edgeOf(withEdge({ size: { cpu, memoryMb }, arenaGb: 0.1 })).size).toEqual({ cpu, memoryMb });
    }
  });

  it("has no other memory", () => {
    for (const memoryMb of near) {
      const paths = violationsAfter(edge({ size: { cpu, memoryMb }, arenaGb: 0.1 })).map(({ path }) => path);
      expect(paths).toEqual(["wallarm.api.size.memoryMb"]);
    }
  });
});

test("a task of 256 CPU units has a half, one or two GiB", () => {
  // The first leaves no room for any arena, and is refused for that alone.
  const pathsOf = (memoryMb: number): readonly string[] =>
    violationsAfter({ ...edge({ size: { cpu: 256, memoryMb }, arenaGb: 0.1 }), protect: "no" }).map(({ path }) => path);
  expect(pathsOf(512)).toEqual(["protect", "wallarm.api.arenaGb"]);
  expect(pathsOf(1024)).toEqual(["protect"]);
  expect(pathsOf(2048)).toEqual(["protect"]);
  for (const memoryMb of [0, 256, 1536, 3072, 4096]) {
    expect(pathsOf(memoryMb)).toEqual(["protect", "wallarm.api.size.memoryMb"]);
  }
});

test("an upstream is taken apart", () => {
  const parts = (upstream: string) => upstreamOf(edgeOf(withEdge({ upstream })));
  const name = { host: "kong.example.com", isAddress: false };
  expect(parts("https://kong.example.com")).toEqual({ ...name, protocol: "https", port: 443 });
  expect(parts("http://kong.example.com")).toEqual({ ...name, protocol: "http", port: 80 });
  expect(parts("https://kong.example.com:8443")).toEqual({ ...name, protocol: "https", port: 8443 });
  expect(parts("http://10.20.30.40")).toEqual({ protocol: "http", host: "10.20.30.40", isAddress: true, port: 80 });
});

test("a line of a certificate is no secret, and the same line elsewhere is one", () => {
  const line = PEM.trim().split("\n").at(-2) ?? "";
  expect(edgeOf(withEdge({ upstreamCaPem: PEM })).upstreamCaPem).toBe(PEM);
  const framed = `-----BEGIN CERTIFICATE-----\n${line}\n-----END CERTIFICATE-----`;
  for (const tag of [line, framed]) {
    const violations = violationsAfter({ "tags/a": tag });
    expect(violations.map(({ path }) => path)).toEqual(["tags.a"]);
    expect(violations[0]?.problem).toContain("looks like an AWS secret access key");
  }
});
