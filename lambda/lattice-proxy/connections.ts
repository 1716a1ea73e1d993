import { Agent as HttpAgent, type ClientRequest, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { setImmediate } from "node:timers/promises";

import type { Upstream } from "./contract";

/** How connections to services are made where not as usual: for tests, whose services are on this machine. */
export interface ConnectionOptions {
  /** Whom to trust, in PEM. @default - the authorities that Node.js knows */
  readonly ca?: string;
  /** @default - the system's */
  readonly lookup?: LookupFunction;
}

/** Connections that are kept between requests. */
export interface Connections {
  /** Begins a request, over a connection that is kept if there is one. */
  begin(upstream: Upstream, options: RequestOptions): ClientRequest;
  /** Closes those that the service may have closed by now, or will soon. */
  dropStale(): Promise<void>;
  /** Closes all that nobody uses. */
  dropIdle(): void;
  /** Remembers that nobody uses a connection from now on. */
  rest(socket: Socket): void;
  /** The opposite: somebody uses it again. */
  wake(socket: Socket): void;
}

/** VPC Lattice closes connections that are idle for 60 s (VPC Lattice API Reference, "CreateService"). */
const IDLE_MILLISECONDS = 50_000;

/** VPC Lattice ends a connection after 10 minutes with all that is on it (User Guide, "Quotas"). */
const AGE_MILLISECONDS = 9 * 60 * 1000;

/** @param now milliseconds since 1970; the machine's timers stand still with a frozen sandbox, its clock does not */
export function createConnections({ ca, lookup }: ConnectionOptions, now: () => number): Connections {
  // The first of the kept connections: only there does the agent see that one has just been closed.
  const common = { keepAlive: true, scheduling: "fifo", ...(lookup && { lookup }) } as const;
  const http = new HttpAgent(common);
  // As it is, whatever the environment says: a variable of Node.js can switch verification off.
  const https = new HttpsAgent({ ...common, ca, rejectUnauthorized: true, minVersion: "TLSv1.2" });
  const opened = new WeakMap<Socket, number>();
  const resting = new WeakMap<Socket, number>();
  const idle = (): readonly Socket[] =>
    [http, https].flatMap(({ freeSockets }) => Object.values(freeSockets).flatMap((sockets) => sockets ?? []));

  return {
    begin({ domain, port, tls }, options) {
      const to = { ...options, host: domain, port, setHost: false };
      return tls ? httpsRequest({ ...to, agent: https, servername: domain }) : httpRequest({ ...to, agent: http });
    },

    async dropStale() {
      const sockets = idle();
      if (sockets.length === 0) return;
      for (const socket of sockets) {
        const [since, from] = [resting.get(socket) ?? 0, opened.get(socket) ?? 0];
        if (now() - since > IDLE_MILLISECONDS || now() - from > AGE_MILLISECONDS) socket.destroy();
      }
      // What a service has closed while the sandbox was frozen is told now, before a request takes it: between two of these lies a whole
      // turn of the event loop.
      await setImmediate();
      await setImmediate();
    },

    dropIdle() {
      for (const socket of idle()) socket.destroy();
    },

    rest(socket) {
      resting.set(socket, now());
      socket.on("data", distrust);
    },

    wake(socket) {
      if (!opened.has(socket)) opened.set(socket, now());
      socket.off("data", distrust);
    },
  };
}

/** Nobody asked: what comes now would be taken for the answer to the next request. */
function distrust(this: Socket): void {
  this.destroy();
}
