import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer, createServer as createHttp2Server, type Http2ServerRequest } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TLSSocket } from "node:tls";

import type { Identity } from "../nginx/certificates";

/** A request as a service got it. */
export interface Received {
  readonly method: string;
  /** As it stood in the request line. */
  readonly target: string;
  readonly version: string;
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** SHA-256 of the body. */
  readonly digest: string;
}

/** How a service is reached. */
export interface UpstreamOptions {
  readonly protocol?: "http" | "grpc";
  /** @default - no TLS */
  readonly identity?: Identity;
  /** @default - a free one */
  readonly port?: number;
}

type Request = IncomingMessage | Http2ServerRequest;

/**
 * A service of VPC Lattice. Answers each request with its body, and those whose path ends in one of these with:
 *
 * - `/silent` nothing, ever
 * - `/slow` the answer after a second
 * - `/drip` a line every 400 ms, 5 times
 * - `/endless` a line every 100 ms, until nobody listens
 * - `/hang-up` the end of the connection
 * - `/hang-up-once` the end of the connection, the first time
 * - `/status/<code>` that status; `/status-once/<code>` only the first time
 */
export class Upstream {
  readonly received: Received[] = [];
  /** Names that TLS clients asked for, with the protocols that they agreed on. */
  readonly sessions: string[] = [];
  connections = 0;
  readonly #seen = new Set<string>();
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly server: Server,
    readonly grpc: boolean,
  ) {
    server.on("connection", (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
    });
    server.on("secureConnection", (socket: TLSSocket & { readonly servername?: string | false }) => {
      this.sessions.push(`${String(socket.servername)} ${String(socket.alpnProtocol)}`);
    });
    server.on("request", (request: Request, response: ServerResponse) => void this.#serve(request, response));
  }

  static async start(address: string, options: UpstreamOptions = {}): Promise<Upstream> {
    const { protocol = "http", identity, port = 0 } = options;
    const grpc = protocol === "grpc";
    // Either knows only its own protocol: a client that speaks another fails.
    const server: Server = grpc
      ? identity === undefined
        ? createHttp2Server()
        : createSecureServer({ ...identity, allowHTTP1: false })
      : identity === undefined
        ? createServer(OPTIONS)
        : createTlsServer({ ...OPTIONS, ...identity, ALPNProtocols: ["http/1.1"] });
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen(port, address, done);
    });
    return new Upstream(server, grpc);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  forget(): void {
    this.received.length = 0;
    this.sessions.length = 0;
    this.connections = 0;
    this.#seen.clear();
  }

  /** The only request since {@link forget}. */
  get only(): Received {
    const [first, ...others] = this.received;
    if (first === undefined || others.length > 0) {
      throw new Error(`the upstream got ${this.received.length} requests, not one`);
    }
    return first;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(request: Request, response: ServerResponse): Promise<void> {
    const { method = "", url = "", httpVersion, headers, rawHeaders, socket } = request;
    const hash = createHash("sha256");
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) {
        hash.update(chunk as Buffer);
        chunks.push(chunk as Buffer);
      }
    } catch {
      // The client went away.
      return;
    }
    this.received.push({ method, target: url, version: httpVersion, headers, rawHeaders, digest: hash.digest("hex") });
    response.on("error", () => undefined);
    await this.#answer(`${method} ${url}`, url.replace(/\?.*/, ""), Buffer.concat(chunks), response, socket);
  }

  async #answer(key: string, path: string, body: Buffer, response: ServerResponse, socket: Socket): Promise<void> {
    const first = !this.#seen.has(key);
    this.#seen.add(key);
    const [, once, status] = /\/status(-once)?\/(\d+)$/.exec(path) ?? [];
    if (path.endsWith("/silent")) return;
    if (path.endsWith("/hang-up") || (path.endsWith("/hang-up-once") && first)) {
      socket.destroy();
      return;
    }
    if (path.endsWith("/slow")) await sleep(1000);
    if (path.endsWith("/endless")) {
      while (!socket.destroyed && !response.destroyed) {
        response.write("more\n");
        await sleep(100);
      }
    } else if (path.endsWith("/drip")) {
      for (let line = 0; line < 5; line += 1) {
        response.write(`${line}\n`);
        await sleep(400);
      }
      response.end();
    } else if (status !== undefined && (once === undefined || first)) {
      response.writeHead(Number(status)).end();
    } else if (this.grpc) {
      response.writeHead(200, { "content-type": "application/grpc", trailer: "grpc-status" });
      response.write(body);
      response.addTrailers({ "grpc-status": "0", "grpc-message": "as asked" });
      response.end();
    } else {
      response.setHeader("set-cookie", "session=secret-of-the-answer");
      response.setHeader("content-type", "text/plain");
      response.end(body);
    }
  }
}

/** Node.js takes no more than 16 KiB of headers by default. */
const OPTIONS = { maxHeaderSize: 128 * 1024, keepAliveTimeout: 70_000 } as const;
