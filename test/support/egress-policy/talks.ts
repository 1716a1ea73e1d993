import { type Capture, type Ends, type Sent, type Turn } from "./capture";

/** One conversation of a capture. */
export interface Talk {
  readonly protocol: "tcp" | "udp";
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly turns: readonly Turn[];
  /** Data in TCP's first packet, behind which nothing comes. @default - none */
  readonly opening?: Buffer;
  /** Whether the capture begins behind the connection's handshake. @default false */
  readonly isLate?: boolean;
}

/** Says all conversations in one capture, each from a port of its own. */
export function sayAll(capture: Capture, talks: readonly Talk[]): readonly (readonly Sent[])[] {
  return talks.map(({ protocol, from, to, port, turns, opening, isLate }, index) => {
    const ends: Ends = { client: from, clientPort: 20_000 + index, server: to, serverPort: port };
    if (opening !== undefined) return [capture.open(ends, opening)];
    return protocol === "tcp" ? capture.tcp(ends, turns, isLate) : capture.udp(ends, turns);
  });
}

/**
 * What became of a conversation: nothing was dropped; none of what either side said got through; some of what the client said did, and no
 * answer; or answers, too, before it was ended.
 */
export type Outcome = "passes" | "is denied" | "is not answered" | "is ended";

export function outcomeOf(packets: readonly Sent[], isDropped: (packet: Sent) => boolean): Outcome {
  if (!packets.some(isDropped)) return "passes";
  const through = packets.filter((packet) => packet.hasPayload && !isDropped(packet));
  if (through.length === 0) return "is denied";
  return through.some(({ by }) => by === "server") ? "is ended" : "is not answered";
}
