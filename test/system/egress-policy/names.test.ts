import { compilePolicy, type EgressPolicy, type Fleet } from "../../../lib/egress-policy";
import { Capture, client, server, type Turn } from "../../support/egress-policy/capture";
import {
  answer,
  clientHello,
  hello,
  helloFromServer,
  overTcp,
  padding,
  question,
  record,
  request,
  response,
  retryFromServer,
  secret,
  serverName,
} from "../../support/egress-policy/speech";
import { type Outcome, outcomeOf, sayAll, type Talk } from "../../support/egress-policy/talks";
import { Namespace, requireSystem } from "../appliance/namespace";
import { judge, lay, overhear, testRules, type Verdicts } from "./suricata";

/* Suricata itself, with rules as they are compiled, over conversations of every kind; as if it stood in the way. */

requireSystem();

jest.setTimeout(60_000);

const FLEET: Fleet = {
  mode: "one-arm",
  action: "ips",
  networks: { own: ["10.20.0.0/16"], payments: ["10.50.0.0/16", "10.52.0.0/16"] },
};

const POLICY: EgressPolicy = {
  default: "deny",
  discovery: false,
  allowDomains: ["good.example.com", "*.wild.com", "*.deep.wild.org"],
  allowCidrs: [
    { cidr: "203.0.113.0/24", protocol: "tcp", ports: [53, 80, 443] },
    { cidr: "203.0.113.0/24", protocol: "udp", ports: [53] },
    { cidr: "192.0.2.7/32", protocol: "tcp", ports: ["400-500"] },
  ],
  spokes: {
    payments: {
      allowDomains: ["pay.example.com", "*.pay.example.net"],
      allowCidrs: [{ cidr: "198.51.100.128/25", protocol: "tcp", ports: [443] }],
    },
  },
};

const OWN = "10.20.0.10";
const PAYMENTS = "10.52.0.10";
const NOBODY = "10.99.0.10";
const SERVER = "198.51.100.10";
const FREE = "203.0.113.7";

type Case = readonly [what: string, talk: Talk, outcome: Outcome];

/** From the network's own spoke to a server that no range of the policy holds. */
const talk = (fields: Partial<Talk> & Pick<Talk, "port" | "turns">): Talk => ({
  protocol: "tcp",
  from: OWN,
  to: SERVER,
  ...fields,
});

const AFTER_HELLO = [server(helloFromServer()), client(secret()), server(secret())];

const tls = (what: string, said: Buffer | readonly Buffer[], outcome: Outcome, ends: Partial<Talk> = {}): Case => [
  `TLS: ${what}`,
  talk({ port: 443, turns: [client(...(Buffer.isBuffer(said) ? [said] : said)), ...AFTER_HELLO], ...ends }),
  outcome,
];

const http = (what: string, said: Buffer | readonly Buffer[], outcome: Outcome, ends: Partial<Talk> = {}): Case => [
  `HTTP: ${what}`,
  talk({ port: 80, turns: [client(...(Buffer.isBuffer(said) ? [said] : said)), server(response())], ...ends }),
  outcome,
];

/** The same by UDP and by TCP. */
const dns = (what: string, said: Buffer, outcome: Outcome, ends: Partial<Talk> = {}): readonly Case[] => [
  [
    `DNS by UDP: ${what}`,
    talk({ protocol: "udp", port: 53, turns: [client(said), server(answer("good.example.com"))], ...ends }),
    outcome,
  ],
  dnsByTcp(what, overTcp(said), outcome, ends),
];

const dnsByTcp = (what: string, said: Buffer | readonly Buffer[], outcome: Outcome, ends: Partial<Talk> = {}): Case => [
  `DNS by TCP: ${what}`,
  talk({
    port: 53,
    turns: [client(...(Buffer.isBuffer(said) ? [said] : said)), server(overTcp(answer("good.example.com")))],
    ...ends,
  }),
  outcome,
];

const text = (content: string): Buffer => Buffer.from(content, "latin1");

/** In two segments, the first of so many bytes. */
const split = (whole: Buffer, at: number): readonly Buffer[] => [whole.subarray(0, at), whole.subarray(at)];

