import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";
import { gzipSync } from "node:zlib";

import fc from "fast-check";

import { REASONS, type Reason } from "../../../lambda/lattice-proxy/contract";
import { checkFaithful, type Destination, OPEN, SHOP } from "./faithful";
import { type Front, Refused } from "./fronts/front";
import { FRONTS } from "./fronts";
import { cases } from "./generate";
import {
  checkHarmless,
  checkHostileRequest,
  HOSTILE_PATHS,
  HOSTILE_REQUESTS,
  staysInside,
  STRANGE_EVENTS,
  tampered,
  TAMPERINGS,
} from "./hostile";
import { type Header, isBodiless, type RequestMessage, valuesOf, writeAnswer } from "./message";
import { BEARER_HEADER } from "./policy";
import { answerWith, type Behaviour } from "./upstream";
import { CLIENT, type Exchange, type World } from "./world";

/** What must hold of the function, whatever its code looks like. Each fails by an error. */
export const CHECKS = {
  "what a front lets through arrives and returns byte for byte": async (world) => {
    for (const front of FRONTS) {
      await checkSample(world, front, SHOP, 24);
      await checkSample(world, front, OPEN, 8);
    }
  },

  "a query is the same text, where its text is known": async (world) => {
    const target = "/a%20b/%C3%A9?b=1&a=%2F+%2B&b=2&&c&=d&e=%zz&f='()*!~";
    for (const front of FRONTS.filter(({ form }) => form === "httpApi")) {
      await send(world, front, { target });
      equal(world.services.shop.only.target, target);
    }
    for (const front of FRONTS.filter(({ kind }) => kind === "alb")) {
      await send(world, front, { target: "/a%20b/%c3%a9?a=%2F+%2B'()*!~%7E%41" });
      equal(world.services.shop.only.target, "/a%20b/%c3%a9?a=%2F+%2B'()*!~%7E%41");
    }
  },

  "every value of a header arrives and returns": async (world) => {
    const headers: readonly Header[] = [
      ["x-own", "first"],
      ["x-own", "second"],
    ];
    world.services.shop.behaviour = answer(200, [
      ["Link", "<a>; rel=prev"],
      ["Link", "<b>; rel=next"],
    ]);
    for (const front of FRONTS.filter(({ form }) => form !== "alb")) {
      const { answer: got } = await send(world, front, { headers });
      equal(valuesOf(world.services.shop.only.headers, "x-own").join(), "first,second", front.form);
      equal(valuesOf(got.headers, "link").join().replace(/, /g, ","), "<a>; rel=prev,<b>; rel=next", front.form);
    }
  },

  "each cookie of an answer is a header of its own": async (world) => {
    const cookies = ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2; Path=/", "c=3"];
    world.services.shop.behaviour = answer(
      200,
      cookies.map((cookie): Header => ["Set-Cookie", cookie]),
    );
    for (const front of FRONTS.filter(({ form }) => form !== "alb")) {
      const { answer: got } = await send(world, front);
      deepEqual(valuesOf(got.headers, "set-cookie"), cookies, front.form);
    }
  },

  "a body is base64 when it is no text, and only then": async (world) => {
    const packed: Header = ["Content-Encoding", "gzip"];
    for (const [body, headers, base64] of [
      ['{"a":"Grüße"}', [["Content-Type", "application/json"]], false],
      ["<p>Grüße</p>", [["Content-Type", "text/html; charset=utf-8"]], false],
      ["a", [["Content-Type", "application/problem+json"]], false],
      [Buffer.from([0xff, 0xd8, 0xff, 0xe0]), [["Content-Type", "image/jpeg"]], true],
      [Buffer.from("Gr\xfc\xdfe", "latin1"), [["Content-Type", "text/plain"]], true],
      [gzipSync("packed"), [["Content-Type", "text/plain"], packed], true],
      [Buffer.from([0x80]), [], true],
    ] as const) {
      world.services.shop.behaviour = answer(200, headers, Buffer.from(body));
      for (const front of FRONTS) {
        const { answer: got, outcome } = await send(world, front);
        ok(got.body.equals(Buffer.from(body)), front.form);
        equal((outcome.result as { readonly isBase64Encoded: unknown }).isBase64Encoded, base64, front.form);
      }
    }
  },

  "a service's answer stays what it is, also when it is an error": async (world) => {
    for (const status of [200, 201, 301, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504, 599]) {
      const body = Buffer.from(`{"status":${status}}`);
      world.services.shop.behaviour = answer(status, [["Content-Type", "application/json"]], body);
      for (const front of FRONTS) {
        const { answer: got, outcome } = await send(world, front, { method: "POST" });
        equal(got.status, status, front.form);
        ok(got.body.equals(body), `${front.form} ${status}`);
        equal(outcome.records[0]?.reason, undefined);
        deepEqual(valuesOf(got.headers, "proxy-status"), []);
      }
    }
  },

  "a request without a body has none, and every method is as good as GET": async (world) => {
    for (const front of FRONTS) {
      for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
        world.services.shop.behaviour = answer(200, [], Buffer.from(method === "HEAD" ? "" : "answer"));
        const { answer: got } = await send(world, front, { method });
        const { head, body } = world.services.shop.only;
        ok(head.startsWith(`${method} / HTTP/1.1\r\n`), head);
        equal(body.length, 0);
        ok(!/^transfer-encoding:/im.test(head), head);
        equal(String(got.body), isBodiless(method, 200) ? "" : "answer");
      }
    }
  },

  "a client's own proof arrives beside the signature": async (world) => {
    const headers: readonly Header[] = [
      ["Authorization", "Bearer own"],
      [BEARER_HEADER, "Bearer forged"],
      ["X-Amz-Security-Token", "forged"],
    ];
    for (const front of FRONTS) {
      await send(world, front, { headers });
      const signed = world.services.shop.only;
      world.verify(signed);
      deepEqual(valuesOf(signed.headers, BEARER_HEADER), ["Bearer own"], front.form);
      await send(world, front, { headers, host: "open.example.com" });
      const plain = world.services.open.only;
      deepEqual(valuesOf(plain.headers, "authorization"), ["Bearer own"], front.form);
      deepEqual(valuesOf(plain.headers, BEARER_HEADER), []);
      deepEqual(valuesOf(plain.headers, "x-amz-security-token"), []);
    }
  },

  "what a connection says of itself ends with it": async (world) => {
    world.services.shop.behaviour = answer(200, [
      ["Connection", "X-Hop, keep-alive"],
      ["X-Hop", "1"],
      ["Keep-Alive", "timeout=5"],
      ["Proxy-Connection", "keep-alive"],
    ]);
    const headers: readonly Header[] = [
      ["Connection", "close, x-hop, host, x-amz-date"],
      ["X-Hop", "1"],
      ["Keep-Alive", "timeout=5"],
      ["TE", "trailers"],
      ["Proxy-Authorization", "Basic c2VjcmV0"],
    ];
    for (const front of FRONTS) {
      const { answer: got } = await send(world, front, { headers });
      const { headers: arrived } = world.services.shop.only;
      for (const name of ["x-hop", "keep-alive", "te", "proxy-authorization"]) {
        deepEqual(valuesOf(arrived, name), [], `${front.form} ${name}`);
      }
      for (const name of ["x-hop", "keep-alive", "proxy-connection", "connection"]) {
        deepEqual(valuesOf(got.headers, name), [], `${front.form} ${name}`);
      }
      world.verify(world.services.shop.only);
    }
  },

  "what is not listed is refused": async (world) => {
    for (const front of FRONTS) {
      await refuses(world, front, "unknown_host", { host: "evil.example" });
      await refuses(world, front, "unknown_host", { host: "tenants.example.com" });
      for (const target of ["/", "/v10", "/admin", "/v"]) {
        await refuses(world, front, "unknown_path", { host: "api.example.com", target });
      }
      const { answer: got } = await refuses(world, front, "unknown_method", {
        host: "api.example.com",
        target: "/v1/a",
        method: "DELETE",
      });
      equal(valuesOf(got.headers, "allow").join().replace(/ /g, ""), "GET,POST");
      for (const host of ["shop.example.com:443", "SHOP.example.com", "shop.example.com."]) {
        await send(world, front, { host });
        equal(world.services.shop.received.length, 1, host);
      }
      await send(world, front, { host: "one.tenants.example.com" });
      equal(world.services.open.received.length, 1);
    }
  },

  "the destination never changes": async (world) => {
    for (const front of FRONTS) {
      for (const request of HOSTILE_REQUESTS) await checkHostileRequest(world, front, request);
    }
  },

  "nobody leaves the paths of a host": async (world) => {
    for (const front of FRONTS) {
      for (const target of HOSTILE_PATHS) {
        await attempt(world, front, { host: "api.example.com", target });
        for (const { target: arrived } of world.received)
          ok(staysInside(arrived), `${front.form} ${target}: ${arrived}`);
      }
    }
  },

  "no event makes more of it than one request": async (world) => {
    for (const front of FRONTS) {
      for (const tampering of TAMPERINGS) await checkHarmless(world, front, tampered(front, tampering));
      for (const event of STRANGE_EVENTS) await checkHarmless(world, front, event, true);
      for (const other of FRONTS.filter(({ kind }) => kind !== front.kind)) {
        await checkHarmless(world, front, other.enter(plainRequest({}), CLIENT).event, true);
        equal(world.received.length, 0, `${front.form} took an event of ${other.form}`);
      }
    }
  },

  "services are who they say": async (world) => {
    for (const service of ["wrongName", "expired", "selfSigned"] as const) {
      const host = `${service.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)}.example.com`;
      const { answer: got } = await refuses(world, FRONTS[1], "tls_certificate_error", { host, body: "secret" });
      ok(!/cert|expired|self|altname|lattice/i.test(String(got.body)), String(got.body));
    }
  },

  "what must not be done twice is not": async (world) => {
    const { shop } = world.services;
    for (const method of ["POST", "PATCH"]) {
      await send(world, FRONTS[1]);
      shop.behaviour = resetOnReuse(shop.connections);
      const { answer: got } = await attempt(world, FRONTS[1], { method, body: "once" });
      equal(got?.status, REASONS.connection_terminated.status, method);
      equal(shop.received.length, 1, method);
    }
    for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]) {
      shop.behaviour = answer(200);
      await send(world, FRONTS[1]);
      shop.behaviour = resetOnReuse(shop.connections);
      // Also where nothing else is repeated: that the service had closed the connection is nobody's fault.
      const { answer: got } = await send(world, FRONTS[1], { method, host: "once.example.com" });
      equal(got.status, 200, method);
      equal(shop.received.length, 2, method);
      for (const request of shop.received) world.verify(request);
    }
  },

  "connections are kept and used again": async (world) => {
    for (const front of FRONTS) {
      await send(world, front);
      const before = world.services.shop.connections;
      for (let times = 0; times < 5; times += 1) await send(world, front, { method: "POST", body: "body" });
      equal(world.services.shop.connections, before, front.form);
    }
  },

  "a body of which the front lost bytes goes nowhere": async (world) => {
    const body = Buffer.from([0x61, 0xff, 0x62]);
    const question: Question = { method: "POST", headers: TEXT, body };
    for (const front of FRONTS.filter(({ kind }) => kind !== "restApi")) {
      await refuses(world, front, "bad_request", question);
      await refuses(world, front, "bad_request", { ...question, headers: [...TEXT, CHUNKED] });
    }
    for (const headers of [TEXT, [...TEXT, CHUNKED]]) {
      await send(world, FRONTS[2], { ...question, headers });
      ok(world.services.shop.only.body.equals(body), "a REST API loses nothing");
    }
  },

  "a header of which the front lost bytes goes nowhere": async (world) => {
    for (const front of FRONTS) {
      await refuses(world, front, "bad_request", { headers: [["X-Own", "Gr\xfc\xdfe"]] });
      await send(world, front, { headers: [["X-Own", "Gr\xc3\xbc\xc3\x9fe"]] });
      equal(valuesOf(world.services.shop.only.headers, "x-own").join(), "Gr\xc3\xbc\xc3\x9fe", front.form);
    }
  },

  "each request is signed with the credentials of its time": async (world) => {
    const { event } = FRONTS[1].enter(plainRequest({}), CLIENT);
    const instance = await world.start("alb");
    try {
      const next = { id: "AKIDNEXT", secret: "next", sessionToken: "next-token" };
      world.forget();
      await instance.invoke(event);
      world.verify(world.services.shop.only);
      await instance.invoke(event, undefined, {
        AWS_ACCESS_KEY_ID: next.id,
        AWS_SECRET_ACCESS_KEY: next.secret,
        AWS_SESSION_TOKEN: next.sessionToken,
      });
      const [, second] = world.services.shop.received;
      ok(second !== undefined, "the second request did not arrive");
      equal(world.verify(second, new Map([[next.id, next]])), next.id);
      world.forget();
      const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" };
      const { result, records } = await instance.invoke(event, undefined, none);
      equal(world.leave(FRONTS[1], result, "GET").status, 503);
      equal(records[0]?.reason, "no_credentials");
      equal(world.received.length, 0);
    } finally {
      await instance.stop();
    }
  },

  "no secret stands in any log": async (world) => {
    const secrets = ["bearer-secret", "cookie-secret", "query-secret", "body-secret", "own-secret", "answer-secret"];
    const [bearer = "", cookie = "", query = "", body = "", own = "", answered = ""] = secrets;
    const headers: readonly Header[] = [
      ["Authorization", `Bearer ${bearer}`],
      ["Cookie", `a=${cookie}`],
      ["X-Own", own],
      ["User-Agent", "agent"],
      ["X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678"],
    ];
    for (const front of FRONTS) {
      for (const [host, target, status] of [
        ["shop.example.com", `/a?token=${query}`, 200],
        ["open.example.com", `/a?token=${query}`, 500],
        ["evil.example", `/a?token=${query}`, 200],
        ["api.example.com", `/b?token=${query}`, 200],
        ["wrong-name.example.com", `/a?token=${query}`, 200],
      ] as const) {
        const behaviour = answer(status, [["Set-Cookie", answered]], Buffer.from(answered));
        world.services.shop.behaviour = behaviour;
        world.services.open.behaviour = behaviour;
        const { outcome } = await attempt(world, front, { method: "POST", host, target, headers, body });
        equal(outcome?.records.length, 1);
        const [record] = outcome.records;
        deepEqual([record?.host, record?.method, record?.client], [host, "POST", CLIENT.address]);
        ok(record?.path === "/a" || record?.path === "/b", String(record?.path));
        equal(record.trace, "Root=1-67891233-abcdef012345678912345678");
        for (const secret of [...secrets, "proof/secret", "session+token", "Signature="]) {
          ok(!outcome.output.includes(secret), `the log has ${secret}: ${outcome.output}`);
        }
      }
    }
  },
} satisfies Record<string, (world: World) => Promise<void>>;

