import type { Socket } from "node:net";

import type { HostRoute } from "../../../lambda/lattice-proxy/contract";
import { albEvent } from "./events";
import {
  answering,
  type Behave,
  context,
  functionFor,
  requestsIn,
  routeTo,
  serve,
  type Service,
  type World,
} from "./world";

const OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

const services: Service[] = [];

afterEach(() => {
  for (const service of services.splice(0)) service.close();
});

async function before(
  behave: Behave,
  changes: Partial<HostRoute> = {},
): Promise<World & { readonly service: Service }> {
  const service = await serve(behave);
  services.push(service);
  return { service, ...functionFor("alb", { "shop.example.com": routeTo(service.port, { retries: 0, ...changes }) }) };
}

/** Requests over each connection. */
const counts = ({ received }: Service): readonly number[] => received.map((bytes) => requestsIn(bytes).length);

const reset: Behave = (socket) => {
  socket.resetAndDestroy();
};

test.each([
  ["is no HTTP", "SSH-2.0-OpenSSH_9\r\n", "http_protocol_error", 502],
  [
    "has two lengths",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
    "http_protocol_error",
    502,
  ],
  [
    "has a length and pieces",
    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "http_protocol_error",
    502,
  ],
  ["has a status that nobody knows", "HTTP/1.1 600 Odd\r\ncontent-length: 0\r\n\r\n", "http_protocol_error", 502],
  ["goes on behind its end", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok more", "http_protocol_error", 502],
])("an answer that %s is none", async (_what, answer, reason, status) => {
  const { handler, log } = await before(answering(answer));
  expect((await handler(albEvent(), context())).statusCode).toBe(status);
  expect(log[0]).toMatchObject({ reason, fault: "service", upstream: "shop.example.com" });
});

describe("an answer's head", () => {
  const ending = (head: string): Behave => answering(`HTTP/1.1 200 OK\r\n${head}content-length: 2\r\n\r\nok`);

  test("may be long", async () => {
    const { handler } = await before(ending(`x-long: ${"x".repeat(32_000)}\r\n`));
    const { statusCode, multiValueHeaders } = await handler(albEvent(), context());
    expect(statusCode).toBe(200);
    expect(multiValueHeaders?.["x-long"]?.[0]).toHaveLength(32_000);
  });

  test("may have many lines", async () => {
    const { handler } = await before(ending("x-1: 2\r\n".repeat(3_000)));
    expect((await handler(albEvent(), context())).multiValueHeaders?.["x-1"]).toHaveLength(3_000);
  });

  test.each([
    ["one long line", `x-long: ${"x".repeat(33_000)}\r\n`],
    ["many short lines", "x-1: 2\r\n".repeat(4_200)],
    ["characters that take two bytes once they are read", `x-long: ${"\u00FC".repeat(17_000)}\r\n`],
  ])("of more than the load balancer takes is refused: %s", async (_what, head) => {
    const { handler, log } = await before(ending(head));
    expect((await handler(albEvent(), context())).statusCode).toBe(502);
    expect(log[0]).toMatchObject({ reason: "response_too_large", fault: "front", upstream: "shop.example.com" });
  });
});

test("an answer that wants another protocol is none", async () => {
  const { handler, log } = await before(
    answering("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  );
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(log[0]).toMatchObject({ reason: "http_protocol_error", fault: "service" });
});

test("a length that the front does not take is not waited for", async () => {
  const { handler, log } = await before(answering("HTTP/1.1 200 OK\r\ncontent-length: 1048577\r\n\r\n"));
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(log[0]).toMatchObject({ reason: "response_too_large", fault: "front" });
});

test.each([
  ["with a length", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"],
  ["in pieces", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok"],
  ["in its head", "HTTP/1.1 200 OK\r\ncontent-le"],
])("an answer that breaks off %s is not repeated", async (_how, beginning) => {
  const { handler, log, service } = await before((socket) => socket.end(beginning), { retries: 3 });
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(log[0]?.reason).toMatch(/^(http_response_incomplete|connection_terminated)$/);
  expect(log[0]?.upstream_attempts).toBe(1);
  expect(counts(service)).toEqual([1]);
});

test("an answer that ends with its connection is whole", async () => {
  const { handler } = await before((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  expect(await handler(albEvent(), context())).toMatchObject({ statusCode: 200, body: "ok" });
});

test("a service that refuses connections is tried as often as the host says", async () => {
  const { service } = await before(reset);
  service.close();
  const { handler, log } = functionFor("alb", { "shop.example.com": routeTo(service.port, { retries: 2 }) });
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(log[0]).toMatchObject({
    reason: "connection_refused",
    upstream_failure: "ECONNREFUSED",
    upstream_attempts: 3,
  });
});

test("so is one whose name nobody knows", async () => {
  const upstream = { domain: "nowhere.test", port: 80, tls: false };
  const { handler, log } = functionFor("alb", { "shop.example.com": routeTo(80, { upstream }) });
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(log[0]).toMatchObject({ reason: "dns_error", upstream_failure: "ENOTFOUND", upstream_attempts: 2 });
});

test.each([
  ["GET", 2],
  ["DELETE", 2],
  ["POST", 1],
  ["PATCH", 1],
])("a new connection that is reset costs a try of %s: %d in all", async (httpMethod, attempts) => {
  const { handler, log } = await before(reset, { retries: 1 });
  expect((await handler(albEvent({ httpMethod }), context())).statusCode).toBe(502);
  expect(log[0]).toMatchObject({ reason: "connection_terminated", upstream_attempts: attempts });
});

/** Answers the first request of a connection, and resets it at the second. */
const resetAtSecond: Behave = (socket, soFar) => {
  if (requestsIn(soFar).length === 1) socket.write(OK);
  else socket.resetAndDestroy();
};

test("an old connection that is reset costs nothing where the method may be repeated", async () => {
  const { handler, log, service } = await before(resetAtSecond);
  for (let turn = 0; turn < 3; turn += 1) {
    expect((await handler(albEvent(), context())).statusCode).toBe(200);
  }
  expect(log.map(({ upstream_attempts }) => upstream_attempts)).toEqual([1, 2, 2]);
  expect(counts(service)).toEqual([2, 2, 1]);
});

test("and is not repeated where it may not", async () => {
  const { handler, log, service } = await before(resetAtSecond);
  await handler(albEvent(), context());
  expect((await handler(albEvent({ httpMethod: "POST" }), context())).statusCode).toBe(502);
  expect(log[1]).toMatchObject({ reason: "connection_terminated", upstream_attempts: 1, upstream_reused: true });
  expect(counts(service)).toEqual([2]);
});

test("an old connection over which an answer has begun is not repeated", async () => {
  const { handler, service } = await before((socket, soFar) => {
    if (requestsIn(soFar).length === 1) socket.write(OK);
    else socket.end("HTTP/1.1 2");
  });
  await handler(albEvent(), context());
  expect((await handler(albEvent(), context())).statusCode).toBe(502);
  expect(counts(service)).toEqual([2]);
});

test("a connection that the service has closed meanwhile is not used", async () => {
  const { handler, log } = await before((socket) => socket.write(OK, () => socket.end()));
  await handler(albEvent(), context());
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await handler(albEvent({ httpMethod: "POST" }), context())).statusCode).toBe(200);
  expect(log[1]).toMatchObject({ upstream_attempts: 1, upstream_reused: false });
});

test("nor is one that it has closed just now", async () => {
  const sockets: Socket[] = [];
  const { handler, log } = await before((socket) => {
    sockets.push(socket);
    socket.write(OK);
  });
  await handler(albEvent(), context());
  sockets[0]?.resetAndDestroy();
  expect((await handler(albEvent({ httpMethod: "POST" }), context())).statusCode).toBe(200);
  expect(log[1]).toMatchObject({ upstream_attempts: 1, upstream_reused: false });
});

test("where one old connection has failed, no other is tried", async () => {
  const { handler, log, service } = await before(resetAtSecond);
  await Promise.all([handler(albEvent(), context()), handler(albEvent(), context())]);
  expect((await handler(albEvent(), context())).statusCode).toBe(200);
  expect(log[2]).toMatchObject({ upstream_attempts: 2, upstream_reused: false });
  expect(counts(service)).toEqual([2, 1, 1]);
});

test.each([
  [49_000, 1],
  [51_000, 2],
])("after %d ms without a request there are %d connections in all", async (pause, connections) => {
  const { handler, service, advance } = await before(answering(OK));
  await handler(albEvent(), context());
  advance(pause);
  await handler(albEvent({ httpMethod: "POST" }), context());
  expect(counts(service)).toHaveLength(connections);
});

test("a connection is used for nine minutes at most", async () => {
  const { handler, service, advance } = await before(answering(OK));
  for (let turn = 0; turn < 20; turn += 1) {
    await handler(albEvent(), context());
    advance(31_000);
  }
  // 17 times 31 seconds are less than nine minutes, 18 times are more.
  expect(counts(service)).toEqual([18, 2]);
});

test("bytes that nobody asked for spoil a connection", async () => {
  const { handler, service } = await before((socket) => {
    socket.write(OK);
    setTimeout(() => socket.write(OK.replace("ok", "no")), 10);
  });
  expect((await handler(albEvent(), context())).body).toBe("ok");
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect((await handler(albEvent({ httpMethod: "POST" }), context())).body).toBe("ok");
  expect(counts(service)).toEqual([1, 1]);
});

describe("time limits", () => {
  test("of a service that does not answer", async () => {
    const { handler, log, service } = await before(() => undefined, { timeoutSeconds: 0.1, retries: 3 });
    expect((await handler(albEvent(), context())).statusCode).toBe(504);
    expect(log[0]).toMatchObject({ reason: "http_response_timeout", upstream_attempts: 1 });
    expect(log[0]?.milliseconds).toBeLessThan(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(service.open()).toBe(0);
    expect(counts(service)).toEqual([1]);
  });

  test("of a service that stops in the middle", async () => {
    const { handler, log } = await before(answering("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok"), {
      timeoutSeconds: 0.1,
    });
    expect((await handler(albEvent(), context())).statusCode).toBe(504);
    expect(log[0]?.reason).toBe("connection_read_timeout");
  });

  test("are of silence: a service that goes on may take longer", async () => {
    const { handler, log } = await before(
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n");
        for (const turn of [1, 2, 3]) setTimeout(() => socket.write("x"), turn * 200);
      },
      { timeoutSeconds: 0.4 },
    );
    expect(await handler(albEvent(), context())).toMatchObject({ statusCode: 200, body: "xxx" });
    expect(log[0]?.milliseconds).toBeGreaterThan(500);
  });

  test("of a connection that does not come about", async () => {
    const upstream = { domain: "silent.test", port: 80, tls: false };
    const { handler, log } = functionFor("alb", { "shop.example.com": routeTo(80, { upstream }) });
    expect((await handler(albEvent(), context(1_100))).statusCode).toBe(504);
    expect(log[0]).toMatchObject({ reason: "connection_timeout", upstream_attempts: 1 });
  });

  test("of the function come before Lambda's", async () => {
    const { handler, log } = await before(() => undefined, { timeoutSeconds: 60, retries: 3 });
    expect((await handler(albEvent(), context(1_100))).statusCode).toBe(504);
    expect(log[0]).toMatchObject({ reason: "http_response_timeout", upstream_attempts: 1 });
    expect(log[0]?.milliseconds).toBeLessThan(500);
  });
});
