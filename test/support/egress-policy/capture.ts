/** TCP's flags that captures use. */
const FLAGS = { fin: 0x01, syn: 0x02, push: 0x08, ack: 0x10 };

/** Raw IPv4, without a link layer (pcap: LINKTYPE_RAW). */
const LINKTYPE_RAW = 101;

/** The two ends of a connection; a client's port is its name in a capture. */
export interface Ends {
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  readonly serverPort: number;
}

/** One thing that one side says, as the segments or datagrams that it comes in. */
export interface Turn {
  readonly by: "client" | "server";
  readonly parts: readonly Buffer[];
}

export const client = (...parts: readonly Buffer[]): Turn => ({ by: "client", parts });
export const server = (...parts: readonly Buffer[]): Turn => ({ by: "server", parts });

/** A packet's number in its capture, counted from 1 as Suricata does, and who sent it. */
export interface Sent {
  readonly number: number;
  readonly by: "client" | "server";
  /** Whether it carries anything but TCP's own signals. */
  readonly hasPayload: boolean;
}

/** Writes a capture of whole conversations, as an appliance sees their inner packets. */
export class Capture {
  readonly #packets: Buffer[] = [];

  /** A TCP connection from its handshake to its end; `isLate`: from behind its handshake, which nobody has captured. */
  tcp(ends: Ends, turns: readonly Turn[], isLate = false): readonly Sent[] {
    const sent: Sent[] = [];
    const next = { client: 1000, server: 5000 };
    let isUnderWay = false;
    const segment = (by: Turn["by"], flags: number, payload: Buffer = Buffer.alloc(0)): void => {
      const other = by === "client" ? "server" : "client";
      const acknowledged = flags & FLAGS.ack ? next[other] : 0;
      const packet = tcpSegment(ends, by, next[by], acknowledged, flags, payload);
      if (isUnderWay || !isLate) sent.push(this.#add(packet, by, payload.length > 0));
      next[by] += payload.length + (flags & (FLAGS.syn | FLAGS.fin) ? 1 : 0);
    };
    segment("client", FLAGS.syn);
    segment("server", FLAGS.syn | FLAGS.ack);
    segment("client", FLAGS.ack);
    isUnderWay = true;
    for (const { by, parts } of turns) {
      for (const part of parts) segment(by, FLAGS.push | FLAGS.ack, part);
      segment(by === "client" ? "server" : "client", FLAGS.ack);
    }
    segment("client", FLAGS.fin | FLAGS.ack);
    segment("server", FLAGS.fin | FLAGS.ack);
    segment("client", FLAGS.ack);
    return sent;
  }

  /** The first packet of a TCP connection, with data in it (RFC 7413, "TCP Fast Open"), and nothing else. */
  open(ends: Ends, payload: Buffer): Sent {
    return this.#add(tcpSegment(ends, "client", 1000, 0, FLAGS.syn, payload), "client", true);
  }

  /** Datagrams of UDP. */
  udp(ends: Ends, turns: readonly Turn[]): readonly Sent[] {
    return turns.flatMap(({ by, parts }) =>
      parts.map((part) => this.#add(udpDatagram(ends, by, part), by, part.length > 0)),
    );
  }

  /** A question of ICMP whether somebody is there. */
  echo(from: string, to: string): Sent {
    const ends: Ends = { client: from, clientPort: 0, server: to, serverPort: 0 };
    const body = Buffer.from([8, 0, 0, 0, 0x12, 0x34, 0, 1]);
    body.writeUInt16BE(checksum(body), 2);
    return this.#add(ipPacket(ends, "client", 1, body), "client", true);
  }

  /** The capture as a file of pcap. */
  toBuffer(): Buffer {
    const header = Buffer.alloc(24);
    header.writeUInt32LE(0xa1b2c3d4, 0);
    header.writeUInt16LE(2, 4);
    header.writeUInt16LE(4, 6);
    header.writeUInt32LE(65_535, 16);
    header.writeUInt32LE(LINKTYPE_RAW, 20);
    const records = this.#packets.map((packet, index) => {
      const record = Buffer.alloc(16);
      // A millisecond from one packet to the next.
      record.writeUInt32LE(1_790_000_000 + Math.floor(index / 1000), 0);
      record.writeUInt32LE((index % 1000) * 1000, 4);
      record.writeUInt32LE(packet.length, 8);
      record.writeUInt32LE(packet.length, 12);
      return Buffer.concat([record, packet]);
    });
    return Buffer.concat([header, ...records]);
  }

  #add(packet: Buffer, by: Turn["by"], hasPayload: boolean): Sent {
    return { number: this.#packets.push(packet), by, hasPayload };
  }
}

function tcpSegment(
  ends: Ends,
  by: Turn["by"],
  sequence: number,
  acknowledged: number,
  flags: number,
  payload: Buffer,
): Buffer {
  const header = Buffer.alloc(20);
  writePorts(header, ends, by);
  header.writeUInt32BE(sequence, 4);
  header.writeUInt32BE(acknowledged, 8);
  header.writeUInt8(0x50, 12);
  header.writeUInt8(flags, 13);
  header.writeUInt16BE(65_535, 14);
  const whole = Buffer.concat([header, payload]);
  whole.writeUInt16BE(checksum(Buffer.concat([pseudoHeader(ends, by, 6, whole.length), whole])), 16);
  return ipPacket(ends, by, 6, whole);
}

function udpDatagram(ends: Ends, by: Turn["by"], payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  writePorts(header, ends, by);
  header.writeUInt16BE(8 + payload.length, 4);
  const whole = Buffer.concat([header, payload]);
  whole.writeUInt16BE(checksum(Buffer.concat([pseudoHeader(ends, by, 17, whole.length), whole])) || 0xffff, 6);
  return ipPacket(ends, by, 17, whole);
}

function writePorts(header: Buffer, { clientPort, serverPort }: Ends, by: Turn["by"]): void {
  header.writeUInt16BE(by === "client" ? clientPort : serverPort, 0);
  header.writeUInt16BE(by === "client" ? serverPort : clientPort, 2);
}

function addresses(ends: Ends, by: Turn["by"]): Buffer {
  const [source, destination] = by === "client" ? [ends.client, ends.server] : [ends.server, ends.client];
  return Buffer.from([...source.split("."), ...destination.split(".")].map(Number));
}

function pseudoHeader(ends: Ends, by: Turn["by"], protocol: number, length: number): Buffer {
  return Buffer.concat([addresses(ends, by), Buffer.from([0, protocol, length >> 8, length & 255])]);
}

function ipPacket(ends: Ends, by: Turn["by"], protocol: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(0x4000, 6);
  header.writeUInt8(64, 8);
  header.writeUInt8(protocol, 9);
  addresses(ends, by).copy(header, 12);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** RFC 1071, "Computing the Internet Checksum". */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
