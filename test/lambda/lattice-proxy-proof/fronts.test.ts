import { applicationLoadBalancer } from "./fronts/alb";
import { type Front, oneRequest } from "./fronts/front";
import { httpApi } from "./fronts/http-api";
import { restApi } from "./fronts/rest-api";
import { readAnswer, valuesOf, writeAnswer } from "./message";

/* Whether the fronts of the proof do what AWS's documents and captured events say; none of this is the function's. */

const CLIENT = { address: "203.0.113.9" };

function enter(front: Front, head: string, body = ""): Readonly<Record<string, unknown>> {
  const bytes = Buffer.from(`${head}\r\nHost: shop.example.com\r\n\r\n${body}`, "latin1");
  return front.enter(oneRequest(bytes), CLIENT).event as Readonly<Record<string, unknown>>;
}

describe("a load balancer", () => {
  const query = "GET /a%20b?repeat=one&literal=a+b&encoded=a%2Bb&repeat=two&&flag HTTP/1.1";

  it("hands on paths and queries undecoded, and several values in lists", () => {
    expect(enter(applicationLoadBalancer(true), `${query}\r\nX-Own: first\r\nx-own: second`)).toMatchObject({
      httpMethod: "GET",
      path: "/a%20b",
      multiValueQueryStringParameters: { repeat: ["one", "two"], literal: ["a+b"], encoded: ["a%2Bb"], flag: [""] },
      multiValueHeaders: {
        "x-own": ["first", "second"],
        host: ["shop.example.com"],
        "x-forwarded-for": ["203.0.113.9"],
      },
    });
  });

  it("keeps the last of several values without that attribute", () => {
    const event = enter(applicationLoadBalancer(false), `${query}\r\nCookie: a=1\r\ncookie: b=2`);
    expect(event).toMatchObject({ queryStringParameters: { repeat: "two" }, headers: { cookie: "b=2" } });
    expect(event).not.toHaveProperty("multiValueHeaders");
  });

  it.each([
    ["Content-Type: text/plain", false],
    ["Content-Type: application/json; charset=utf-8", false],
    ["Content-Type: application/x-www-form-urlencoded", true],
    ["Content-Type: text/plain\r\nContent-Encoding: gzip", true],
    ["X-A: b", true],
  ])("hands on a body with %s in base64: %s", (header, isBase64Encoded) => {
    const event = enter(applicationLoadBalancer(true), `POST / HTTP/1.1\r\n${header}\r\nContent-Length: 2`, "ok");
    expect(event).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? "b2s=" : "ok" });
  });

  it("takes the length of answers from nobody, and the reason from the description", () => {
    const result = {
      statusCode: 404,
      statusDescription: "404 Gone fishing",
      multiValueHeaders: {
        "set-cookie": ["a=1", "b=2"],
        "content-length": ["99"],
        connection: ["close"],
        "content-type": ["a/b"],
      },
      body: "b2s=",
      isBase64Encoded: true,
    };
    const bytes = writeAnswer(applicationLoadBalancer(true).leave(result));
    expect(bytes.toString()).toBe(
      "HTTP/1.1 404 Gone fishing\r\nset-cookie: a=1\r\nset-cookie: b=2\r\ncontent-type: a/b\r\nContent-Length: 2\r\n\r\nok",
    );
  });
});

describe("a REST API", () => {
  it("hands on paths undecoded, parameters decoded, and no length", () => {
    const head = "POST /a%20b?literal=a+b&encoded=a%2Bb&n%C3%A4me=%26;b=2 HTTP/1.1\r\nX-Own: 1\r\nContent-Length: 2";
    const event = enter(restApi(), head, "ok");
    expect(event).toMatchObject({
      path: "/a%20b",
      multiValueQueryStringParameters: { literal: ["a b"], encoded: ["a+b"], näme: ["&"], b: ["2"] },
      multiValueHeaders: { "X-Own": ["1"] },
      body: "b2s=",
      isBase64Encoded: true,
    });
    expect(event).not.toHaveProperty("version");
    expect(JSON.stringify(event)).not.toMatch(/content-length/i);
    expect(enter(restApi(), "GET / HTTP/1.1")).toMatchObject({ multiValueQueryStringParameters: null, body: null });
  });

  it("answers 502 to a field that it does not know, and renames some headers", () => {
    expect(() => restApi().leave({ statusCode: 200, statusDescription: "200 OK" })).toThrow("statusDescription");
    expect(() => restApi().leave({ statusCode: 200, cookies: [] })).toThrow("cookies");
    const result = { statusCode: 401, headers: { "x-a": "1" }, multiValueHeaders: { "WWW-Authenticate": ["Basic"] } };
    expect(restApi().leave(result).headers).toContainEqual(["x-amzn-remapped-WWW-Authenticate", "Basic"]);
  });
});

