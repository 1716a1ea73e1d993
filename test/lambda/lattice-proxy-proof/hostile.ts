import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from "node:assert/strict";

import type { Front } from "./fronts/front";
import { oneRequest, Refused } from "./fronts/front";
import { splitTarget, valuesOf } from "./message";
import { answerWith } from "./upstream";
import { ADDRESS, CLIENT, DOMAINS, type Service, type World } from "./world";

/* What clients send to reach something else, or to have one request taken for two. Whatever becomes of it: the destination never changes. */

/** Requests, byte for byte as far as `\r\n` and each front read them. Where a front refuses one, nobody behind it is asked. */
export const HOSTILE_REQUESTS: readonly string[] = [
  // Another destination by the target.
  ...[
    "//evil.example/x",
    "///evil.example",
    "/\\evil.example/",
    "/http://evil.example/",
    "http://evil.example/x",
    "https://shop.example.com@evil.example/",
    "http://169.254.169.254/latest/meta-data/",
    "/@evil.example",
    "/;@evil.example:80/",
    "/..//evil.example",
    "/%2F%2Fevil.example",
    "/%5C%5Cevil.example",
    "/a?@evil.example",
    "/a#@evil.example",
    "/a%23@evil.example",
    "/a%3F@evil.example",
    "evil.example:443",
    "@evil.example",
    ".evil.example/",
    ":80/",
    "*",
    "?a=b",
    "/%0d%0aHost:%20evil.example",
    "/%0D%0A%0D%0AGET%20/smuggled%20HTTP/1.1%0D%0AHost:%20evil.example%0D%0A%0D%0A",
    "/%250d%250aX-Injected:%201",
    "/a?b=%0d%0aX-Injected:%201",
    "/a?b%0aX-Injected:%201=c",
    "/a%00b",
    "/a?b=%00",
    "/%20HTTP/1.1%0d%0aX-Injected:%201",
    "/\xc4\x8d\xc4\x8aX-Injected:%201",
  ].map((target) => get(target)),
  // Another destination by the host.
  ...[
    "evil.example",
    "shop.example.com.evil.example",
    "evil.example/shop.example.com",
    "evil.example#shop.example.com",
    "evil.example?shop.example.com",
    "shop.example.com@evil.example",
    "shop.example.com:443@evil.example",
    "shop.example.com:x",
    "shop.example.com:443:443",
    "shop.example.com, evil.example",
    "shop.example.com evil.example",
    "shop.example.com%00evil.example",
    "127.0.0.1",
    "[::1]",
    "169.254.169.254",
    "localhost",
    "*.tenants.example.com",
    ".tenants.example.com",
    "tenants.example.com",
    "a..tenants.example.com",
    "a.tenants.example.com.evil.example",
    "evil.example/.tenants.example.com",
    "evil.example:80@a.tenants.example.com",
    "a\tb.tenants.example.com",
    "__proto__",
    "constructor",
    "toString",
    "",
    DOMAINS.shop,
    DOMAINS.open,
  ].map((host) => get("/a", host)),
  // Another destination, or another caller, by other headers.
  ...[
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Server: evil.example\r\nForwarded: host=evil.example",
    "X-Host: evil.example\r\nX-Original-Host: evil.example",
    "X-Original-URL: /smuggled\r\nX-Rewrite-URL: /smuggled",
    "X-HTTP-Method-Override: DELETE",
    ":authority: evil.example",
    "Connection: host",
    "Connection: close, host, authorization, x-amz-date, x-amz-security-token, x-amz-content-sha256",
    "Connection: x-forwarded-host, x-forwarded-for, content-length",
    "Connection: upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
    "Authorization: AWS4-HMAC-SHA256 Credential=EVIL/20260101/eu-central-1/vpc-lattice-svcs/aws4_request",
    "X-Amz-Date: 20200101T000000Z\r\nX-Amz-Security-Token: forged\r\nX-Amz-Content-Sha256: forged",
    "x_amz_date: forged",
    "X-Client-Authorization: forged",
    "X-Amzn-Lattice-Identity: forged",
    "Expect: 100-continue",
    "TE: trailers, chunked",
    "Trailer: X-Injected",
    "Proxy-Connection: keep-alive",
    "X-A: b\rX-Injected: 1",
    "X-A: b\nX-Injected: 1",
    "X-A: b\r\n X-Injected: 1",
    "X-A: b\0c",
    "X-A: b\xc4\x8d\xc4\x8aX-Injected: 1",
    "X-A : b",
    "Host: evil.example",
    "Host: shop.example.com",
  ].map((headers) => `GET /a HTTP/1.1\r\nHost: shop.example.com\r\n${headers}\r\n\r\n`),
  // Two requests in one.
  ...[
    [
      "Content-Length: 4\r\nTransfer-Encoding: chunked",
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
    [
      "Transfer-Encoding: chunked\r\nContent-Length: 4",
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
    ["Content-Length: 0\r\nContent-Length: 44", "GET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n"],
    ["Content-Length: 0, 44", "GET /smuggled HTTP/1.1\r\nHost: evil.example\r\n\r\n"],
    ["Content-Length: +4", "abcd"],
    ["Content-Length: 0x4", "abcd"],
    ["Transfer-Encoding: xchunked", "0\r\n\r\n"],
    ["Transfer-Encoding: gzip, chunked", "0\r\n\r\n"],
    ["Transfer-Encoding: identity", "abcd"],
    ["Transfer-Encoding : chunked", "0\r\n\r\n"],
    ["Transfer-Encoding:\x0bchunked", "0\r\n\r\n"],
    ["Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"],
    ["Transfer-Encoding: chunked", "2\r\nab\r\n0\r\n\r\n"],
    ["Content-Length: 44", "GET /smuggled HTTP/1.1\r\nHost: evil.example\r\n"],
    ["Content-Type: text/plain\r\nContent-Length: 26", "0\r\n\r\nGET /smuggled HTTP/1.1"],
  ].map(([headers, body]) => `POST /a HTTP/1.1\r\nHost: shop.example.com\r\n${String(headers)}\r\n\r\n${String(body)}`),
  // Methods.
  ...["CONNECT", "TRACE", "get", "PRI", "G\x00T", "GET /x HTTP/1.1\r\nHost: evil.example\r\n\r\nGET"].map(
    (method) => `${method} /a HTTP/1.1\r\nHost: shop.example.com\r\n\r\n`,
  ),
];

/** Paths that try to leave those of `api.example.com`, which are `/v1` and what is below `/files/`. */
export const HOSTILE_PATHS: readonly string[] = [
  ...["/admin", "/", "/v10", "/V1", "/v1\\..\\admin", "/v1x", "/files", "/file", "/.", "/.."],
  ...["/v1/../admin", "/v1/./../admin", "/v1/%2e%2e/admin", "/v1/.%2e/admin", "/v1/%2E%2E%2Fadmin", "/v1/..%2fadmin"],
  ...["/v1%2f..%2fadmin", "/v1/%252e%252e/admin", "/v1/..%252fadmin", "/v1/..;/admin", "/v1/..;a=b/admin"],
  ...["/v1/..%5cadmin", "/v1/%2e%2e%5c%2e%2e%5cadmin", "//v1/../admin", "/v1//../../admin", "/v1/..%00/admin"],
  ...["/v1/..%3fadmin", "/v1/..%23/admin", "/files/%2e%2e/v1/../admin", "/files/..", "/v1/..", "/v1/.."],
  ...["/%76%31/../admin", "/v1%3f/../admin", "/v1%0d%0a/../admin", "/%2e%2e/v1", "/%2e/v1/%2e%2e/%2e%2e/x"],
];

/** Sends bytes through a front, if it takes them. @throws AssertionError when harm was done behind it */
export async function checkHostileRequest(world: World, front: Front, text: string): Promise<void> {
  try {
    const { event } = front.enter(oneRequest(Buffer.from(text, "latin1")), CLIENT);
    await checkHarmless(world, front, event);
  } catch (error) {
    if (!(error instanceof Refused) || error.status >= 500) throw error;
  }
}

/** A change to an event that no front would make; but who may call the function could. */
export interface Tampering {
  readonly name: string;
  readonly headers?: Readonly<Record<string, readonly unknown[]>>;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly method?: unknown;
  readonly path?: unknown;
  /** Undecoded, as the text of a query. */
  readonly query?: string;
}

const INJECTED = "b\r\nX-Injected: 1";

export const TAMPERINGS: readonly Tampering[] = [
  { name: "a line break in a value", headers: { "x-a": [INJECTED] } },
  { name: "a line feed in a value", headers: { "x-a": ["b\nX-Injected: 1"] } },
  { name: "a carriage return in a value", headers: { "x-a": ["b\rX-Injected: 1"] } },
  { name: "NUL in a value", headers: { "x-a": ["b\0"] } },
  { name: "characters whose low bytes are line breaks", headers: { "x-a": ["b\u010d\u010aX-Injected: 1"] } },
  { name: "half a character in a value", headers: { "x-a": ["\ud83d"] } },
  { name: "a line break in a name", headers: { "x-a: b\r\nX-Injected": ["1"] } },
  { name: "a space in a name", headers: { "x a": ["1"] } },
  { name: "a colon in a name", headers: { "x-a:b": ["1"] } },
  { name: "a name of HTTP/2", headers: { ":authority": ["evil.example"] } },
  { name: "no name", headers: { "": ["1"] } },
  { name: "a value that is no text", headers: { "x-a": [{ toString: "b" }, 1, null] } },
  { name: "two hosts", headers: { host: ["shop.example.com", "evil.example"] } },
  { name: "two hosts in one", headers: { host: ["shop.example.com,evil.example"] } },
  { name: "a line break in the host", headers: { host: ["shop.example.com\r\nX-Injected: 1"] } },
  { name: "hosts that differ in case of their name", headers: { Host: ["evil.example"] } },
  { name: "no host", headers: { host: [] } },
  { name: "two lengths", headers: { "content-length": ["0", "44"] } },
  { name: "another length", headers: { "content-length": ["44"] } },
  { name: "a length beside chunks", headers: { "content-length": ["0"], "transfer-encoding": ["chunked"] } },
  { name: "chunks", headers: { "transfer-encoding": ["chunked"] } },
  { name: "chunks of something", headers: { "transfer-encoding": ["gzip, chunked"] } },
  { name: "an upgrade", headers: { connection: ["upgrade"], upgrade: ["websocket"] } },
  { name: "an end of its own signature", headers: { connection: ["authorization, host, x-amz-date"] } },
  { name: "a second request in the method", method: "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\nGET" },
  { name: "a tunnel", method: "CONNECT", path: "evil.example:443" },
  { name: "TRACE", method: "TRACE" },
  { name: "no method", method: "" },
  { name: "a method that is none", method: 7 },
  { name: "an absolute URL", path: "http://evil.example/" },
  { name: "an authority", path: "//evil.example/" },
  { name: "a user", path: "@evil.example/" },
  { name: "a port", path: ":80/" },
  { name: "a line break in the path", path: "/a HTTP/1.1\r\nX-Injected: 1\r\n\r\n" },
  { name: "a fragment", path: "/a#b" },
  { name: "a query in the path", path: "/a?X-Amz-Security-Token=forged" },
  { name: "dots", path: "/../../admin" },
  { name: "a path that is none", path: null },
  { name: "an empty path", path: "" },
  { name: "half a character in the path", path: "/\udc00" },
  { name: "characters above a byte in the path", path: "/\u010d\u010aX-Injected:1" },
  { name: "a line break in the query", query: "a=b HTTP/1.1\r\nX-Injected: 1\r\n\r\n" },
  { name: "a line break in a parameter's name", query: "a\r\nX-Injected: 1=b" },
  { name: "a fragment in the query", query: "a=b#c" },
  { name: "a space in the query", query: "a=b c" },
  { name: "a body that is none", fields: { body: { a: 1 } } },
  { name: "a body that is no base64", fields: { body: "###", isBase64Encoded: true } },
  { name: "a body that is said to be base64 by a text", fields: { body: "b2s=", isBase64Encoded: "true" } },
  { name: "headers that are none", fields: { headers: 7, multiValueHeaders: 7 } },
  { name: "headers in a list", fields: { headers: [], multiValueHeaders: [] } },
];

/** Events that come from no front. */
export const STRANGE_EVENTS: readonly unknown[] = [
  null,
  "event",
  7,
  [],
  {},
  { Records: [{ eventSource: "aws:sqs", body: "{}" }] },
  { source: "aws.events", "detail-type": "Scheduled Event", detail: {} },
  { requestContext: null, httpMethod: "GET", path: "/" },
  { version: "2.0", requestContext: {}, rawPath: "/" },
  { version: "1.0", httpMethod: "GET", path: "/", headers: { Host: "shop.example.com" }, requestContext: {} },
];

/** The front's own event for a plain request, with this done to it. */
export function tampered(front: Front, { headers, fields, method, path, query }: Tampering): unknown {
  const { event } = front.enter(oneRequest(Buffer.from(get("/a?b=c"), "latin1")), CLIENT);
  const changed: Record<string, unknown> = { ...event };
  for (const [name, values] of Object.entries(headers ?? {})) {
    for (const [map, value] of [
      ["headers", values.at(-1)],
      ["multiValueHeaders", values],
    ] as const) {
      if (map in changed) changed[map] = { ...(changed[map] as object), [name]: value };
    }
  }
  if (method !== undefined) {
    changed.httpMethod = method;
    const context = changed.requestContext as { readonly http?: object };
    if (front.kind === "httpApi") changed.requestContext = { ...context, http: { ...context.http, method } };
  }
  if (path !== undefined) changed[front.kind === "httpApi" ? "rawPath" : "path"] = path;
  if (query !== undefined) {
    const [name = "", value = ""] = query.split("=");
    if (front.kind === "httpApi") changed.rawQueryString = query;
    if ("queryStringParameters" in changed) changed.queryStringParameters = { [name]: value };
    if ("multiValueQueryStringParameters" in changed) changed.multiValueQueryStringParameters = { [name]: [value] };
  }
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (name in changed || !name.toLowerCase().endsWith("headers")) changed[name] = value;
  }
  return changed;
}

/**
 * Hands the function an event, whoever made it.
 *
 * @param strange whether the event has no form in which an answer would be of use
 * @throws AssertionError when anything but its destination was reached, or by anything but one request of its own
 */
export async function checkHarmless(world: World, front: Front, event: unknown, strange = false): Promise<number> {
  world.forget();
  for (const service of Object.values(world.services)) service.behaviour = OK;
  const instance = await world.instance(front.kind);
  const outcome = await instance.invoke(event).catch((error: unknown) => {
    if (strange) return undefined;
    throw error;
  });
  const status = outcome === undefined ? 500 : Number((outcome.result as { readonly statusCode: unknown }).statusCode);
  if (!strange) front.leave(outcome?.result);
  deepEqual(world.faults, [], "what arrived was no request");
  for (const name of outcome?.lookups ?? []) ok(Object.values<string>(DOMAINS).includes(name), `looked up ${name}`);
  const ends = Object.values(world.services).map(({ port }) => `${ADDRESS}:${port}`);
  for (const connection of outcome?.connections ?? []) ok(ends.includes(connection), `connected to ${connection}`);
  ok(world.received.length <= 1, `${world.received.length} requests arrived`);
  for (const [service, { received }] of Object.entries(world.services)) {
    for (const request of received) checkRequest(world, service as Service, request);
  }
  if (world.received.length === 0) {
    ok(status >= 400 && status <= 500, `status ${status} without a service`);
  }
  return status;
}

function checkRequest(world: World, service: Service, request: World["received"][number]): void {
  deepEqual(
    valuesOf(request.headers, "host").map((host) => host.replace(/:\d+$/, "")),
    [DOMAINS[service]],
  );
  ok(!/injected|smuggled/i.test(request.headers.flatMap(([name]) => name).join()), request.head);
  ok(/^\/[\x21-\x7e]*$/.test(request.target), request.target);
  ok(!request.target.includes("#"), request.target);
  for (const host of valuesOf(request.headers, "x-forwarded-host")) ok(!host.includes("evil"), host);
  for (const name of ["x-amzn-lattice-identity", "upgrade", "te", "trailer", "transfer-encoding"]) {
    deepEqual(valuesOf(request.headers, name), [], name);
  }
  ok(!request.head.includes("forged") || /^\S+ \S*forged/.test(request.head), request.head);
  ok(!/[^\r]\n|\r[^\n]/.test(request.head), "a line that ends in another way");
  if (service === "shop") equal(world.verify(request), "AKIDPROOF");
}

/** Whether a path is one of those of `api.example.com`, also to somebody who decodes it before he normalises it. */
export function staysInside(target: string): boolean {
  let { path } = splitTarget(target);
  for (let times = 0; times < 2; times += 1) {
    const segments: string[] = [];
    for (const segment of path.replace(/\\/g, "/").split("/")) {
      const [plain = ""] = segment.split(";");
      if (plain === "..") segments.pop();
      else if (plain !== "." && segment !== "") segments.push(segment);
    }
    if (!/^\/(v1(\/|$)|files(\/|$))/.test(`/${segments.join("/")}`)) return false;
    path = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return true;
}

const OK = answerWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

function get(target: string, host = "shop.example.com"): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}
