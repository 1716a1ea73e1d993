import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import type { Identity } from "./certificates";
import { Malformed, readRequest, type RequestMessage } from "./message";

/** A request as it arrived. */
export interface Received extends RequestMessage {
  /** Request line and headers, byte for byte. */
  readonly head: string;
  /** Number of the connection, from 1. */
  readonly connection: number;
}

/** One client's connection, as far as an answer needs it. */
export interface Line {
  /** Whether the client is still there. */
  readonly open: boolean;
  write(bytes: Buffer | string): void;
  /** Ends the connection in order. */
  end(bytes?: Buffer | string): void;
  /** Breaks the connection off. */
  reset(): void;
}

/** What the service does with a request. */
export type Behaviour = (line: Line, request: Received) => unknown;

/** A service of VPC Lattice that keeps each byte that it gets, and sends the bytes that it is told. */
export class Upstream {
  readonly received: Received[] = [];
  /** What came and was no request. */
  readonly faults: string[] = [];
  /** Connections since the beginning. */
  connections = 0;
  behaviour: Behaviour = answerWith(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    secure: boolean,
  ) {
    const raw = new Map<number | undefined, Socket>();
    server.on("connection", (socket: Socket) => {
      const { remotePort } = socket;
      raw.set(remotePort, socket);
      this.#sockets.add(socket);
      socket.on("close", () => {
        raw.delete(remotePort);
        this.#sockets.delete(socket);
      });
      socket.on("error", () => undefined);
      if (!secure) this.#serve(socket, socket);
    });
    server.on("secureConnection", (socket: Socket) => {
      this.#serve(socket, raw.get(socket.remotePort) ?? socket);
    });
  }

  /** @param identity for TLS. @default - none */
  static async start(address: string, identity?: Identity): Promise<Upstream> {
    const server =
      identity === undefined ? createTcpServer() : createTlsServer({ ...identity, ALPNProtocols: ["http/1.1"] });
    const upstream = new Upstream(server, identity !== undefined);
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen(0, address, done);
    });
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The only request since {@link forget}. */
  get only(): Received {
    const [first, ...others] = this.received;
    if (first === undefined || others.length > 0 || this.faults.length > 0) {
      throw new Error(`the upstream got ${this.received.length} requests, not one, and ${this.faults.join()}`);
    }
    return first;
  }

  forget(): void {
    this.received.length = 0;
    this.faults.length = 0;
  }

  /** Ends all connections, in order or by a reset. */
  hangUp(how: "end" | "reset" = "end"): void {
    for (const socket of this.#sockets) {
      if (how === "end") socket.end();
      else socket.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket, raw: Socket): void {
    this.connections += 1;
    const connection = this.connections;
    const line: Line = {
      get open() {
        return !raw.destroyed && !socket.destroyed;
      },
      write: (bytes) => socket.write(bytes),
      end: (bytes = "") => socket.end(bytes),
      reset: () => raw.resetAndDestroy(),
    };
    let pending = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      try {
        for (let read = readRequest(pending); read !== undefined; read = readRequest(pending)) {
          const received = { ...read.request, head: read.head, connection };
          pending = Buffer.from(read.rest);
          this.received.push(received);
          this.behaviour(line, received);
        }
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        this.faults.push(error.message);
        socket.destroy();
      }
    });
  }
}

/** Sends these bytes to everybody. */
export function answerWith(bytes: Buffer | string): Behaviour {
  return (line) => {
    line.write(bytes);
  };
}