describe("an HTTP API", () => {
  // One of each kind that was captured.
  it.each([
    ["/a%20b", "/a b"],
    ["/a%3Fb", "/a"],
    ["/a%23b", "/a#b"],
    ["/a%2Fb", "/a/b"],
    ["/%CE%BB", "/λ"],
    ["/a%252Fb", "/a/b"],
    ["/a%253Fb", "/a?b"],
    ["/a%2525b", "/a%b"],
  ])("hands on %s as %s", (sent, rawPath) => {
    expect(enter(httpApi(), `GET ${sent}?a=%2F+%2B&a HTTP/1.1`)).toMatchObject({
      rawPath,
      rawQueryString: "a=%2F+%2B&a",
    });
  });

  it("refuses what it cannot decode twice", () => {
    expect(() => enter(httpApi(), "GET /a%25done HTTP/1.1")).toThrow("cannot be decoded");
  });

  it("joins repeated headers, takes cookies apart, and has text unencoded alone", () => {
    const head = "POST / HTTP/1.1\r\nX-Own: first\r\nX-OWN: second\r\nCookie: a=1; b=2\r\nContent-Length: 2";
    expect(enter(httpApi(), head, "ok")).toMatchObject({
      cookies: ["a=1", "b=2"],
      headers: { "x-own": "first,second", "content-length": "2" },
      body: "b2s=",
      isBase64Encoded: true,
    });
    expect(enter(httpApi(), `${head}\r\nContent-Type: text/css`, "ok")).toMatchObject({ body: "ok" });
  });

  it("makes a header of each cookie of an answer", () => {
    const answer = httpApi().leave({
      statusCode: 200,
      headers: { "content-type": "a/b" },
      cookies: ["a=1", "b=2"],
      body: "ok",
    });
    expect(readAnswer(writeAnswer(answer), "GET").headers).toEqual([
      ["content-type", "a/b"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["Content-Length", "2"],
    ]);
    expect(() => httpApi().leave({ statusCode: 200, multiValueHeaders: {} })).toThrow("multiValueHeaders");
  });
});

it.each([
  ["a load balancer", applicationLoadBalancer(true), "application/octet-stream"],
  ["a load balancer without lists", applicationLoadBalancer(false), "application/octet-stream"],
  ["a REST API", restApi(), "application/json"],
  ["an HTTP API", httpApi(), "text/plain; charset=utf-8"],
])("%s gives an answer without a type one", (_, front, type) => {
  const named =
    front.form === "albMultiValue"
      ? { multiValueHeaders: { "content-type": ["a/b"] } }
      : { headers: { "content-type": "a/b" } };
  expect(valuesOf(front.leave({ statusCode: 204 }).headers, "content-type")).toEqual([type]);
  expect(valuesOf(front.leave({ statusCode: 200, ...named }).headers, "content-type")).toEqual(["a/b"]);
  expect(front.headersBack([]).get("content-type")).toEqual([type]);
  expect(front.headersBack([["Content-Type", "a/b"]]).get("content-type")).toEqual(["a/b"]);
});

it.each([
  ["two hosts", "GET / HTTP/1.1\r\nHost: a.example"],
  ["a length beside chunks", "POST / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked"],
  ["a bare line feed in a header", "GET / HTTP/1.1\r\nX-A: b\nX-B: c"],
  ["a space in the target", "GET /a b HTTP/1.1"],
])("no front takes %s", (_, head) => {
  expect(() => enter(httpApi(), head, "0\r\n\r\n")).toThrow();
});

it.each([
  ["a line break in a header", { statusCode: 200, multiValueHeaders: { a: ["b\r\nc: d"] } }],
  ["a status that is none", { statusCode: "200" }],
  ["another base64", { statusCode: 200, body: "ok", isBase64Encoded: true }],
  ["headers that are not read", { statusCode: 200, headers: {} }],
  ["a head of more than 32 K", { statusCode: 200, multiValueHeaders: { a: ["b".repeat(32 * 1024)] } }],
  ["more than a megabyte", { statusCode: 200, body: "a".repeat(1024 * 1024) }],
])("a load balancer answers 502 to %s", (_, result) => {
  expect(() => applicationLoadBalancer(true).leave(result)).toThrow(expect.objectContaining({ status: 502 }) as Error);
});
