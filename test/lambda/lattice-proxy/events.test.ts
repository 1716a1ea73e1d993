import fc from "fast-check";

import { albEvents } from "../../../lambda/lattice-proxy/events/alb";
import { bodyOf, bytesOf } from "../../../lambda/lattice-proxy/events/body";
import { httpEvents } from "../../../lambda/lattice-proxy/events/http";
import { restEvents } from "../../../lambda/lattice-proxy/events/rest";
import type { Header, ProxyResponse } from "../../../lambda/lattice-proxy/message";
import { albEvent, httpEvent, restEvent } from "./events";

/** An answer with every header that could get lost. */
const RESPONSE: ProxyResponse = {
  status: 207,
  statusText: "Multi-Status",
  headers: [
    ["Set-Cookie", "a=1; Expires=Mon, 23 Nov 2026 00:00:00 GMT"],
    ["vary", "accept"],
    ["set-cookie", "b=2"],
    ["Vary", "origin"],
    ["content-type", "application/json"],
  ],
  body: Buffer.from('{"ü":"\u0000"}'),
};

describe("a load balancer's event", () => {
  test("path and parameters stay as they were sent", () => {
    const parameters = { "a%5B%5D": ["1%2B1", "%zz", "+"], empty: [""] };
    const request = albEvents.read(albEvent({ path: "/a%2Fb//%C3%BC", multiValueQueryStringParameters: parameters }));
    expect(request.path).toBe("/a%2Fb//%C3%BC");
    expect(request.query).toBe("a%5B%5D=1%2B1&a%5B%5D=%zz&a%5B%5D=+&empty=");
  });

  test("without parameters there is no query", () => {
    expect(albEvents.read(albEvent()).query).toBeUndefined();
  });

  test("a header's values are lines of their own", () => {
    const request = albEvents.read(albEvent({ multiValueHeaders: { accept: ["a", "b,c"], "x-empty": [""] } }));
    expect(request.headers).toEqual([
      ["accept", "a"],
      ["accept", "b,c"],
      ["x-empty", ""],
    ]);
  });

  test("of a target group without several values, the one value is read", () => {
    const single = { multiValueHeaders: undefined, multiValueQueryStringParameters: undefined };
    const event = albEvent({ ...single, headers: { host: "a.test" }, queryStringParameters: { q: "%20" } });
    expect(albEvents.read(event)).toMatchObject({ headers: [["host", "a.test"]], query: "q=%20" });
  });

  test("the client is whom the load balancer saw", () => {
    expect(albEvents.read(albEvent()).client).toBe("198.51.100.7");
  });

  test("is answered with all values of each header", () => {
    expect(albEvents.write(RESPONSE, albEvent())).toEqual({
      statusCode: 207,
      statusDescription: "207 Multi-Status",
      multiValueHeaders: {
        "Set-Cookie": ["a=1; Expires=Mon, 23 Nov 2026 00:00:00 GMT", "b=2"],
        vary: ["accept", "origin"],
        "content-type": ["application/json"],
      },
      body: '{"ü":"\u0000"}',
      isBase64Encoded: false,
    });
  });

  test("of a target group without several values, is answered with names in other letters", () => {
    const answer = albEvents.write(RESPONSE, albEvent({ multiValueHeaders: undefined, headers: {} }));
    expect(answer.multiValueHeaders).toBeUndefined();
    expect(Object.values(answer.headers ?? {})).toEqual([
      "a=1; Expires=Mon, 23 Nov 2026 00:00:00 GMT",
      "b=2",
      "accept",
      "origin",
      "application/json",
    ]);
    const names = Object.keys(answer.headers ?? {}).map((name) => name.toLowerCase());
    expect(names).toEqual(["set-cookie", "set-cookie", "vary", "vary", "content-type"]);
  });

  test("no value gets lost where a name has fewer spellings than values", () => {
    const headers: readonly Header[] = ["1", "2", "3", "4"].map((value) => ["x-1", value]);
    const answer = albEvents.write({ ...RESPONSE, headers }, albEvent({ multiValueHeaders: undefined }));
    expect(Object.values(answer.headers ?? {}).join(", ")).toBe("1, 2, 3, 4");
  });

  test("a reason that would break the line of the status is not told", () => {
    expect(albEvents.write({ ...RESPONSE, statusText: "a\u0001" }, albEvent()).statusDescription).toBeUndefined();
    expect(albEvents.write({ ...RESPONSE, statusText: "" }, albEvent()).statusDescription).toBeUndefined();
  });
});

