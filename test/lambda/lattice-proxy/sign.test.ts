import { createHash, createHmac } from "node:crypto";

import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";

import { signatureHeaders } from "../../../lambda/lattice-proxy/sign";
import { verifySignature } from "../../support/sigv4-verifier";
import { KEYS } from "./world";

const NOW = Date.UTC(2026, 10, 23, 4, 5, 6, 789);
const REGION = "eu-central-1";
const HOST = "service.test";

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
}

const sign = (request: Signed, keys = KEYS) => signatureHeaders({ ...request, host: HOST }, REGION, keys, NOW);

function verify({ method, path, query }: Signed, headers = sign({ method, path, query })): string {
  return verifySignature(
    {
      method,
      target: query === undefined ? path : `${path}?${query}`,
      rawHeaders: ["host", HOST, ...headers.flat()],
    },
    {
      region: REGION,
      service: "vpc-lattice-svcs",
      keys: new Map([[KEYS.accessKeyId, { secret: KEYS.secretAccessKey, sessionToken: KEYS.sessionToken }]]),
      now: new Date(NOW),
      unsignedPayload: true,
    },
  );
}

const character = fc.constantFrom(
  ...Array.from("abAB09-_.~!$'()*,;:@[]{}|^\"<>"),
  "%20",
  "%2F",
  "%2f",
  "%FF",
  "%00",
  "%C3%BC",
);
const segment = fc.string({ unit: character, minLength: 1, maxLength: 6 }).filter((text) => !/^\.{1,2}$/.test(text));
const path = fc.array(fc.oneof(segment, fc.constant("")), { maxLength: 5 }).map((segments) => `/${segments.join("/")}`);
const query = fc.string({
  unit: fc.constantFrom(...Array.from("aAbz09=&&+/?%-"), "%3D", "%26", "%2B", "%ff"),
  maxLength: 20,
});

test("a verifier that knows nothing of this signer takes its signatures", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("GET", "POST", "PROPFIND"),
      path,
      fc.option(query, { nil: undefined }),
      (method, p, q) => {
        expect(verify({ method, path: p, query: q })).toBe(KEYS.accessKeyId);
      },
    ),
  );
});

test.each([
  [{ method: "POST" }, "method"],
  [{ path: "/b" }, "path"],
  [{ path: "/a%2Fb" }, "encoded path"],
  [{ query: "x=2" }, "query"],
  [{ query: "x=1&x=1" }, "repeated parameter"],
] as const satisfies readonly (readonly [Partial<Signed>, string])[])("and refuses them when %j changes", (change) => {
  const signed = { method: "GET", path: "/a/b", query: "x=1" };
  expect(() => verify({ ...signed, ...change }, sign(signed))).toThrow(/the signature is not that of/);
});

type Data = string | ArrayBuffer | ArrayBufferView;

const bytes = (data: Data): Buffer => {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
};

/** As the SDK's signer takes a hash. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(secret?: Data) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }

  update(data: Data): void {
    this.#hash.update(bytes(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("nobody does");
  }
}

test("what the SDK's signer can sign at all, it signs the same", async () => {
  const signer = new SignatureV4({
    service: "vpc-lattice-svcs",
    region: REGION,
    credentials: KEYS,
    sha256: Sha256,
  });
  const names = fc.string({
    unit: fc.constantFrom(...Array.from("abAB09-_.~!*'()/:ü +&=?%")),
    minLength: 1,
    maxLength: 6,
  });
  const parameters = fc.dictionary(names, fc.array(names, { minLength: 1, maxLength: 3 }), { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(path, parameters, async (p, parameterValues) => {
      const request = { method: "GET", protocol: "https:", hostname: HOST, path: p, query: parameterValues };
      const headers = { host: HOST, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
      const theirs = await signer.sign({ ...request, headers }, { signingDate: new Date(NOW) });
      const q = Object.entries(parameterValues)
        .flatMap(([name, values]) => values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
        .join("&");
      const ours = Object.fromEntries(sign({ method: "GET", path: p, query: q }));
      expect(ours.authorization).toBe(theirs.headers.authorization);
      expect(ours["x-amz-date"]).toBe(theirs.headers["x-amz-date"]);
    }),
  );
});

test("keys that last have no session", () => {
  const { sessionToken, ...lasting } = KEYS;
  expect(sessionToken).toBeDefined();
  const headers = Object.fromEntries(sign({ method: "GET", path: "/" }, lasting));
  expect(headers).not.toHaveProperty("x-amz-security-token");
  expect(headers.authorization).toContain("SignedHeaders=host;x-amz-content-sha256;x-amz-date,");
});
