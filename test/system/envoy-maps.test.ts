import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { envoyConfiguration, type EnvoyHost } from "../../lib/aws/envoy/container";
import { ask } from "./nginx/client";
import { findEnvoy } from "./envoy/task";
import { World } from "./envoy/world";

/* Maps of hosts that nobody thought of: Envoy takes each, and does with requests what a model of a few lines says. */

jest.setTimeout(120_000);

const METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;

const label = fc.constantFrom("a", "b", "shop", "x-1", "tenants");
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => [...labels, "example", "com"].join("."));
const host = fc.tuple(fc.boolean(), name).map(([wildcard, rest]) => (wildcard ? `*.${rest}` : rest));
const segment = fc.constantFrom("v1", "v10", "a", "b.c", "x~y", "d;e", "(f)", "%20");
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.boolean())
  .map(([segments, open]) => `/${segments.join("/")}${open && segments.length > 0 ? "/" : ""}`);

const settings = fc.record({
  protocol: fc.constantFrom("http" as const, "grpc" as const),
  paths: fc.uniqueArray(path, { minLength: 1, maxLength: 4 }),
  methods: fc.option(fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1 }), { nil: undefined }),
  sign: fc.boolean(),
  timeoutSeconds: fc.integer({ min: 1, max: 5 }),
  retries: fc.integer({ min: 0, max: 3 }),
  upstream: fc.record({
    domain: name,
    port: fc.integer({ min: 1, max: 65_535 }),
    tls: fc.boolean(),
  }),
});
const map = fc.dictionary(host, settings, { minKeys: 1, maxKeys: 12 }).map(toHosts);

function toHosts(entries: Readonly<Record<string, Omit<EnvoyHost, "host">>>): readonly EnvoyHost[] {
  return Object.entries(entries).map(([host, rest]) => ({ host, ...rest }));
}

let world: World;
let folder: string;

beforeAll(async () => {
  world = await World.create();
  folder = mkdtempSync(join(tmpdir(), "envoy-maps-"));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.remove();
});

test("every map is one that Envoy takes", () => {
  const program = findEnvoy();
  const file = join(folder, "configuration.json");
  fc.assert(
    fc.property(map, (hosts) => {
      writeFileSync(file, envoyConfiguration({ ...world.props(), hosts }));
      const { status, stderr } = spawnSync(program, ["--mode", "validate", "-l", "warning", "-c", file], {
        encoding: "utf8",
      });
      // No word of warning either: what is deprecated today is refused by the next release but one.
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }),
    { numRuns: 50 },
  );
});

/** What a request comes to: the status, and whether the service sees a signature. */
function expected(hosts: readonly EnvoyHost[], asked: string, target: string, method: string): [number, boolean] {
  const wildcards = hosts.filter(({ host }) => host.startsWith("*") && asked.endsWith(host.slice(1)));
  const longest = wildcards.sort((one, other) => other.host.length - one.host.length)[0];
  const found = hosts.find(({ host }) => host === asked) ?? longest;
  if (found === undefined) return [421, false];
  const covered = found.paths.some((path) =>
    path.endsWith("/") ? target.startsWith(path) : target === path || target.startsWith(`${path}/`),
  );
  if (!covered) return [404, false];
  if (found.methods?.includes(method) === false) return [405, false];
  return [200, found.sign];
}

test("every request goes where the map says, or nowhere", async () => {
  const { plain } = world.services;
  const upstream = { domain: "plain.internal.test", port: plain.port, tls: false };
  const requests = fc.array(fc.tuple(name, path, fc.constantFrom(...METHODS)), { minLength: 30, maxLength: 30 });
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(map, requests, async (generated, asked) => {
      const hosts = generated.map((one) => ({ ...one, protocol: "http" as const, upstream }));
      const task = await world.start({ hosts });
      try {
        // Names that nobody listed would be all but a few of those that chance makes.
        const known = hosts.map(({ host }) => host.replace("*", "any"));
        for (const [index, [chance, target, method]] of asked.entries()) {
          const called = index % 3 === 0 ? chance : (known[index % known.length] ?? chance);
          world.forget();
          const { status } = await ask(world.http, { path: target, method, headers: { Host: called } });
          const isSigned = "authorization" in (plain.received[0]?.headers ?? {});
          expect([called, target, method, status, isSigned]).toEqual([
            ...[called, target, method],
            ...expected(hosts, called, target, method),
          ]);
          expect(plain.received).toHaveLength(status === 200 ? 1 : 0);
          statuses.add(status);
        }
      } finally {
        await task.kill();
      }
    }),
    { numRuns: 20 },
  );
  expect([...statuses].sort()).toEqual([200, 404, 405, 421]);
});