describe("a REST API's event", () => {
  test("the path stays as it was sent", () => {
    expect(restEvents.read(restEvent({ path: "/a%2Fb//%C3%BC%252F" })).path).toBe("/a%2Fb//%C3%BC%252F");
  });

  test("parameters mean the same as before, for whoever decodes them", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\uFFFD"));
    const parameters = fc.dictionary(text, fc.array(text, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 4 });
    fc.assert(
      fc.property(parameters, (multiValueQueryStringParameters) => {
        const { query = "" } = restEvents.read(restEvent({ multiValueQueryStringParameters }));
        const expected = Object.entries(multiValueQueryStringParameters).flatMap(([name, values]) =>
          values.map((value) => [name, value]),
        );
        expect([...new URLSearchParams(query)]).toEqual(expected);
        expect(query).toMatch(/^[!-~]*$/);
        // Also for those who leave a plus alone.
        expect(query).not.toContain("+");
      }),
    );
  });

  test("bytes that were no UTF-8 are lost", () => {
    expect(restEvents.read(restEvent({ multiValueQueryStringParameters: { q: ["\uFFFD"] } })).lost).toMatch(/query/);
    expect(restEvents.read(restEvent({ multiValueQueryStringParameters: { "\uD800": [""] } })).lost).toMatch(/query/);
    expect(restEvents.read(restEvent()).lost).toBeUndefined();
  });

  test("names of headers keep their letters", () => {
    const { headers } = restEvents.read(restEvent({ multiValueHeaders: { "X-One": ["1", "2"] } }));
    expect(headers).toEqual([
      ["X-One", "1"],
      ["X-One", "2"],
    ]);
  });

  test("is answered in fields that a REST API knows, without a length that it would rename", () => {
    const answer = restEvents.write(
      { ...RESPONSE, headers: [...RESPONSE.headers, ["Content-Length", "5"]] },
      restEvent(),
    );
    expect(Object.keys(answer).sort()).toEqual(["body", "isBase64Encoded", "multiValueHeaders", "statusCode"]);
    expect(answer.multiValueHeaders).toEqual({
      "Set-Cookie": ["a=1; Expires=Mon, 23 Nov 2026 00:00:00 GMT", "b=2"],
      vary: ["accept", "origin"],
      "content-type": ["application/json"],
    });
  });
});

describe("an HTTP API's event", () => {
  test("the query stays as it was sent", () => {
    expect(httpEvents.read(httpEvent({ rawQueryString: "b=1&a=%2B+&b&&=" })).query).toBe("b=1&a=%2B+&b&&=");
    expect(httpEvents.read(httpEvent()).query).toBeUndefined();
  });

  test.each([
    ["/a b", "/a%20b"],
    ["/ü", "/%C3%BC"],
    ["/100%", "/100%25"],
    ["/a?b#c", "/a%3Fb%23c"],
    ["/a\u0000\\", "/a%00%5C"],
    ["/x;y=1,2@:&=+$!*'()~._-", "/x;y=1,2@:&=+$!*'()~._-"],
  ])("the path %j, which came decoded, is encoded again", (rawPath, path) => {
    expect(httpEvents.read(httpEvent({ rawPath })).path).toBe(path);
  });

  test("whoever decodes the path reads what API Gateway read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.includes("\uFFFD"));
        const { path } = httpEvents.read(httpEvent({ rawPath: `/${text}` }));
        expect(decodeURIComponent(path)).toBe(`/${text}`);
        expect(path).toMatch(/^[!-~]*$/);
        expect(path).not.toMatch(/[?#\\]/);
      }),
    );
  });

  test("bytes that were no UTF-8 are lost", () => {
    expect(httpEvents.read(httpEvent({ rawPath: "/\uFFFD" })).lost).toMatch(/path/);
  });

  test("cookies are one header again", () => {
    const headers = { host: "shop.example.com", Cookie: "not this" };
    expect(httpEvents.read(httpEvent({ headers, cookies: ["a=1", "b=2"] })).headers).toEqual([
      ["host", "shop.example.com"],
      ["cookie", "a=1; b=2"],
    ]);
    expect(httpEvents.read(httpEvent({ cookies: [] })).headers).toEqual(httpEvents.read(httpEvent()).headers);
  });

  test("another stage than the default one is refused: it is a part of some paths", () => {
    expect(() => httpEvents.read(httpEvent({}, "GET", "live"))).toThrow("the HTTP API's stage is live");
  });

  test("is answered with cookies apart and other values together", () => {
    expect(httpEvents.write(RESPONSE, httpEvent())).toEqual({
      statusCode: 207,
      headers: { vary: "accept, origin", "content-type": "application/json" },
      cookies: ["a=1; Expires=Mon, 23 Nov 2026 00:00:00 GMT", "b=2"],
      body: '{"ü":"\u0000"}',
      isBase64Encoded: false,
    });
  });
});

