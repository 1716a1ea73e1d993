import { once } from "node:events";
import { type AddressInfo, createServer, type LookupFunction, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { readConfig } from "../../../lambda/lattice-proxy/config";
import type { Front, HostMap, HostRoute, LogRecord } from "../../../lambda/lattice-proxy/contract";
import {
  createHandler,
  type HandlerDependencies,
  type ProxyContext,
  type ProxyHandler,
} from "../../../lambda/lattice-proxy/create-handler";
import type { Credentials } from "../../../lambda/lattice-proxy/sign";

export const KEYS: Credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "session" };

/** A service without TLS whose every byte, in and out, the test sees. */
export interface Service {
  readonly port: number;
  /** What came over each connection, in order of the connections. */
  readonly received: readonly string[];
  /** How many connections are open. */
  open(): number;
  close(): void;
}

/** What a service does with what came over one connection so far; called for each piece. */
export type Behave = (socket: Socket, soFar: string, connection: number) => void;

/** A service that answers each whole request without a body, and with what its length says, by these bytes. */
export function answering(...answers: readonly string[]): Behave {
  const answered = new WeakMap<Socket, number>();
  let count = 0;
  return (socket, soFar) => {
    while (requestsIn(soFar).length > (answered.get(socket) ?? 0)) {
      answered.set(socket, (answered.get(socket) ?? 0) + 1);
      socket.write(answers[Math.min(count, answers.length - 1)] ?? "", "latin1");
      count += 1;
    }
  };
}

/** The whole requests in what came over one connection. */
export function requestsIn(received: string): readonly string[] {
  const requests: string[] = [];
  let rest = received;
  for (let end = rest.indexOf("\r\n\r\n"); end !== -1; end = rest.indexOf("\r\n\r\n")) {
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(rest.slice(0, end))?.[1] ?? 0);
    if (rest.length < end + 4 + length) break;
    requests.push(rest.slice(0, end + 4 + length));
    rest = rest.slice(end + 4 + length);
  }
  return requests;
}

export async function serve(behave: Behave): Promise<Service> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = received.push("") - 1;
    sockets.add(socket);
    socket.on("data", (chunk) => {
      received[connection] = `${received[connection] ?? ""}${chunk.toString("latin1")}`;
      behave(socket, received[connection] ?? "", connection);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, received, open: () => sockets.size, close };
}

/** A host's entry that leads to a service of this machine. */
export function routeTo(port: number, changes: Partial<HostRoute> = {}): HostRoute {
  const upstream = { domain: "service.test", port, tls: false };
  return { upstream, paths: ["/"], sign: true, timeoutSeconds: 2, retries: 1, ...changes };
}

export function variablesFor(front: Front, hosts: HostMap): Readonly<Record<string, string>> {
  return {
    FRONT: front,
    HOSTS: gzipSync(JSON.stringify(hosts)).toString("base64"),
    BEARER_HEADER: "x-forwarded-authorization",
    IDENTITY_HEADERS: "false",
    AWS_REGION: "eu-central-1",
  };
}

/** A function and its log. */
export interface World {
  readonly handler: ProxyHandler;
  readonly log: LogRecord[];
  /** Changes what the function takes for the time, by milliseconds. */
  readonly advance: (milliseconds: number) => void;
}

export const toThisMachine: LookupFunction = (name, options, callback) => {
  if (name === "nowhere.test") {
    callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND", syscall: "getaddrinfo" }), "");
  } else if (name === "silent.test") {
    // Nobody answers.
  } else if (options.all) callback(null, [{ address: "127.0.0.1", family: 4 }]);
  else callback(null, "127.0.0.1", 4);
};

export function functionFor(
  front: Front,
  hosts: HostMap,
  credentials: HandlerDependencies["credentials"] = () => KEYS,
): World {
  const log: LogRecord[] = [];
  let offset = 0;
  const handler = createHandler({
    // As the settings say, but for limits of time: those of a test may be parts of a second.
    config: { ...readConfig(variablesFor(front, { "shop.example.com": routeTo(1) })), hosts },
    credentials,
    now: () => Date.now() + offset,
    write: (line) => log.push(JSON.parse(line) as LogRecord),
    connection: { lookup: toThisMachine },
  });
  const advance = (milliseconds: number): void => {
    offset += milliseconds;
  };
  return { handler, log, advance };
}

export function context(remaining = 20_000): ProxyContext {
  return { getRemainingTimeInMillis: () => remaining, awsRequestId: "lambda-request" };
}
