import * as fc from "fast-check";

import { compilePolicy, type EgressPolicy, type Fleet } from "../../../lib/egress-policy";
import { Capture, client, type Sent, server } from "../../support/egress-policy/capture";
import {
  answer,
  hello,
  helloFromServer,
  overTcp,
  padding,
  question,
  record,
  request,
  response,
} from "../../support/egress-policy/speech";
import { sayAll, type Talk } from "../../support/egress-policy/talks";
import { Namespace, requireSystem } from "../appliance/namespace";
import { judge, lay } from "./suricata";

/* Broken, cut and invented speech to the real Suricata. Where an allowed name is not in it, nobody may be answered. */

requireSystem();

jest.setTimeout(120_000);

const ALLOWED = "good.example.com";
const POLICY: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: [ALLOWED, "*.wild.example.net"],
  allowCidrs: [],
  spokes: {},
};
const FLEET: Fleet = { mode: "one-arm", action: "ips", networks: { own: ["10.20.0.0/16"] } };

const ROUNDS = 5;
const TALKS = 400;

/** Printed with each failure: with it in the place of a random one, the same talks come again. */
const SEED = Math.floor(Math.random() * 2 ** 31);

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

/** What is broken, by where it is said. */
const SPEECHES: readonly (readonly [protocol: Talk["protocol"], port: number, said: Buffer])[] = [
  ["tcp", 443, hello("evil.net")],
  ["tcp", 443, hello()],
  ["tcp", 443, hello("evil.net", padding(300))],
  ["tcp", 443, record(23, Buffer.alloc(40, 1))],
  ["tcp", 80, request("evil.net")],
  ["tcp", 80, request(undefined)],
  ["tcp", 80, request(["evil.net", "wild.example.net"], "http://evil.net/")],
  ["tcp", 80, Buffer.concat([request("evil.net"), request(undefined, "/", "HTTP/1.0")])],
  ["tcp", 53, overTcp(question("evil.net"))],
  ["udp", 53, question("evil.net")],
  ["udp", 53, question("wild.example.net")],
];

/** One way to break something: bytes that go, bytes that come in their place. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  goes: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1) }, fc.nat({ max: 30 })),
  comes: fc.oneof(
    { weight: 3, arbitrary: fc.uint8Array({ maxLength: 2 }) },
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom("\r\n", "\0", "Host: ", "\r\n\r\n", " ", ".", "HTTP/1.1", "\x16\x03\x01", "\x00\x00").map(bytes),
  ),
});

function broken(said: Buffer, edits: readonly { at: number; goes: number; comes: Uint8Array }[]): Buffer {
  return edits.reduce((whole, { at, goes, comes }) => {
    const place = Math.floor(at * whole.length);
    return Buffer.concat([whole.subarray(0, place), comes, whole.subarray(place + goes)]);
  }, said);
}

/** In up to four segments. */
function cut(whole: Buffer, places: readonly number[]): readonly Buffer[] {
  const at = [...new Set([0, ...places.map((place) => Math.floor(place * whole.length)), whole.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, index) => whole.subarray(at[index], end));
}

const ANSWERS = { 443: helloFromServer(), 80: response(), 53: overTcp(answer("evil.net")) } as const;

const talk: fc.Arbitrary<Talk> = fc
  .tuple(
    fc.constantFrom(...SPEECHES),
    fc.array(edit, { maxLength: 4 }),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([[protocol, port, said], edits, places, isRepeated]) => {
    const whole = broken(said, edits);
    const parts = protocol === "udp" ? [whole] : cut(whole, places);
    const reply = server(protocol === "udp" ? answer("evil.net") : ANSWERS[port as keyof typeof ANSWERS]);
    const turns = [client(...parts.filter((part) => part.length > 0)), reply];
    return {
      protocol,
      from: "10.20.0.10",
      to: "198.51.100.10",
      port,
      turns: isRepeated ? [...turns, ...turns] : turns,
    };
  })
  // Of UDP the kernel lets nobody in who was not spoken to.
  .filter(({ turns: [first] }) => first !== undefined && first.parts.length > 0)
  // An edit may write it by chance, though it never has.
  .filter(
    ({ turns }) =>
      !Buffer.concat(turns.flatMap(({ parts }) => parts))
        .toString("latin1")
        .toLowerCase()
        .includes(ALLOWED),
  );

/** Whether a server that has heard something got an answer through. Whom nothing reached has nothing to answer. */
function isAnswered(packets: readonly Sent[], isDropped: (packet: Sent) => boolean): boolean {
  const through = packets.filter((packet) => packet.hasPayload && !isDropped(packet));
  const heard = through.findIndex(({ by }) => by === "client");
  return heard >= 0 && through.slice(heard).some(({ by }) => by === "server");
}

let machine: Namespace;

beforeAll(async () => {
  machine = await Namespace.create();
  lay(machine, compilePolicy(POLICY, FLEET).files);
});

afterAll(async () => {
  await machine.stop();
});

test.each(Array.from({ length: ROUNDS }, (_, round) => round))("round %i: nobody is answered", (round) => {
  const talks = fc.sample(talk, { seed: SEED + round, numRuns: TALKS });
  const capture = new Capture();
  const sent = sayAll(capture, talks);
  const { isDropped } = judge(machine, capture);
  const answered = talks.filter((_, index) => isAnswered(sent[index] ?? [], isDropped));
  const shown = answered.map(({ port, turns }) => ({
    seed: SEED + round,
    port,
    said: turns.flatMap(({ by, parts }) => (by === "client" ? parts.map((part) => part.toString("latin1")) : [])),
  }));
  expect(shown).toEqual([]);
});