const TEXT: readonly Header[] = [["Content-Type", "text/plain"]];
const CHUNKED: Header = ["Transfer-Encoding", "chunked"];

/** Names of {@link CHECKS}. */
export type CheckName = keyof typeof CHECKS;

/** A request in the words that matter. */
export interface Question {
  readonly method?: string;
  readonly host?: string;
  readonly target?: string;
  readonly headers?: readonly Header[];
  readonly body?: string | Buffer;
}

/** Sends it, having forgotten all others. @throws Refused by the front */
export async function send(
  world: World,
  front: Front,
  question: Question = {},
  milliseconds?: number,
): Promise<Exchange> {
  world.forget();
  return world.send(front, plainRequest(question), milliseconds);
}

/** Expects the function itself to answer, nothing to arrive, and a reason in log and answer. */
export async function refuses(world: World, front: Front, reason: Reason, question: Question): Promise<Exchange> {
  const exchange = await expectReason(world, front, reason, question);
  equal(world.received.length, 0, JSON.stringify(question));
  return exchange;
}

/** Expects the function itself to answer for this reason. */
export async function expectReason(
  world: World,
  front: Front,
  reason: Reason,
  question: Question = {},
  milliseconds?: number,
): Promise<Exchange> {
  const exchange = await send(world, front, question, milliseconds);
  const { status, error, words } = REASONS[reason];
  equal(exchange.outcome.records[0]?.reason, reason, exchange.outcome.output);
  equal(exchange.answer.status, status);
  equal(exchange.outcome.records[0].status, status);
  equal(String(exchange.answer.body), question.method === "HEAD" ? "" : `${words}\n`);
  ok(valuesOf(exchange.answer.headers, "proxy-status").join().includes(`error=${error}`), error);
  return exchange;
}

