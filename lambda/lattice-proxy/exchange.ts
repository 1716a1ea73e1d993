import { isUtf8 } from "node:buffer";
import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Connections } from "./connections";
import { CONNECT_TIMEOUT_MILLISECONDS, type Upstream } from "./contract";
import { Refusal } from "./errors";
import { failureOf, type Phase, tooLate } from "./failures";
import type { Header } from "./message";

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
}

/** What came to pass, as far as it did. */
export interface Exchange {
  readonly result: Incoming | Refusal;
  readonly phase: Phase;
  /** When the first byte of an answer came, in milliseconds since 1970. @default - none came */
  readonly answered: number | undefined;
  /** Whether an earlier request had opened the connection. */
  readonly isReused: boolean;
  /** Address and port that were spoken to. */
  readonly address: string | undefined;
}

/** Sends a request, once, and waits for its answer. Never throws: what went wrong is the result. */
export function exchange(
  connections: Connections,
  upstream: Upstream,
  { method, target, headers, body }: Outgoing,
  limits: ExchangeLimits,
  now: () => number,
): Promise<Exchange> {
  return new Promise((resolve) => {
    let phase: Phase = "connecting";
    let answered: number | undefined;
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;

    const request: ClientRequest = connections.begin(upstream, {
      method,
      path: target,
      headers: headers.flatMap(([name, value]) => [name, asBytes(value)]),
    });
    const settle = (result: Exchange["result"]): void => {
      clearTimeout(timer);
      clearTimeout(end);
      socket?.off("data", heard);
      if (result instanceof Refusal) request.destroy();
      const { remoteAddress, remotePort } = socket ?? {};
      const address = remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort ?? 0}`;
      resolve({ result, phase, answered, isReused: request.reusedSocket, address });
    };
    const heard = (): void => {
      answered ??= now();
    };
    const enter = (next: Phase, milliseconds: number): void => {
      phase = next;
      clearTimeout(timer);
      timer = setTimeout(() => {
        settle(tooLate(next, milliseconds));
      }, milliseconds);
    };
    const fail = (error: Error): void => {
      settle(failureOf(error, phase, socket));
    };
    const end = setTimeout(() => {
      settle(tooLate(phase, limits.total));
    }, limits.total);

    enter("connecting", CONNECT_TIMEOUT_MILLISECONDS);
    request.on("error", fail);
    request.on("socket", (given) => {
      socket = given;
      connections.wake(given);
      given.on("data", heard);
      const wait = (): void => {
        enter("waiting", limits.silence);
      };
      if (request.reusedSocket) wait();
      else given.once(given instanceof TLSSocket ? "secureConnect" : "connect", wait);
    });
    request.on("upgrade", (_response, upgraded) => {
      upgraded.destroy();
      settle(new Refusal("http_protocol_error", "the service wants another protocol, for which nobody asked"));
    });
    request.on("response", (response) => {
      enter("reading", limits.silence);
      const chunks: Buffer[] = [];
      let bytes = 0;
      const count = (length: number): void => {
        if (length > limits.bytes)
          settle(new Refusal("response_too_large", `an answer of more than ${limits.bytes} bytes`));
      };
      if (hasBody(response.statusCode, method)) count(Number(response.headers["content-length"]));
      response.on("data", (chunk: Buffer) => {
        enter("reading", limits.silence);
        chunks.push(chunk);
        bytes += chunk.length;
        count(bytes);
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
export function hasBody(status: number | undefined, method: string): boolean {
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