/** A hello in two records. */
const inTwoRecords = (name: string): readonly [Buffer, Buffer] => {
  const whole = clientHello(serverName(name));
  return [record(22, whole.subarray(0, 50)), record(22, whole.subarray(50))];
};

const TLS: readonly Case[] = [
  tls("an allowed name", hello("good.example.com"), "passes"),
  tls("in mixed case", hello("GOOD.Example.COM"), "passes"),
  tls("one label below a wildcard", hello("a.wild.com"), "passes"),
  tls("two labels below a wildcard", hello("b.a.wild.com"), "passes"),
  tls("below a wildcard of three labels", hello("a.deep.wild.org"), "passes"),
  tls("the wildcard's own name", hello("wild.com"), "is denied"),
  tls("the own name of one of three labels", hello("deep.wild.org"), "is denied"),
  tls("beside a wildcard of three labels", hello("a.shallow.wild.org"), "is denied"),
  tls("a name that ends alike", hello("awild.com"), "is denied"),
  tls("an empty label below a wildcard", hello(".wild.com"), "is denied"),
  tls("two empty labels below a wildcard", hello("..wild.com"), "is denied"),
  tls("an empty label between", hello("a..wild.com"), "is denied"),
  tls("an empty label in front of another", hello(".a.wild.com"), "is denied"),
  tls("an empty label between others", hello("b..a.wild.com"), "is denied"),
  tls("below an allowed name", hello("x.good.example.com"), "is denied"),
  tls("above an allowed name", hello("example.com"), "is denied"),
  tls("an allowed name in front of another", hello("good.example.com.evil.net"), "is denied"),
  tls("a dot at the end", hello("good.example.com."), "is denied"),
  tls("a line break at the end", hello("good.example.com\n"), "is denied"),
  tls("a name of one label", hello("localhost"), "is denied"),
  tls("an address", hello(SERVER), "is denied"),
  tls("no name", hello(), "is denied"),
  tls("an empty name", hello(""), "is denied"),
  tls("a name of another kind", record(22, clientHello(serverName("good.example.com", 1))), "is denied"),
  tls("another name, then an allowed one", hello("evil.net", serverName("good.example.com")), "is denied"),
  tls("a long hello in two segments", split(hello("good.example.com", padding(1800)), 1400), "passes"),
  tls("a long hello in two segments, denied", split(hello("evil.net", padding(1800)), 1400), "is not answered"),
  tls("split behind its first byte", split(hello("good.example.com"), 1), "passes"),
  tls("split behind its first byte, denied", split(hello("evil.net"), 1), "is not answered"),
  tls("in two records", Buffer.concat(inTwoRecords("good.example.com")), "passes"),
  tls("in two records, denied", Buffer.concat(inTwoRecords("evil.net")), "is denied"),
  tls("in two records and segments", inTwoRecords("good.example.com"), "passes"),
  tls("in two records and segments, denied", inTwoRecords("evil.net"), "is not answered"),
  tls("another name behind an alert", Buffer.concat([record(21, Buffer.from([1, 0])), hello("evil.net")]), "is denied"),
  tls("data before any hello", secret(), "is denied"),
  tls("another name behind data", Buffer.concat([secret(), hello("evil.net")]), "is denied"),
  tls("of version 2", Buffer.from([0x80, 0x2e, 1, 3, 1, 0, 0x15, ...Array.from({ length: 41 }, () => 1)]), "is denied"),
  tls("SSH", text("SSH-2.0-OpenSSH_9.7\r\n"), "is denied"),
  tls("HTTP to an allowed host", request("good.example.com"), "is denied"),
  tls("noise", Buffer.from(Array.from({ length: 60 }, (_, index) => index)), "is denied"),
  tls("a first byte, and silence", Buffer.from([0x16]), "is not answered"),
  [
    "TLS: a hello that is asked for again",
    talk({
      port: 443,
      turns: [
        client(hello("good.example.com")),
        server(retryFromServer()),
        client(hello("good.example.com")),
        ...AFTER_HELLO,
      ],
    }),
    "passes",
  ],
  [
    "TLS: a server that speaks first",
    talk({ port: 443, turns: [server(text("SSH-2.0-x\r\n")), client(text("SSH-2.0-y\r\n")), server(secret())] }),
    "is denied",
  ],
  tls("any name, to a free address", hello("evil.net"), "passes", { to: FREE }),
  tls("no name, to a free address", hello(), "passes", { to: FREE }),
  tls("SSH, to a free address", text("SSH-2.0-OpenSSH_9.7\r\n"), "passes", { to: FREE }),
  tls("to an address that is free by a range of ports", text("SSH-2.0-x\r\n"), "passes", { to: "192.0.2.7" }),
  tls("beside a free address", hello("evil.net"), "is denied", { to: "203.0.112.255" }),
  tls("what another spoke may", hello("pay.example.com"), "is denied"),
  tls("what another spoke may, from none", hello("pay.example.com"), "is denied", { from: NOBODY }),
  tls("what all may, from none", hello("good.example.com"), "passes", { from: NOBODY }),
  tls("what its spoke may", hello("pay.example.com"), "passes", { from: PAYMENTS }),
  tls("below what its spoke may", hello("a.pay.example.net"), "passes", { from: PAYMENTS }),
  tls("what all may, from a spoke with more", hello("a.wild.com"), "passes", { from: PAYMENTS }),
  tls("what nobody may, from a spoke with more", hello("evil.net"), "is denied", { from: PAYMENTS }),
  tls("an address that is free to its spoke", hello("evil.net"), "passes", { from: PAYMENTS, to: "198.51.100.200" }),
  tls("an address that is free to another", hello("evil.net"), "is denied", { to: "198.51.100.200" }),
];

