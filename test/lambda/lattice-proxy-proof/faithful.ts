import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";

import { type Case, framed } from "./generate";
import type { Front, Known } from "./fronts/front";
import { byName, type Header, valuesOf } from "./message";
import { arrived, arriving, returning } from "./policy";
import { DOMAINS, type Exchange, type Service, type World } from "./world";

/** Where cases go. */
export interface Destination {
  readonly service: Service;
  readonly host: string;
  readonly signed: boolean;
}

export const SHOP: Destination = { service: "shop", host: "shop.example.com", signed: true };
export const OPEN: Destination = { service: "open", host: "open.example.com", signed: false };

/**
 * Sends a request and compares each byte of what arrives, and of what comes back, with what the front let through.
 *
 * @throws Refused when the front itself does not take the request
 * @throws AssertionError
 */
export async function checkFaithful(world: World, front: Front, to: Destination, one: Case): Promise<void> {
  const service = world.services[to.service];
  world.forget();
  service.behaviour = (line) => {
    const bytes = framed(one);
    if (endsByClosing(one)) line.end(bytes);
    else line.write(bytes);
  };
  const exchange = await world.send(front, one.request);
  deepEqual(world.faults, [], "what arrived was no request");
  if (isDamaged(exchange.known, one.request.body)) {
    equal(exchange.answer.status, 400, "the front lost bytes, and the function did not notice");
    deepEqual(world.received, []);
    return;
  }
  checkArrival(world, front, to, exchange);
  checkReturn(front, one, exchange);
}

function endsByClosing({ answer, framing, request }: Case): boolean {
  return valuesOf(answer.headers, "connection").length > 0 || (framing === "close" && request.method !== "HEAD");
}

/** Whether the front lost bytes of the request, or says that it did: then it must not be passed on as if it were whole. */
function isDamaged({ query, headers, body }: Known, sent: Buffer): boolean {
  if (typeof query !== "string" && JSON.stringify(query).includes("\ufffd")) return true;
  if (headers.some(([, value]) => value.includes("\ufffd")) || !body.equals(sent)) return true;
  const [length] = valuesOf(headers, "content-length");
  return length !== undefined && length !== String(body.length);
}

function checkArrival(world: World, front: Front, to: Destination, { known, outcome }: Exchange): void {
  const { domain, port } = { domain: DOMAINS[to.service], port: world.services[to.service].port };
  equal(world.received.length, 1, `arrived: ${world.received.length}; log: ${outcome.output}`);
  const request = world.services[to.service].only;
  equal(request.method, known.method);
  ok(/^\/[\x21-\x7e]*$/.test(request.target), `target ${request.target}`);
  const { path, query } = front.read(request);
  equal(path, known.path);
  deepEqual(query, known.query);
  deepEqual(valuesOf(request.headers, "host").map(withoutPort), [domain]);
  deepEqual(sorted(arrived(request.headers, to.signed)), sorted(arriving(known, to.host, to.signed)));
  ok(request.body.equals(known.body), `body of ${request.body.length} bytes, not ${known.body.length}`);
  if (to.signed) world.verify(request);
  for (const connection of outcome.connections) ok(connection.endsWith(`:${port}`), connection);
  equal(outcome.records.length, 1, outcome.output);
  equal(outcome.records[0]?.details, "via_upstream", outcome.output);
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "");
}

function checkReturn(front: Front, one: Case, { answer, outcome }: Exchange): void {
  equal(answer.status, one.answer.status);
  const texts = one.answer.headers;
  const expected = front.headersBack(returning(withFraming(one, texts)));
  const got = byName(answer.headers.filter(([name]) => !/^content-length$/i.test(name)));
  const told = front.form === "alb" ? new Map([...got].map(([name, values]) => [name, [values.join()]])) : got;
  deepEqual(sorted(joinedAlike(told)), sorted(joinedAlike(expected)));
  ok(answer.body.equals(one.answer.body), `body of ${answer.body.length} bytes, not ${one.answer.body.length}`);
  checkEncoding(one, outcome.result);
}

/** What the framing says of the connection ends at this hop too. */
function withFraming({ framing }: Case, headers: readonly Header[]): readonly Header[] {
  return framing === "close" ? [...headers, ["connection", "close"]] : headers;
}

/** Base64 only for what is no text: anything else is a third larger, and cannot be read in logs. */
function checkEncoding({ answer }: Case, result: unknown): void {
  const { isBase64Encoded = false } = result as { readonly isBase64Encoded?: boolean };
  const isUtf8 = Buffer.from(answer.body.toString()).equals(answer.body);
  const isPacked = valuesOf(answer.headers, "content-encoding").length > 0;
  const [type = ""] = valuesOf(answer.headers, "content-type");
  const isCalledText = /^(text\/|application\/(json|xml|problem\+json))/i.test(type);
  if (isUtf8 && !isPacked && isCalledText) equal(isBase64Encoded, false, "base64 of text");
  if (!isUtf8) equal(isBase64Encoded, true);
}

/** A list in one header is the same with a space behind its commas or without (RFC 9110, section 5.6.1). */
function joinedAlike(headers: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map([...headers].map(([name, values]) => [name, values.map((value) => value.replace(/,[ \t]*/g, ","))]));
}

function sorted(headers: ReadonlyMap<string, readonly string[]>): readonly (readonly [string, readonly string[]])[] {
  return [...headers].sort(([one], [other]) => (one < other ? -1 : 1));
}
