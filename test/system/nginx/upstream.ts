import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Identity } from "./certificates";

/** A request as the upstream got it. */
export interface Received {
  readonly method: string;
  /** As it stood in the request line. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** SHA-256 of the body. */
  readonly digest: string;
}

/** Node.js takes no more than 16 KiB of headers by default. */
const OPTIONS = { maxHeaderSize: 128 * 1024 } as const;

/**
 * The server that a node protects. Answers each request with its body, and the paths below with:
 *
 * - `/silent` nothing, ever
 * - `/hang-up` the end of the connection
 * - `/events` two events, and no end
 * - `/large` 32 MiB
 * - `/elsewhere` a wish that the proxy answer with another path
 * - a WebSocket handshake: whatever it is sent
 */
export class Upstream {
  readonly received: Received[] = [];
  /** Names that TLS clients asked for. */
  readonly serverNames: (string | false | undefined)[] = [];
  connections = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param port @default a free one */
  static async start(
    address: string,
    options: { readonly port?: number; readonly identity?: Identity } = {},
  ): Promise<Upstream> {
    const { port = 0, identity } = options;
    const listener: RequestListener = (request, response) => void upstream.#serve(request, response);
    const server =
      identity === undefined ? createServer(OPTIONS, listener) : createTlsServer({ ...OPTIONS, ...identity }, listener);
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen(port, address, done);
    });
    const bound = server.address();
    const upstream: Upstream = new Upstream(server, typeof bound === "object" && bound !== null ? bound.port : 0);
    server.on("connection", () => (upstream.connections += 1));
    server.on("secureConnection", (socket: TLSSocket) => {
      upstream.serverNames.push((socket as TLSSocket & { readonly servername?: string | false }).servername);
    });
    server.on("upgrade", (request: IncomingMessage, socket: Socket) => {
      upstream.#record(request, "");
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.pipe(socket);
    });
    return upstream;
  }

  forget(): void {
    this.received.length = 0;
    this.connections = 0;
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
    return new Promise((done) => {
      this.server.close(() => {
        done();
      });
      this.server.closeAllConnections();
    });
  }

  #record({ method = "", url = "", headers }: IncomingMessage, digest: string): void {
    this.received.push({ method, url, headers, digest });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.#record(request, createHash("sha256").update(body).digest("hex"));
    switch (request.url) {
      case "/silent":
        return;
      case "/hang-up":
        request.socket.destroy();
        return;
      case "/events":
        response.writeHead(200, { "content-type": "text/event-stream" }).write("data: first\n\n");
        setTimeout(() => response.write("data: second\n\n"), 100);
        return;
      case "/elsewhere":
        response.setHeader("x-accel-redirect", "/orders").end("here");
        return;
      case "/large":
        response.end(Buffer.alloc(32 * 1024 * 1024, "x"));
        return;
      default:
        response.setHeader("content-type", "text/html").end(body);
    }
  }
}
