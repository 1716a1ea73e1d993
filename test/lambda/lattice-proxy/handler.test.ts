import { gzipSync } from "node:zlib";

import type { Front, HostRoute, Reason } from "../../../lambda/lattice-proxy/contract";
import { verifySignature } from "../../support/sigv4-verifier";
import { albEvent, httpEvent, restEvent } from "./events";
import { answering, context, functionFor, KEYS, requestsIn, routeTo, serve, type Service, type World } from "./world";

const services: Service[] = [];

afterEach(() => {
  for (const service of services.splice(0)) service.close();
});

/** A function in front of a service that gives these answers, one after the other. */
async function before(
  answers: readonly string[],
  { front = "alb", ...changes }: Partial<HostRoute> & { readonly front?: Front } = {},
): Promise<World & { readonly service: Service }> {
  const service = await serve(answering(...answers));
  services.push(service);
  return { service, ...functionFor(front, { "shop.example.com": routeTo(service.port, changes) }) };
}

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/** Headers of a request or an answer, from the second line on, as Node.js gives raw ones. */
function rawHeaders(message: string): readonly string[] {
  const [head = ""] = message.split("\r\n\r\n");
  return head
    .split("\r\n")
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    });
}

test("a request arrives as it was sent, signed", async () => {
  const { handler, service } = await before([OK]);
  const body = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const event = albEvent({
    httpMethod: "PUT",
    path: "/a//b%2Fc%ff",
    multiValueQueryStringParameters: { "q%5B": ["a%20b", "+", ""] },
    multiValueHeaders: {
      host: ["Shop.Example.com:443"],
      "x-forwarded-for": ["198.51.100.7"],
      "x-one": ["1", "2"],
      "x-name": ["Torrejón"],
      authorization: ["Bearer token"],
      "content-length": ["256"],
      "content-type": ["application/octet-stream"],
    },
    body: body.toString("base64"),
    isBase64Encoded: true,
  });
  await handler(event, context());
  const received = service.received[0] ?? "";
  const [line] = received.split("\r\n");
  expect(line).toBe("PUT /a//b%2Fc%ff?q%5B=a%20b&q%5B=+&q%5B= HTTP/1.1");
  const headers = rawHeaders(received);
  expect(headers.slice(0, 16)).toEqual([
    ...["host", "service.test", "x-forwarded-for", "198.51.100.7", "x-one", "1", "x-one", "2"],
    ...["x-name", Buffer.from("Torrejón").toString("latin1"), "x-forwarded-authorization", "Bearer token"],
    ...["content-type", "application/octet-stream", "x-forwarded-host", "shop.example.com"],
  ]);
  expect(headers.slice(16, 18)).toEqual(["content-length", "256"]);
  expect(received.endsWith(`\r\n\r\n${body.toString("latin1")}`)).toBe(true);
  const signer = verifySignature(
    { method: "PUT", target: line?.split(" ")[1] ?? "", rawHeaders: headers },
    {
      region: "eu-central-1",
      service: "vpc-lattice-svcs",
      keys: new Map([[KEYS.accessKeyId, { secret: KEYS.secretAccessKey, sessionToken: KEYS.sessionToken }]]),
      unsignedPayload: true,
    },
  );
  expect(signer).toBe(KEYS.accessKeyId);
});

test("where nobody signs, Authorization is the client's", async () => {
  const { handler, service } = await before([OK], { sign: false });
  const multiValueHeaders = { host: ["shop.example.com"], "x-forwarded-for": ["1"], authorization: ["Bearer token"] };
  await handler(albEvent({ multiValueHeaders }), context());
  expect(rawHeaders(service.received[0] ?? "")).toEqual([
    ...["host", "service.test", "x-forwarded-for", "1", "authorization", "Bearer token"],
    ...["x-forwarded-host", "shop.example.com", "Connection", "keep-alive"],
  ]);
});

test("keys are read anew for each request", async () => {
  const { service } = await before([OK]);
  let turn = 0;
  const { handler } = functionFor("alb", { "shop.example.com": routeTo(service.port) }, () => {
    turn += 1;
    return { ...KEYS, accessKeyId: `KEY${turn}` };
  });
  await handler(albEvent(), context());
  await handler(albEvent(), context());
  expect(service.received[0]?.match(/Credential=KEY\d/g)).toEqual(["Credential=KEY1", "Credential=KEY2"]);
});