/** Answers every request with this. */
export function answer(status: number, headers: readonly Header[] = [], body: Buffer = Buffer.alloc(0)): Behaviour {
  const length: readonly Header[] = status === 204 ? [] : [["Content-Length", String(body.length)]];
  return answerWith(writeAnswer({ status, reason: "As Asked", headers: [...headers, ...length], body }));
}

async function checkSample(world: World, front: Front, to: Destination, size: number): Promise<void> {
  let checked = 0;
  for (const one of fc.sample(cases(to.host), { seed: 2026, numRuns: size * 2 })) {
    try {
      await checkFaithful(world, front, to, one);
      checked += 1;
    } catch (error) {
      // The function never saw it.
      if (!(error instanceof Refused) || error.status >= 500) throw error;
    }
    if (checked === size) return;
  }
  throw new Error(`the front took only ${checked} requests`);
}

function plainRequest({
  method = "GET",
  host = "shop.example.com",
  target = "/",
  headers = [],
  body = "",
}: Question): RequestMessage {
  const bytes = Buffer.from(body);
  const isTold = bytes.length === 0 || valuesOf(headers, "transfer-encoding").length > 0;
  const length: readonly Header[] = isTold ? [] : [["Content-Length", String(bytes.length)]];
  return { method, target, headers: [["Host", host], ...headers, ...length], body: bytes };
}

/** As {@link send}; nothing when the front itself refuses it. */
async function attempt(world: World, front: Front, question: Question): Promise<Partial<Exchange>> {
  try {
    return await send(world, front, question);
  } catch (error) {
    if (error instanceof Refused && error.status < 500) return {};
    throw error;
  }
}

/** Breaks off each request on a connection that was there before. */
function resetOnReuse(connections: number): Behaviour {
  const usual = answer(200);
  return (line, request) => {
    if (request.connection <= connections) line.reset();
    else usual(line, request);
  };
}
