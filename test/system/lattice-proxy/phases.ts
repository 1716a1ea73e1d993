import { ok, strictEqual as equal } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import type { HostMap, HostRoute, Reason } from "../../../lambda/lattice-proxy/contract";
import { answer, expectReason, type Question, send } from "../../lambda/lattice-proxy-proof/checks";
import { FRONTS } from "../../lambda/lattice-proxy-proof/fronts";
import { type Front, oneRequest } from "../../lambda/lattice-proxy-proof/fronts/front";
import { tampered } from "../../lambda/lattice-proxy-proof/hostile";
import { valuesOf } from "../../lambda/lattice-proxy-proof/message";
import { answerWith, type Behaviour } from "../../lambda/lattice-proxy-proof/upstream";
import { CLIENT, type Exchange, World } from "../../lambda/lattice-proxy-proof/world";
import { FullQueue, Listener } from "./silent";

/** Services that are slow, refuse, break off, lie or never end, each in every phase of an exchange; and what the function makes of it. */
export class Trouble {
  private constructor(
    readonly world: World,
    private readonly ends: readonly { stop(): Promise<void> }[],
  ) {}

  /** @param file the function's bundle */
  static async create(file: string, node?: string): Promise<Trouble> {
    const ends = {
      full: await FullQueue.start("127.0.9.21"),
      mute: await Listener.start("127.0.9.22", () => undefined),
      plain: await Listener.start("127.0.9.23", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
      rude: await Listener.start("127.0.9.24", (socket) => socket.resetAndDestroy()),
    };
    const names: Record<string, string> = {
      "mute-names.lattice.test": "silence",
      "refusing.lattice.test": "127.0.9.25",
    };
    const hosts: Record<string, HostRoute> = {};
    const add = (name: string, port: number, changed: Partial<HostRoute> = {}): void => {
      const upstream = { domain: `${name}.lattice.test`, port, tls: true };
      hosts[`${name}.example.com`] = { upstream, paths: ["/"], sign: true, timeoutSeconds: 5, retries: 0, ...changed };
    };
    add("no-name", 443);
    add("mute-names", 443);
    add("refusing", 9);
    for (const [name, { port }] of Object.entries(ends)) {
      names[`${name}.lattice.test`] =
        `127.0.9.${{ full: 21, mute: 22, plain: 23, rude: 24 }[name as keyof typeof ends]}`;
      add(name, port);
    }
    const options = { file, names, ...(node === undefined ? {} : { node }) };
    const world: World = await World.create({
      ...options,
      hosts: (own: World): HostMap => ({ ...hosts, ...brief(own) }),
    });
    return new Trouble(world, Object.values(ends));
  }

  async remove(): Promise<void> {
    await this.world.remove();
    await Promise.all(this.ends.map(async (end) => end.stop()));
  }
}

function brief(world: World): HostMap {
  return {
    "brief.example.com": world.host("shop", { timeoutSeconds: 1, retries: 0 }),
    "again.example.com": world.host("shop", { timeoutSeconds: 1, retries: 1 }),
  };
}

const [ALB, LISTS, REST, HTTP] = FRONTS;
const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";

/** What the function must make of it. Each fails by an error. */
export const PHASES = {
  "a name that nobody knows": fails("dns_error", { host: "no-name.example.com" }, [0, 1_000]),
  "name servers that say nothing": fails("connection_timeout", { host: "mute-names.example.com" }, [1_500, 3_000]),
  "a port that nobody listens on": fails("connection_refused", { host: "refusing.example.com" }, [0, 1_000]),
  "a connection that nobody takes": fails("connection_timeout", { host: "full.example.com" }, [1_500, 3_000]),
  "TLS that nobody answers": fails("connection_timeout", { host: "mute.example.com" }, [1_500, 3_000]),
  "a service that speaks no TLS": fails("tls_protocol_error", { host: "plain.example.com" }, [0, 1_000]),
  "a service that resets connections": fails("connection_terminated", { host: "rude.example.com" }, [0, 1_000]),
  "a certificate for another name": fails("tls_certificate_error", { host: "wrong-name.example.com" }, [0, 1_000]),
  "a certificate of yesterday": fails("tls_certificate_error", { host: "expired.example.com" }, [0, 1_000]),
  "a certificate that nobody signed": fails("tls_certificate_error", { host: "self-signed.example.com" }, [0, 1_000]),

  "silence instead of an answer": answered("http_response_timeout", () => undefined, [900, 1_900]),
  "silence in the middle of the head": answered("http_response_timeout", sends("HTTP/1.1 200 OK\r\nX-A"), [900, 1_900]),
  "silence in the middle of the body": answered(
    "connection_read_timeout",
    sends(`${HEAD}Content-Length: 100\r\n\r\nhalf`),
    [900, 1_900],
  ),
  "a reset instead of an answer": answered("connection_terminated", (line) => {
    line.reset();
  }),
  "an end instead of an answer": answered("connection_terminated", (line) => {
    line.end();
  }),
  "an end in the middle of the body": answered("http_response_incomplete", (line) => {
    line.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`);
  }),
  "an end in the middle of chunks": answered("http_response_incomplete", (line) => {
    line.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`);
  }),
  "something that is no HTTP": answered("http_protocol_error", sends("SSH-2.0-OpenSSH_9.6\r\n\r\n")),
  "a length beside chunks": answered(
    "http_protocol_error",
    sends(`${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
  ),
  "two lengths": answered("http_protocol_error", sends(`${HEAD}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`)),
  "chunks of no size": answered(
    "http_protocol_error",
    sends(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n`),
  ),