/** More than Suricata reads of a connection unless it is told to read on, in segments. */
const UPLOAD = {
  head: text("POST / HTTP/1.1\r\nHost: good.example.com\r\nContent-Length: 1500000\r\n\r\n"),
  body: Array.from({ length: 1500 }, () => client(Buffer.alloc(1000, 65))),
};

const HTTP: readonly Case[] = [
  http("an allowed host", request("good.example.com"), "passes"),
  http("in mixed case", request("Good.EXAMPLE.com"), "passes"),
  http("with its port", request("good.example.com:80"), "passes"),
  http("below a wildcard", request("a.wild.com"), "passes"),
  http("the wildcard's own name", request("wild.com"), "is denied"),
  http("an empty label below a wildcard", request(".wild.com"), "is denied"),
  http("another host", request("evil.net"), "is denied"),
  http("a dot at the end", request("good.example.com."), "is denied"),
  http("an address", request(SERVER), "is denied"),
  http("no host", request(undefined), "is denied"),
  http("no host, in version 1.0", request(undefined, "/", "HTTP/1.0"), "is denied"),
  http("no header at all", text("GET / HTTP/1.1\r\n\r\n"), "is denied"),
  http("no header at all, in version 1.0", text("GET / HTTP/1.0\r\n\r\n"), "is denied"),
  http("version 0.9", text("GET /\r\n"), "is denied"),
  http("version 3.0", request("good.example.com", "/", "HTTP/3.0"), "is denied"),
  http("an empty host", request(""), "is denied"),
  http("an allowed host in version 1.0", request("good.example.com", "/", "HTTP/1.0"), "passes"),
  http("an allowed host twice", request(["good.example.com", "good.example.com"]), "is denied"),
  http("an allowed host, then another", request(["good.example.com", "evil.net"]), "is denied"),
  http("another host, then an allowed one", request(["evil.net", "good.example.com"]), "is denied"),
  http("the whole address", request("good.example.com", "http://good.example.com/"), "passes"),
  http("the whole address of another host", request("good.example.com", "http://evil.net/"), "is denied"),
  http("the whole address, and another host", request("evil.net", "http://good.example.com/"), "is denied"),
  http("the whole address, and no host", request(undefined, "http://good.example.com/"), "is denied"),
  http("a user's name in the address", request("good.example.com", "http://good.example.com@evil.net/"), "is denied"),
  http("a user's name in the host", request("good.example.com@evil.net"), "is denied"),
  http("a path in the host", request("good.example.com/evil.net"), "is denied"),
  http("a zero byte in the host", request("good.example.com\0evil.net"), "is denied"),
  http("a host over two lines", text("GET / HTTP/1.1\r\nHost: good.example.com\r\n evil.net\r\n\r\n"), "is denied"),
  http("lines that end without a return", text("GET / HTTP/1.1\nHost: evil.net\n\n"), "is denied"),
  http("two requests at once", Buffer.concat([request("good.example.com"), request("a.wild.com")]), "passes"),
  http(
    "a second request at once for another",
    Buffer.concat([request("good.example.com"), request("evil.net")]),
    "is denied",
  ),
  http(
    "another request behind a body",
    text(
      "POST / HTTP/1.1\r\nHost: good.example.com\r\nContent-Length: 4\r\n\r\nbodyGET / HTTP/1.1\r\nHost: evil.net\r\n\r\n",
    ),
    "is denied",
  ),
  http("split in the host", split(request("good.example.com"), 30), "passes"),
  http("split behind an allowed beginning", split(request("good.example.com.evil.net"), 38), "is not answered"),
  http("no end", text("GET / HTTP/1.1\r\nHost: evil.net\r\n"), "is not answered"),
  http("HTTP/2", text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"), "is denied"),
  http("TLS with an allowed name", hello("good.example.com"), "is denied"),
  http("SSH", text("SSH-2.0-OpenSSH_9.7\r\n"), "is denied"),
  http("noise", Buffer.from(Array.from({ length: 60 }, (_, index) => index)), "is denied"),
  http(
    "a method of nobody's, for another host",
    text("FROBNICATE / HTTP/1.1\r\nHost: evil.net\r\n\r\n"),
    "is not answered",
  ),
  http(
    "a tunnel to another host",
    text("CONNECT evil.net:443 HTTP/1.1\r\nHost: good.example.com\r\n\r\n"),
    "is denied",
  ),
  http("any host, to a free address", request("evil.net"), "passes", { to: FREE }),
  http("SSH, to a free address", text("SSH-2.0-x\r\n"), "passes", { to: FREE }),
  http("what its spoke may", request("pay.example.com"), "passes", { from: PAYMENTS }),
  http("what another spoke may", request("pay.example.com"), "is denied"),
  [
    "HTTP: a later request for another allowed host",
    talk({
      port: 80,
      turns: [
        client(request("good.example.com")),
        server(response()),
        client(request("a.wild.com")),
        server(response()),
      ],
    }),
    "passes",
  ],
  [
    "HTTP: a later request for another host",
    talk({
      port: 80,
      turns: [client(request("good.example.com")), server(response()), client(request("evil.net")), server(response())],
    }),
    "is ended",
  ],
  [
    "HTTP: a later request for another host, behind a large upload",
    talk({
      port: 80,
      turns: [client(UPLOAD.head), ...UPLOAD.body, server(response()), client(request("evil.net")), server(response())],
    }),
    "is ended",
  ],
  [
    "HTTP: a later request without a host",
    talk({
      port: 80,
      turns: [
        client(request("good.example.com")),
        server(response()),
        client(text("GET / HTTP/1.0\r\n\r\n")),
        server(response()),
      ],
    }),
    "is ended",
  ],
];

/** The head of a message with so many questions and further records. */
function head(questions: number, others = 0, flags = 0x0100): Buffer {
  const bytes = Buffer.alloc(12);
  for (const [index, value] of [0x1234, flags, questions, others].entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

const DNS: readonly Case[] = [
  ...dns("an allowed name", question("good.example.com"), "passes"),
  ...dns("in mixed case", question("gOOd.exAMPle.cOm"), "passes"),
  ...dns("below a wildcard", question("a.wild.com"), "passes"),
  ...dns("the wildcard's own name", question("wild.com"), "is denied"),
  ...dns("another name", question("evil.net"), "is denied"),
  ...dns("a name of one label", question("localhost"), "is denied"),
  ...dns("below an allowed name", question("secret.good.example.com"), "is denied"),
  ...dns("a zero byte in a name", question("good.example.com\0evil"), "is denied"),
  ...dns("an allowed name, then another", question("good.example.com", "evil.net"), "is denied"),
  ...dns("another name, then an allowed one", question("evil.net", "good.example.com"), "is denied"),
  ...dns("any name, to a free address", question("evil.net"), "passes", { to: FREE }),
  ...dns("no DNS, to a free address", text("this is nothing that anybody knows"), "passes", { to: FREE }),
  ...dns("what its spoke may", question("pay.example.com"), "passes", { from: PAYMENTS }),
  ...dns("what another spoke may", question("pay.example.com"), "is denied"),
  ...dns(
    "an update of a zone",
    Buffer.concat([head(1, 0, 0x2800), question("good.example.com").subarray(12)]),
    "is denied",
  ),
  [
    "DNS by UDP: no question",
    talk({ protocol: "udp", port: 53, turns: [client(Buffer.concat([head(0), Buffer.alloc(200, 65)]))] }),
    "is denied",
  ],
  [
    "DNS by UDP: the root",
    talk({ protocol: "udp", port: 53, turns: [client(Buffer.concat([head(1), Buffer.from([0, 0, 2, 0, 1])]))] }),
    "is denied",
  ],
  [
    "DNS by UDP: an answer",
    talk({ protocol: "udp", port: 53, turns: [client(answer("good.example.com"))] }),
    "is denied",
  ],
  [
    "DNS by UDP: half a question",
    talk({ protocol: "udp", port: 53, turns: [client(question("evil.net").subarray(0, 18))] }),
    "is denied",
  ],
  [
    "DNS by UDP: no DNS",
    talk({ protocol: "udp", port: 53, turns: [client(text("this is nothing that anybody knows"))] }),
    "is denied",
  ],
  ["DNS by UDP: one byte", talk({ protocol: "udp", port: 53, turns: [client(text("x"))] }), "is denied"],
  [
    "DNS by UDP: another name from the same port",
    talk({
      protocol: "udp",
      port: 53,
      turns: [
        client(question("good.example.com")),
        server(answer("good.example.com")),
        client(question("evil.net")),
        server(answer("evil.net")),
      ],
    }),
    "is ended",
  ],
  dnsByTcp("no DNS", text("this is nothing that anybody knows"), "is not answered"),
  dnsByTcp("its length in a segment of its own", split(overTcp(question("good.example.com")), 2), "passes"),
  dnsByTcp("split, another name", split(overTcp(question("evil.net")), 10), "is not answered"),
  dnsByTcp(
    "two questions at once, the second for another name",
    Buffer.concat([overTcp(question("good.example.com")), overTcp(question("evil.net"))]),
    "is denied",
  ),
  dnsByTcp(
    "two questions, the second for another name",
    [overTcp(question("good.example.com")), overTcp(question("evil.net"))],
    "is not answered",
  ),
];

/** What is allowed, in a packet that comes before anybody can say that it is. */
const OPENINGS: readonly Case[] = [
  ["TLS: in the first packet", talk({ port: 443, turns: [], opening: hello("good.example.com") }), "is denied"],
  ["HTTP: in the first packet", talk({ port: 80, turns: [], opening: request("good.example.com") }), "is denied"],
  [
    "DNS by TCP: in the first packet",
    talk({ port: 53, turns: [], opening: overTcp(question("good.example.com")) }),
    "is denied",
  ],
  ["TCP: data in the first packet to another port", talk({ port: 5432, turns: [], opening: text("data") }), "passes"],
];

const CASES: readonly Case[] = [...TLS, ...HTTP, ...DNS, ...OPENINGS];

let machine: Namespace;

beforeAll(async () => {
  machine = await Namespace.create();
});

afterAll(async () => {
  await machine.stop();
});

/** What Suricata makes of all conversations under a policy. */
function judged(policy: EgressPolicy) {
  lay(machine, compilePolicy(policy, FLEET).files);
  const capture = new Capture();
  const sent = sayAll(
    capture,
    CASES.map(([, conversation]) => conversation),
  );
  return { sent, verdicts: judge(machine, capture) };
}

describe("with a policy that denies", () => {
  let outcomes: ReadonlyMap<string, Outcome>;

  beforeAll(() => {
    const { sent, verdicts } = judged(POLICY);
    outcomes = new Map(CASES.map(([what], index) => [what, outcomeOf(sent[index] ?? [], verdicts.isDropped)]));
  });

  it("loads every rule", () => {
    expect(testRules(machine)).toBe("");
  });

  test.each(CASES.map(([what, , outcome]) => [what, outcome] as const))("%s %s", (what, outcome) => {
    expect(outcomes.get(what)).toBe(outcome);
  });
});

describe("who goes on without saying a name", () => {
  /** In segments of a kilobyte. */
  const endless = (first: Buffer): readonly Turn[] =>
    [first, ...Array.from({ length: 60 }, () => Buffer.alloc(1024, 97))].map((part) => client(part));

  test.each([
    ["TLS", 443, Buffer.from([22, 3, 1, 0x3f, 0xff]), 17],
    ["HTTP", 80, text("GET / HTTP/1.1\r\nX: "), 16],
    ["DNS by TCP", 53, Buffer.from([0xff, 0xff, 0x12, 0x34]), 2],
  ] as const)("by %s, port %i, sends a few kilobytes and no more", (_, port, first, kilobytes) => {
    lay(machine, compilePolicy(POLICY, FLEET).files);
    const capture = new Capture();
    const [sent = []] = sayAll(capture, [talk({ port, turns: [...endless(first), server(text("answer"))] })]);
    const { isDropped } = judge(machine, capture);
    const through = sent.filter((packet) => packet.hasPayload && !isDropped(packet));
    expect(through.filter(({ by }) => by === "server")).toEqual([]);
    expect(through.length).toBeLessThanOrEqual(kilobytes + 1);
  });
});

describe("in a rehearsal", () => {
  let sent: ReturnType<typeof judged>["sent"];
  let verdicts: Verdicts;

  beforeAll(() => {
    ({ sent, verdicts } = judged({ ...POLICY, discovery: true }));
  });

  it("loads every rule", () => {
    expect(testRules(machine)).toBe("");
  });

  it("drops nothing", () => {
    const dropped = CASES.filter((_, index) => (sent[index] ?? []).some((packet) => verdicts.isDropped(packet)));
    expect(dropped.map(([what]) => what)).toEqual([]);
  });

  test.each(CASES.map(([what, , outcome], index) => ({ what, outcome, index })))(
    "$what: speaks of it if it $outcome only, and passes",
    ({ outcome, index }) => {
      const messages = verdicts.messages(sent[index] ?? []);
      if (outcome === "passes") expect(messages).toEqual([]);
      else expect(messages).toContainEqual(expect.stringMatching(/^Ringfence would-deny: /));
    },
  );
});

/** What a copy does not show: rules that wait for a mark, or judge a first byte, are for who stands in the way. */
const UNHEARD: ReadonlySet<string> = new Set([
  "TLS: a first byte, and silence",
  "TLS: data before any hello",
  "TLS: noise",
  "TLS: of version 2",
  "HTTP: no end",
  "HTTP: a later request for another host, behind a large upload",
]);

describe("of a copy", () => {
  let says: (index: number) => readonly string[];

  function overheard(talks: readonly Talk[]): (index: number) => readonly string[] {
    lay(machine, compilePolicy({ ...POLICY, default: "alert" }, { ...FLEET, action: "ids" }).files);
    const capture = new Capture();
    sayAll(capture, talks);
    const heard = overhear(machine, capture);
    return (index) => heard(20_000 + index);
  }

  beforeAll(() => {
    says = overheard(CASES.map(([, conversation]) => conversation));
  });

  it("loads every rule", () => {
    expect(testRules(machine)).toBe("");
  });

  test.each(CASES.map(([what, , outcome], index) => ({ what, outcome, index })))(
    "$what: speaks of it if it $outcome only",
    ({ what, outcome, index }) => {
      if (outcome === "passes" || UNHEARD.has(what)) expect(says(index)).toEqual([]);
      else expect(says(index)).toContainEqual(expect.stringMatching(/^Ringfence would-deny: /));
    },
  );

  it("says nothing of connections whose beginning it has missed, which it cannot tell", () => {
    const data = [client(secret()), server(secret()), client(secret()), server(secret())];
    const asked = [client(request("good.example.com")), server(response())];
    const talks: readonly Talk[] = [
      talk({ port: 443, turns: data }),
      talk({ port: 443, turns: data, to: FREE }),
      talk({ port: 443, turns: [client(hello("evil.net")), ...AFTER_HELLO], to: FREE }),
      talk({ port: 80, turns: [client(text("the rest of an upload\r\n")), server(response()), ...asked] }),
    ];
    const late = overheard(talks.map((one) => ({ ...one, isLate: true })));
    expect(talks.map((_, index) => late(index))).toEqual(talks.map(() => []));
  });
});