describe("a body that comes as text", () => {
  const LOST = "the body holds bytes that are no UTF-8";

  test.each(["a\uFFFD", "\uD83D"])("holds in %j what is gone, and no length tells", (body) => {
    expect(albEvents.read(albEvent({ body })).lost).toBe(LOST);
    expect(httpEvents.read(httpEvent({ body })).lost).toBe(LOST);
  });

  test("may hold that character itself where a length tells", () => {
    const length = { "Content-Length": "3" };
    const multiValueHeaders = { "Content-Length": ["3"] };
    expect(albEvents.read(albEvent({ body: "\uFFFD", multiValueHeaders })).lost).toBeUndefined();
    expect(httpEvents.read(httpEvent({ body: "\uFFFD", headers: length })).lost).toBeUndefined();
  });

  test("is whole without that character, and so is whatever came as base64", () => {
    const packed = { body: Buffer.from("\uFFFD").toString("base64"), isBase64Encoded: true };
    for (const changes of [packed, { body: "ü" }, { body: "" }]) {
      expect(albEvents.read(albEvent(changes)).lost).toBeUndefined();
      expect(httpEvents.read(httpEvent(changes)).lost).toBeUndefined();
    }
  });
});

test.each([
  ["alb", albEvents, restEvent()],
  ["alb", albEvents, {}],
  ["restApi", restEvents, albEvent()],
  ["restApi", restEvents, null],
  ["httpApi", httpEvents, restEvent()],
  ["httpApi", httpEvents, "GET /"],
])("an event that is not of the front %s is refused", (_front, form, event) => {
  expect(() => form.read(event)).toThrow(/^the event is none of/);
});

describe("a body", () => {
  const of = (headers: readonly Header[], body: string | Uint8Array): ProxyResponse => ({
    status: 200,
    headers,
    body: Buffer.from(body),
  });

  test.each([
    ["text/html; charset=utf-8", "<p>ü</p>", false],
    ["application/json", "{}", false],
    ["Application/Problem+JSON; charset=utf-8", "{}", false],
    ["image/svg+xml", "<svg/>", false],
    ["application/x-www-form-urlencoded", "a=b", false],
    ["text/plain", Uint8Array.of(0xe9), true],
    ["application/octet-stream", "text", true],
    ["image/png", "text", true],
    ["application/jsonish", "{}", true],
  ])("of type %s holding %j", (type, content, isBase64Encoded) => {
    expect(bodyOf(of([["content-type", type]], content)).isBase64Encoded).toBe(isBase64Encoded);
  });

  test("that is packed is no text, whatever its type says", () => {
    const type: Header = ["content-type", "text/plain"];
    expect(bodyOf(of([type, ["Content-Encoding", "gzip"]], "x")).isBase64Encoded).toBe(true);
    expect(bodyOf(of([type, ["content-encoding", "Identity"]], "x")).isBase64Encoded).toBe(false);
  });

  test("of no type is text when it is one", () => {
    expect(bodyOf(of([], "x")).isBase64Encoded).toBe(false);
    expect(bodyOf(of([], Uint8Array.of(0xff))).isBase64Encoded).toBe(true);
  });

  test("is the same bytes after the way through an answer and JSON", () => {
    const type = fc.constantFrom("text/plain", "application/json", "image/png", "");
    const characters = fc.constantFrom("a", '"', "\\", "\n", "\u0000", "\uFEFF", "ü", "€", "\u{1F600}");
    const text = fc.string({ unit: characters }).map((content) => Uint8Array.from(Buffer.from(content)));
    const bytes = fc.oneof(text, fc.uint8Array());
    fc.assert(
      fc.property(type, bytes, (contentType, content) => {
        const written = JSON.stringify(bodyOf(of([["content-type", contentType]], content)));
        const { body, isBase64Encoded } = JSON.parse(written) as ReturnType<typeof bodyOf>;
        expect(bytesOf(body, isBase64Encoded).equals(content)).toBe(true);
      }),
    );
  });

  test("that is missing is empty", () => {
    expect(bytesOf(null, false)).toHaveLength(0);
    expect(bytesOf(undefined, true)).toHaveLength(0);
  });
});