  "an answer that comes slowly is not cut off": async ({ world }) => {
    world.services.shop.behaviour = async (line) => {
      line.write(`${HEAD}Content-Length: 5\r\n\r\n`);
      for (const letter of "hello") {
        await sleep(500);
        line.write(letter);
      }
    };
    const { answer: got } = await send(world, LISTS, { host: "brief.example.com" });
    equal(String(got.body), "hello");
  },

  "an answer that does not end in the function's own time": async ({ world }) => {
    world.services.shop.behaviour = endless(100);
    const began = Date.now();
    await expectReason(world, LISTS, "connection_read_timeout", { host: "shop.example.com" }, 3_000);
    const took = Date.now() - began;
    ok(took > 1_000 && took < 2_950, `the answer took ${took} ms of 3000`);
  },

  "an answer without an end is not read to it": async ({ world }) => {
    for (const front of FRONTS) {
      world.services.shop.behaviour = endless(0);
      const { outcome } = await expectReason(world, front, "response_too_large", {}, 5_000);
      ok(outcome.milliseconds < 3_000, `${outcome.milliseconds} ms`);
    }
    world.services.shop.behaviour = sends(`${HEAD}Content-Length: 10000000000\r\n\r\n`);
    const { outcome } = await expectReason(world, HTTP, "response_too_large", { host: "shop.example.com" });
    ok(outcome.milliseconds < 1_000, `${outcome.milliseconds} ms`);
  },

  "what is too large is refused in words": async ({ world }) => {
    const tooLarge = tampered(LISTS, { name: "a body", fields: { body: "a".repeat(1024 * 1024 + 1) } });
    const instance = await world.instance("alb");
    world.forget();
    const { result } = await instance.invoke(tooLarge);
    equal(world.leave(LISTS, result, "POST").status, 413);
    equal(world.received.length, 0);
    for (const [front, size] of [
      [ALB, 1024 * 1024],
      [LISTS, 1024 * 1024],
      [REST, 6 * 1024 * 1024],
      [HTTP, 6 * 1024 * 1024],
    ] as const) {
      for (const [byte, share] of [
        [0x61, 1],
        [0xff, 0.75],
      ] as const) {
        const body = Buffer.alloc(Math.floor(size * share) - 2_000, byte);
        world.services.shop.behaviour = answer(200, [["Content-Type", "text/plain"]], body);
        ok((await send(world, front)).answer.body.equals(body), front.form);
        const more = Buffer.alloc(Math.ceil(size * share) + 1, byte);
        world.services.shop.behaviour = answer(200, [["Content-Type", "text/plain"]], more);
        await expectReason(world, front, "response_too_large");
      }
    }
  },

  "a body as large as the front takes arrives whole": async ({ world }) => {
    world.services.shop.behaviour = answer(200);
    for (const [front, size] of [
      [ALB, 1024 * 1024],
      [LISTS, 1024 * 1024],
      // A quarter of Lambda's 6 MB goes to base64, and the event's other fields have some.
      [REST, 4.5 * 1024 * 1024 - 4_000],
      [HTTP, 4.5 * 1024 * 1024 - 4_000],
    ] as const) {
      const body = Buffer.alloc(size, "\xff\0a", "latin1");
      await send(world, front, { method: "POST", headers: [["Content-Type", "application/octet-stream"]], body });
      ok(world.services.shop.only.body.equals(body), front.form);
    }
  },