test.each([
  ["alb", albEvent()],
  ["alb", albEvent({ multiValueHeaders: undefined, headers: { host: "shop.example.com", "x-forwarded-for": "1" } })],
  ["httpApi", httpEvent()],
  ["restApi", restEvent()],
] as const)("an answer returns through %s as the service gave it, whatever its status", async (front, event) => {
  const packed = gzipSync("text").toString("latin1");
  const answer = `HTTP/1.1 503 Busy\r\ncontent-encoding: gzip\r\nx-utf8: ${Buffer.from("ü").toString("latin1")}\r\nx-latin1: \xfc\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-length: ${packed.length}\r\n\r\n${packed}`;
  const { handler } = await before([answer], { front });
  const {
    statusCode,
    body,
    isBase64Encoded,
    cookies = [],
    headers,
    multiValueHeaders,
  } = await handler(event, context());
  expect(statusCode).toBe(503);
  expect(isBase64Encoded).toBe(true);
  expect(Buffer.from(body, "base64").toString("latin1")).toBe(packed);
  const lines = Object.entries(multiValueHeaders ?? headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name.toLowerCase()}: ${value}`),
  );
  expect([...lines, ...cookies.map((cookie) => `set-cookie: ${cookie}`)]).toEqual([
    "content-encoding: gzip",
    "x-utf8: ü",
    "x-latin1: ü",
    "set-cookie: a=1",
    "set-cookie: b=2",
  ]);
});

test.each([
  ["HEAD", "HTTP/1.1 200 OK\r\ncontent-length: 12345678\r\n\r\n", ["12345678"]],
  ["GET", "HTTP/1.1 304 Not Modified\r\ncontent-length: 1234\r\n\r\n", ["1234"]],
  ["GET", "HTTP/1.1 204 No Content\r\n\r\n", undefined],
  ["GET", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", undefined],
])("an answer to %s without a body has none: %j", async (httpMethod, answer, length) => {
  const { handler } = await before([answer, OK]);
  const { body, multiValueHeaders } = await handler(albEvent({ httpMethod }), context());
  expect(body).toBe("");
  expect(multiValueHeaders?.["content-length"]).toEqual(length);
  expect((await handler(albEvent(), context())).body).toBe("ok");
});

test("pieces, what comes before an answer and after it are the connection's", async () => {
  const { handler, log } = await before([
    "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nx-sum: 1\r\n\r\n",
  ]);
  const { statusCode, body, multiValueHeaders } = await handler(albEvent(), context());
  expect({ statusCode, body, multiValueHeaders }).toEqual({ statusCode: 200, body: "abc", multiValueHeaders: {} });
  expect(log[0]?.details).toBe("via_upstream");
});

test("an empty body is sent as one, and a missing one not at all", async () => {
  const { handler, service } = await before([OK]);
  const multiValueHeaders = { host: ["shop.example.com"], "x-forwarded-for": ["1"], "content-length": ["0"] };
  await handler(albEvent({ httpMethod: "DELETE", multiValueHeaders }), context());
  await handler(albEvent({ httpMethod: "DELETE" }), context());
  await handler(albEvent({ httpMethod: "POST" }), context());
  const lengths = requestsIn(service.received[0] ?? "").map((request) => /content-length: \d+/i.exec(request)?.[0]);
  expect(lengths).toEqual(["content-length: 0", undefined, "content-length: 0"]);
  expect(service.received[0]).not.toMatch(/transfer-encoding/i);
});

test("nobody gets an answer without a host of the map, whatever he calls himself", async () => {
  const { handler, service, log } = await before([OK]);
  const answer = await handler(albEvent({ multiValueHeaders: { "user-agent": ["ELB-HealthChecker/2.0"] } }), context());
  expect(answer.statusCode).toBe(400);
  expect(service.received).toEqual([]);
  expect(log[0]).toMatchObject({ status: 400, reason: "bad_request" });
});

const headersWith = (more: Readonly<Record<string, string[]>>) => ({
  multiValueHeaders: { host: ["shop.example.com"], "x-forwarded-for": ["198.51.100.7"], ...more },
});

test.each([
  ["unknown_host", 421, headersWith({ host: ["other.example.com"] })],
  ["bad_request", 400, headersWith({ host: ["shop.example.com", "shop.example.com"] })],
  ["bad_request", 400, headersWith({ host: [] })],
  ["bad_request", 400, headersWith({ host: ["user@shop.example.com"] })],
  ["bad_request", 400, headersWith({ host: ["shop.example.com/x"] })],
  ["bad_request", 400, { path: "http://other.example.com/" }],
  ["bad_request", 400, { path: "/v1/../x" }],
  ["bad_request", 400, headersWith({ x_y: ["1"] })],
  ["bad_request", 400, headersWith({ "x-y": ["1\r\nz: 2"] })],
  ["bad_request", 400, headersWith({ "content-length": ["1"] })],
  ["bad_request", 400, headersWith({ "content-length": ["0", "0"] })],
  ["unknown_path", 404, { path: "/v2" }],
  ["unknown_method", 405, { path: "/v1", httpMethod: "DELETE" }],
  ["unknown_method", 405, { path: "/v1", httpMethod: "TRACE" }],
  ["internal_error", 500, { path: null }],
  ["internal_error", 500, { requestContext: {} }],
] as const)("%s is answered %d: %j", async (reason, status, changes) => {
  const { handler, service, log } = await before([OK], { paths: ["/v1"], methods: ["GET", "POST"] });
  const answer = await handler({ ...albEvent(), ...changes }, context());
  expect(answer.statusCode).toBe(status);
  expect(answer.multiValueHeaders?.["proxy-status"]?.[0]).toMatch(`details="${reason}"`);
  expect(answer.body).toMatch(/^[A-Z].*\n$/);
  expect(log[0]).toMatchObject({ status, reason: reason satisfies Reason });
  expect(service.received).toEqual([]);
});

test("a body that no load balancer takes is refused", async () => {
  const { handler, log } = await before([OK]);
  const post = (length: number) => handler(albEvent({ httpMethod: "POST", body: "x".repeat(length) }), context());
  expect((await post(1_048_576)).statusCode).toBe(200);
  expect((await post(1_048_577)).statusCode).toBe(413);
  expect(log[1]).toMatchObject({ reason: "request_too_large", fault: "front" });
});

test("a dot or a port behind a host says nothing", async () => {
  const { handler, log } = await before([OK]);
  for (const host of ["shop.example.com.", "SHOP.example.com.:8443"]) {
    expect((await handler(albEvent(headersWith({ host: [host] })), context())).statusCode).toBe(200);
  }
  expect(log.map(({ host }) => host)).toEqual(["shop.example.com", "shop.example.com"]);
});

test("what a front has lost is refused", async () => {
  const http = await before([OK], { front: "httpApi" });
  expect((await http.handler(httpEvent({ rawPath: "/\uFFFD" }), context())).statusCode).toBe(400);
  const rest = await before([OK], { front: "restApi" });
  const lost = restEvent({ multiValueQueryStringParameters: { q: ["\uFFFD"] } });
  expect((await rest.handler(lost, context())).statusCode).toBe(400);
  // A text whose bytes were none, which its length tells.
  const body = { body: "\uFFFD", headers: { host: "shop.example.com", "content-length": "1" } };
  expect((await http.handler(httpEvent(body, "POST"), context())).statusCode).toBe(400);
});

test("a refused HEAD has no body", async () => {
  const { handler } = await before([OK]);
  const answer = await handler(albEvent({ httpMethod: "HEAD", ...headersWith({ host: ["a.test"] }) }), context());
  expect(answer).toMatchObject({ statusCode: 421, body: "" });
});

test("without keys nothing leaves", async () => {
  const { service } = await before([OK]);
  const { handler, log } = functionFor("alb", { "shop.example.com": routeTo(service.port) }, () => undefined);
  expect((await handler(albEvent(), context())).statusCode).toBe(503);
  expect(log[0]?.reason).toBe("no_credentials");
  expect(service.received).toEqual([]);
});

test.each([
  ["text/plain", 1_048_000, 200],
  ["text/plain", 1_048_577, 502],
  // In base64 a third more.
  ["image/png", 786_000, 200],
  ["image/png", 786_500, 502],
])("a load balancer takes %s of %d bytes with %d", async (type, length, status) => {
  const answer = `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${"x".repeat(length)}`;
  const { handler, log } = await before([answer]);
  const { statusCode } = await handler(albEvent(), context());
  expect(statusCode).toBe(status);
  expect(log[0]?.reason).toBe(status === 200 ? undefined : "response_too_large");
});

test("a line of the log tells all but secrets and the query", async () => {
  const { handler, log } = await before(["HTTP/1.1 200 OK\r\nset-cookie: SECRET\r\ncontent-length: 2\r\n\r\nok"]);
  const event = albEvent({
    path: "/orders",
    multiValueQueryStringParameters: { token: ["SECRET"] },
    ...headersWith({
      authorization: ["SECRET"],
      cookie: ["SECRET"],
      "user-agent": ["curl"],
      "x-amzn-trace-id": ["Root=1"],
    }),
  });
  await handler(event, context());
  await handler(event, context());
  expect(JSON.stringify(log)).not.toContain("SECRET");
  expect(JSON.stringify(log)).not.toContain(KEYS.secretAccessKey);
  expect(log[0]).toEqual({
    time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    client: "198.51.100.7",
    method: "GET",
    host: "shop.example.com",
    path: "/orders",
    status: 200,
    details: "via_upstream",
    milliseconds: expect.any(Number) as number,
    first_byte_milliseconds: expect.any(Number) as number,
    bytes_received: 0,
    bytes_sent: 2,
    upstream: "shop.example.com",
    upstream_address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    upstream_attempts: 1,
    upstream_reused: false,
    user_agent: "curl",
    trace: "Root=1",
    request_id: "lambda-request",
    cold: true,
  });
  expect(log[1]).toMatchObject({ upstream_reused: true, cold: false });
});
