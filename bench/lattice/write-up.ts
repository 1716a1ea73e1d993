/**
 * The peer of the benchmark beside it: the write-up's proxy, ported plainly. A connection of its own for each request, the query put together
 * anew, the SDK's signer over it, every answer in base64.
 */
import { createHash, createHmac } from "node:crypto";
import { request } from "node:https";
import { buffer } from "node:stream/consumers";

import { SignatureV4 } from "@smithy/signature-v4";
import type { ALBEvent, ALBResult } from "aws-lambda";

const { BENCH_DOMAIN: domain = "", BENCH_PORT: port = "443", AWS_REGION: region = "", BENCH_SIGN: sign } = process.env;

/** The SDK's hashes, by Node.js. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash("sha256");
    else this.#hash = createHmac("sha256", typeof secret === "string" ? secret : bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === "string" ? data : bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error("each is used once");
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

const signer = new SignatureV4({
  service: "vpc-lattice-svcs",
  region,
  sha256: Sha256,
  credentials: () =>
    Promise.resolve({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
      sessionToken: process.env.AWS_SESSION_TOKEN,
    }),
});

export async function handler(event: ALBEvent): Promise<ALBResult> {
  const { httpMethod: method, path, multiValueQueryStringParameters: parameters = {}, body } = event;
  const query = Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values?.at(-1) ?? ""]));
  const search = new URLSearchParams(query).toString();
  const headers: Record<string, string> = { host: domain, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  const unsigned = { method, protocol: "https:", hostname: domain, path, query, headers };
  const signed = sign === "true" ? await signer.sign(unsigned) : unsigned;

  const target = search === "" ? path : `${path}?${search}`;
  const answer = await new Promise<{ readonly status: number; readonly headers: object; readonly body: Buffer }>(
    (done, fail) => {
      const options = { method, host: domain, port, path: target, headers: signed.headers, agent: false } as const;
      request(options, (response) => {
        buffer(response).then((bytes) => {
          done({ status: response.statusCode ?? 502, headers: response.headers, body: bytes });
        }, fail);
      })
        .on("error", fail)
        .end(body);
    },
  );
  const multiValueHeaders = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, [String(value)]]),
  );
  return {
    statusCode: answer.status,
    multiValueHeaders,
    body: answer.body.toString("base64"),
    isBase64Encoded: true,
  };
}
