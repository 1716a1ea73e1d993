import { createHash } from "node:crypto";

import { envoyContainer } from "../../../lib/aws/envoy/container";
import { MOST_CHARACTERS } from "../../../lib/environment/rules/lattice-room";

/** Text that does not get shorter when it is packed, and is the same in every run. */
function noise(characters: number, seed: string): string {
  const blocks = Array.from({ length: Math.ceil(characters / 43) }, (_, index) =>
    createHash("sha256").update(`${seed} ${index}`).digest("base64url"),
  );
  return blocks.join("").slice(0, characters);
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const HOSTS = 50;
const PATHS = 10;
const DOMAIN = 58;

test("as much as hosts may say fits into the proxies' configuration, however little of it repeats", () => {
  const ofPaths = MOST_CHARACTERS / HOSTS - 2 * DOMAIN;
  const name = (seed: string): string =>
    `${noise(DOMAIN - 3, seed)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "x")}.example`;
  const hosts = Array.from({ length: HOSTS }, (_, host) => ({
    host: name(`host ${host}`),
    protocol: host % 2 === 0 ? ("http" as const) : ("grpc" as const),
    paths: Array.from({ length: PATHS }, (_, path) => `/${noise(ofPaths / PATHS - 1, `path ${host} ${path}`)}`),
    methods: METHODS,
    sign: host % 3 === 0,
    timeoutSeconds: 10 + (host % 40),
    retries: host % 4,
    upstream: { domain: name(`service ${host}`), port: 8000 + host, tls: true },
  }));
  const pack = () =>
    envoyContainer({
      region: "eu-central-1",
      hosts,
      bearerHeader: "x-forwarded-authorization",
      identityHeaders: false,
      idleTimeoutSeconds: 60,
      drainSeconds: 110,
      cpu: 1024,
      memoryMb: 2048,
      image: { uri: "envoyproxy/envoy:v1.39.3" },
    });
  expect(pack).not.toThrow();
});
