import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Connections } from "./connections";
import { CONNECT_TIMEOUT_MILLISECONDS, type Upstream } from "./contract";
import { Refusal } from "./errors";
import { failureOf } from "./failures";
import type { Header } from "./message";
import { beginPhases } from "./phases";

/** A request exactly as it is sent. */
export interface Outgoing {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** An answer as it came. */
export interface Incoming {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Limits of one exchange. */
export interface ExchangeLimits {
  /** Longest silence of the service, in milliseconds. */
  readonly silence: number;
  /** Until the exchange must have ended, in milliseconds. */
  readonly total: number;
  /** Of the answer's body. */
  readonly bytes: number;
  /** Of the answer's head, of which Node.js counts names and values alone. */
  readonly headBytes: number;
}

/** What came to pass, as far as it did. */
export interface Exchange {
  readonly result: Incoming | Refusal;
  /** When the first byte of an answer came, in milliseconds since 1970. @default - none came */
  readonly answered: number | undefined;
  /** Whether an earlier request had opened the connection. */
  readonly isReused: boolean;
  /** Address and port that were spoken to. */
  readonly address: string | undefined;
}

/** RFC 9110, section 15: what lies below is no final answer, and what lies above no status. */
const LOWEST_STATUS = 200;
const HIGHEST_STATUS = 599;

/** Sends a request, once, and waits for its answer. What goes wrong on the way is the result. */
export function exchange(
  connections: Connections,
  upstream: Upstream,
  { method, target, headers, body }: Outgoing,
  limits: ExchangeLimits,
  now: () => number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let answered: number | undefined;
    let socket: Socket | undefined;

    const settle = (result: Exchange["result"]): void => {
      phases.end();
      socket?.off("data", heard);
      if (result instanceof Refusal) request.destroy();
      const { remoteAddress, remotePort } = socket ?? {};
      const address = remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort ?? 0}`;
      resolve({ result, answered, isReused: request.reusedSocket, address });
    };
    const heard = (): void => {
      answered ??= now();
    };
    const fail = (error: Error): void => {
      settle(failureOf(error, phases.current, socket));
    };
    const wait = (): void => {
      phases.enter("waiting", limits.silence);
    };

    const request = connections.begin(upstream, {
      method,
      path: target,
      maxHeaderSize: limits.headBytes,
      headers: headers.flatMap(([name, value]) => [name, asBytes(value)]),
    });
    // Of itself Node.js leaves out, in silence, what comes after the first thousand.
    request.maxHeadersCount = 0;
    const phases = beginPhases(CONNECT_TIMEOUT_MILLISECONDS, limits.total, settle);
    request.on("error", fail);
    request.on("socket", (given) => {
      socket = given;
      connections.wake(given);
      given.on("data", heard);
      if (request.reusedSocket) wait();
      else given.once(given instanceof TLSSocket ? "secureConnect" : "connect", wait);
    });
    request.on("upgrade", (_response, upgraded) => {
      upgraded.destroy();
      settle(new Refusal("http_protocol_error", "the service wants another protocol, for which nobody asked"));
    });
    request.on("response", (response) => {
      const { statusCode = 0 } = response;
      if (statusCode < LOWEST_STATUS || statusCode > HIGHEST_STATUS) {
        settle(new Refusal("http_protocol_error", `no front can say the status ${statusCode}`));
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      const admit = (length: number): void => {
        phases.enter("reading", limits.silence);
        if (length <= limits.bytes) return;
        settle(new Refusal("response_too_large", `the answer has more than ${limits.bytes} bytes`));
      };
      admit(hasBody(statusCode, method) ? Number(response.headers["content-length"] ?? 0) : 0);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        admit(bytes);
      });
      response.on("error", fail);
      response.on("end", () => {
        if (socket) connections.rest(socket);
        settle(incoming(response, Buffer.concat(chunks)));
      });
    });
    request.end(body);
  });
}

/** Whether the length that an answer tells is that of a body which follows (RFC 9110, section 8.6). */
export function hasBody(status: number, method: string): boolean {
  return method !== "HEAD" && status !== 304;
}

function incoming({ statusCode, statusMessage, rawHeaders }: IncomingMessage, body: Buffer): Incoming {
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, fromBytes(rawHeaders[index + 1] ?? "")] as const] : [],
  );
  return { status: statusCode ?? 0, statusText: statusMessage, headers, body };
}

/** Node.js writes a character of a header as one byte; fronts read and write UTF-8. */
function asBytes(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}

/** Bytes that are no UTF-8 become the characters of the same numbers, which is what clients of old meant by them. */
function fromBytes(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  return isUtf8(bytes) ? bytes.toString("utf8") : value;
}
