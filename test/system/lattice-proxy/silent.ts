import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** Somebody who listens, and does this with who connects. */
export class Listener {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    greet: (socket: Socket) => void,
  ) {
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      greet(socket);
    });
  }

  static async start(address: string, greet: (socket: Socket) => void): Promise<Listener> {
    const server = createServer();
    await new Promise<void>((done, fail) => {
      server.once("error", fail).listen(0, address, done);
    });
    return new Listener(server, greet);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

const PROGRAM = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: process.argv[1], backlog: 1 }, () => console.log(server.address().port));
`;

/** A port to which nobody gets a connection, and no word: its process stands still, and its queue is full. */
export class FullQueue {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly waiting: readonly Socket[],
  ) {}

  static async start(address: string): Promise<FullQueue> {
    const child = spawn(process.execPath, ["-e", PROGRAM, address], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const port = Number(line);
    child.kill("SIGSTOP");
    const waiting = Array.from({ length: 8 }, () => connect(port, address).on("error", () => undefined));
    // Those who get in, get in at once.
    await new Promise((done) => setTimeout(done, 200));
    return new FullQueue(child, port, waiting);
  }

  async stop(): Promise<void> {
    for (const socket of this.waiting) socket.destroy();
    const ended = once(this.child, "exit");
    this.child.kill("SIGCONT");
    this.child.kill("SIGKILL");
    await ended;
  }
}