  "a head as large as services send": async ({ world }) => {
    const value = "a".repeat(4_000);
    const lines = (length: number): Behaviour =>
      answer(
        200,
        Array.from({ length }, (_, index) => [`X-${index}`, value] as const),
      );
    for (const [front, most] of [
      [LISTS, 8],
      [REST, 16],
      [HTTP, 16],
    ] as const) {
      world.services.shop.behaviour = lines(most);
      const { answer: got } = await send(world, front);
      for (let index = 0; index < most; index += 1) equal(valuesOf(got.headers, `x-${index}`).join(), value);
      world.services.shop.behaviour = lines(most + 1);
      await expectReason(world, front, "response_too_large");
    }
  },

  "words before an answer are no answer": async ({ world }) => {
    const early = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n";
    world.services.shop.behaviour = sends(`${early}HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok`);
    const { answer: got } = await send(world, LISTS, { method: "PUT", body: "x" });
    equal(got.status, 201);
    equal(String(got.body), "ok");
  },

  "a status that no front can say": async ({ world }) => {
    for (const front of FRONTS) {
      for (const status of [600, 999]) {
        world.services.shop.behaviour = sends(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nok`);
        const { answer: got, outcome } = await send(world, front);
        equal(got.status, 502, outcome.output);
      }
    }
  },

  "a reason in any characters": async ({ world }) => {
    for (const reason of ["Gr\xfc\xdfe", "\xe6\x97\xa5", "a\tb", "", " "]) {
      world.services.shop.behaviour = answerWith(
        Buffer.from(`HTTP/1.1 404 ${reason}\r\nContent-Length: 2\r\n\r\nok`, "latin1"),
      );
      for (const front of FRONTS) {
        const { answer: got, outcome } = await send(world, front);
        equal(got.status, 404, outcome.output);
        equal(String(got.body), "ok");
      }
    }
  },

  "another protocol is no answer": async ({ world }) => {
    world.services.shop.behaviour = sends("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    const { answer: got, outcome } = await send(world, LISTS, { method: "POST", host: "brief.example.com" });
    equal(got.status, 502, outcome.output);
  },

  "an answer that comes too late is nobody else's": async ({ world }) => {
    let requests = 0;
    world.services.shop.behaviour = async (line) => {
      requests += 1;
      const [own, wait] = [`answer ${requests}`, requests === 1 ? 1_300 : 0];
      await sleep(wait);
      if (line.open) answer(200, [], Buffer.from(own))(line, world.services.shop.only);
    };
    await expectReason(world, LISTS, "http_response_timeout", { host: "brief.example.com" });
    const { answer: got } = await send(world, LISTS, { host: "brief.example.com" });
    equal(String(got.body), "answer 2");
    await sleep(600);
    equal(String((await send(world, LISTS, { host: "brief.example.com" })).answer.body), "answer 3");
  },

  "a second answer is nobody's": async ({ world }) => {
    const { shop } = world.services;
    const poison = "HTTP/1.1 200 OK\r\nX-Poison: 1\r\nContent-Length: 6\r\n\r\npoison";
    shop.behaviour = sends(`${HEAD}Content-Length: 2\r\n\r\nok${poison}`);
    await send(world, LISTS, { method: "POST" });
    shop.behaviour = answer(200, [], Buffer.from("own"));
    for (const method of ["GET", "GET"]) {
      const { answer: got } = await send(world, LISTS, { method });
      equal(String(got.body), "own");
      equal(valuesOf(got.headers, "x-poison").length, 0);
    }
  },

  "connections that ended while the function was frozen": async ({ world }) => {
    const { shop } = world.services;
    const instance = await world.start("alb");
    try {
      const { event } = LISTS.enter(
        oneRequest(Buffer.from("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")),
        CLIENT,
      );
      shop.behaviour = answer(200);
      for (const how of ["end", "reset"] as const) {
        await instance.invoke(event);
        instance.freeze();
        shop.hangUp(how);
        await sleep(50);
        instance.thaw();
        world.forget();
        const { result } = await instance.invoke(event);
        equal(world.leave(LISTS, result, "GET").status, 200, how);
        equal(shop.received.length, 1);
      }
    } finally {
      await instance.stop();
    }
  },

  "only what may be repeated is, and only so often": async ({ world }) => {
    const { shop } = world.services;
    for (const [host, times] of [
      ["again.example.com", 2],
      ["brief.example.com", 1],
    ] as const) {
      for (const [method, most] of [
        ["GET", times],
        ["HEAD", times],
        ["PUT", times],
        ["DELETE", times],
        ["POST", 1],
        ["PATCH", 1],
      ] as const) {
        // On new connections, so that none of it is owed to an old one.
        shop.hangUp();
        await sleep(20);
        shop.behaviour = (line) => {
          line.reset();
        };
        await expectReason(world, LISTS, "connection_terminated", { host, method });
        equal(shop.received.length, most, `${host} ${method}`);
        for (const request of shop.received) world.verify(request);
      }
    }
    // An answer has begun: whatever was asked for may have been done.
    shop.behaviour = (line) => {
      line.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`);
    };
    await expectReason(world, LISTS, "http_response_incomplete", { host: "again.example.com" });
    equal(shop.received.length, 1);
    // Who is slow would get it twice.
    shop.behaviour = () => undefined;
    await expectReason(world, LISTS, "http_response_timeout", { host: "again.example.com" });
    equal(shop.received.length, 1);
  },

  "a service that does not read is as good as silent": async ({ world }) => {
    const body = Buffer.alloc(4_000_000, 0xff);
    world.services.shop.behaviour = () => undefined;
    for (const front of [REST, HTTP]) {
      await expectReason(world, front, "http_response_timeout", { host: "brief.example.com", method: "POST", body });
    }
  },

  "an answer before the request's end": async ({ world }) => {
    const { shop } = world.services;
    shop.behaviour = answer(413, [["Connection", "close"]], Buffer.from("enough"));
    const { answer: got } = await send(world, ALB, { method: "POST", body: Buffer.alloc(900_000, 0x61) });
    equal(got.status, 413);
    equal(String(got.body), "enough");
  },

  "a head without an end": async ({ world }) => {
    world.services.shop.behaviour = sends(`${HEAD}${"X-A: b\r\n".repeat(20_000)}\r\n`);
    await expectReason(world, LISTS, "response_too_large", { method: "POST" });
  },
} satisfies Record<string, (trouble: Trouble) => Promise<void>>;

/** Names of {@link PHASES}. */
export type PhaseName = keyof typeof PHASES;

/** Expects that nothing but this reason comes of a request, in this time. */
function fails(
  reason: Reason,
  question: Question,
  [least, most]: readonly [least: number, most: number],
): (trouble: Trouble) => Promise<void> {
  return async ({ world }) => {
    for (const front of frontsFor(least)) {
      const { outcome } = await expectReason(world, front, reason, { method: "POST", body: "secret", ...question });
      checkTime(outcome, least, most);
      equal(world.received.length, 0);
    }
  };
}

/** Expects that of what the service does only this reason comes, in this time. */
function answered(
  reason: Reason,
  behaviour: Behaviour,
  [least, most]: readonly [least: number, most: number] = [0, 900],
): (trouble: Trouble) => Promise<void> {
  return async ({ world }) => {
    for (const front of frontsFor(least)) {
      world.services.shop.behaviour = behaviour;
      const { outcome } = await expectReason(world, front, reason, { host: "brief.example.com", method: "POST" });
      checkTime(outcome, least, most);
      equal(world.received.length, 1);
    }
  };
}

/** What takes its time is tried behind one front alone. */
function frontsFor(milliseconds: number): readonly Front[] {
  return milliseconds > 0 ? [LISTS] : [LISTS, REST, HTTP];
}

function checkTime({ milliseconds }: Exchange["outcome"], least: number, most: number): void {
  ok(milliseconds >= least && milliseconds <= most, `${milliseconds} ms, not ${least} to ${most}`);
}

function sends(text: string): Behaviour {
  return answerWith(text);
}

/** Sends, and sends, until nobody listens. */
function endless(milliseconds: number): Behaviour {
  const size = milliseconds === 0 ? 65_536 : 4;
  return async (line) => {
    line.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    while (line.open) {
      line.write(`${size.toString(16)}\r\n${"a".repeat(size)}\r\n`);
      await sleep(milliseconds);
    }
  };
}
