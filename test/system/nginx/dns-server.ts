import { createSocket, type Socket } from "node:dgram";

/** Port that every resolver asks. */
const PORT = 53;

const TYPE_A = 1;
const TYPE_NAMES: Readonly<Record<number, string>> = { [TYPE_A]: "A", 28: "AAAA" };
const NO_SUCH_NAME = 3;

/** A name server for a handful of names, whose addresses can be changed while it runs. */
export class DnsServer {
  /** Types that were asked for, as in `A upstream.test`. */
  readonly questions: string[] = [];
  readonly #addresses = new Map<string, readonly string[]>();

  private constructor(private readonly socket: Socket) {
    socket.on("message", (message, { address, port }) => {
      socket.send(this.#answer(message), port, address);
    });
  }

  static async start(address: string): Promise<DnsServer> {
    const socket = createSocket("udp4");
    await new Promise<void>((done, fail) => {
      socket.once("error", fail).bind(PORT, address, done);
    });
    return new DnsServer(socket);
  }

  /** Lets a name have these IPv4 addresses and no others. */
  set(name: string, ...addresses: readonly string[]): void {
    this.#addresses.set(name, addresses);
  }

  async stop(): Promise<void> {
    return new Promise((done) => {
      this.socket.close(done);
    });
  }

  /** RFC 1035, section 4: header, the question again, and an address in each answer, which points at the question's name. */
  #answer(query: Buffer): Buffer {
    const end = query.indexOf(0, 12) + 5;
    const name = readName(query);
    const type = query.readUInt16BE(end - 4);
    this.questions.push(`${TYPE_NAMES[type] ?? type} ${name}`);

    const known = this.#addresses.get(name);
    const addresses = type === TYPE_A ? (known ?? []) : [];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8580 | (known === undefined ? NO_SUCH_NAME : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    return Buffer.concat([header, query.subarray(12, end), ...addresses.map(addressRecord)]);
  }
}

function readName(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query.readUInt8(at) > 0; at += query.readUInt8(at) + 1) {
    labels.push(query.toString("latin1", at + 1, at + 1 + query.readUInt8(at)));
  }
  return labels.join(".").toLowerCase();
}

function addressRecord(address: string): Buffer {
  // Pointer to the question, type A, class IN, an hour to live, four bytes.
  return Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 14, 16, 0, 4, ...address.split(".").map(Number)]);
}
