import fc from "fast-check";

import { type AnswerMessage, type Header, inChunks, isBodiless, type RequestMessage } from "./message";

/** A request, a service's answer to it, and how the answer is cut into bytes. */
export interface Case {
  readonly request: RequestMessage;
  readonly answer: AnswerMessage;
  readonly framing: Framing;
}

/** How the end of an answer's body is told. */
export type Framing = "length" | "chunks" | "close";

/** Names that are something else in a JavaScript object. */
const TREACHEROUS = ["__proto__", "constructor", "toString", "hasOwnProperty", "1", "0"];

const UNRESERVED = Array.from("abcXYZ019-._~");
const ENCODED = ["%20", "%C3%A9", "%e2%9c%93", "%2F", "%2f", "%3F", "%23", "%26", "%3D", "%2B", "%41", "%7E", "%25"];

const text = (units: readonly string[], maxLength: number, minLength = 0): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...units), { maxLength, minLength }).map((parts) => parts.join(""));

const segment = text([...UNRESERVED, ...Array.from("!$&'()*+,;=:@"), ...ENCODED, "%2525", "%F0%9F%98%80"], 8);
const path = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((segments) => `/${segments.join("/")}`)
  // A doubled slash in front would be an authority to some, and dots are a matter of their own: hostile.ts has both.
  .filter((target) => !target.startsWith("//") && !/%25(?![0-9A-Fa-f]{2})/.test(target) && !isRefused(target));

const parameterText = text([...UNRESERVED, ...Array.from("!$'()*,:@/?"), "+", ...ENCODED, "%5B%5D"], 6);
const parameterName = fc.oneof(
  { weight: 5, arbitrary: parameterText },
  { weight: 2, arbitrary: fc.constantFrom("a", "b", "page[size]", "a.b") },
  { weight: 1, arbitrary: fc.constantFrom(...TREACHEROUS) },
);
const parameter = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(parameterName, parameterText).map(([name, value]) => `${name}=${value}`) },
  { weight: 1, arbitrary: parameterName },
  { weight: 1, arbitrary: fc.constantFrom("", "=", "a==", "a=b=c", "a=%zz", "x=%", "semi=a;b=c", "bytes=%FF%FE") },
  { weight: 1, arbitrary: fc.constantFrom('quote="', "back=\\", "tick=`", "caret=^", "less=<>", "pipe=|", "brace={}") },
);
const query = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.array(parameter, { maxLength: 6 }).map((parameters) => parameters.join("&")) },
);
const target = fc.tuple(path, query).map(([one, two]) => (two === undefined ? one : `${one}?${two}`));

const visible = text(Array.from("abcXYZ 019\t,;=\"'()<>@[]{}/\\?!#%&*+|~^`:$._-"), 24).map((value) => value.trim());
const fieldValue = fc.oneof(
  { weight: 8, arbitrary: visible },
  { weight: 1, arbitrary: fc.constantFrom("", "a".repeat(4000), 'W/"x, y"', "a,b, c ,d") },
  { weight: 1, arbitrary: fc.constantFrom("Grüße", "日本語", "emoji 😀").map(bytesOf) },
);

const fieldName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("x-a", "X-Mixed-Case", "x.dotted", "x!odd#$%&'*+^`|~", "constructor", "1") },
  { weight: 4, arbitrary: fc.constantFrom("Accept", "accept-encoding", "User-Agent", "If-None-Match", "Range", "Via") },
);

/** Clients of old write Latin-1, of which a front's event keeps nothing. */
const requestValue = fc.oneof(
  { weight: 30, arbitrary: fieldValue },
  { weight: 1, arbitrary: fc.constant("Gr\xfc\xdfe") },
);

/** What clients may not say, and what ends at this hop. */
const takenOut: fc.Arbitrary<readonly Header[]> = fc.constantFrom<readonly Header[]>(
  [["Authorization", "Bearer abc.def.ghi"]],
  [["authorization", "Basic dXNlcjpwYXNz"]],
  [["authorization", "AWS4-HMAC-SHA256 Credential=EVIL/20260101/eu-central-1/vpc-lattice-svcs/aws4_request"]],
  [["x-client-authorization", "Bearer forged"]],
  [["X-Amz-Date", "20200101T000000Z"]],
  [
    ["x-amz-security-token", "forged"],
    ["x-amz-content-sha256", "forged"],
  ],
  [["x-amzn-lattice-identity", "Principal=forged"]],
  [["X-Forwarded-Host", "evil.example"]],
  [["x-forwarded-for", "198.51.100.7"]],
  [["x-forwarded-proto", "gopher"]],
  [
    ["forwarded", "for=evil"],
    ["x-real-ip", "198.51.100.7"],
  ],
  [["x-envoy-original-path", "/forged"]],
  [["x-amzn-mtls-clientcert", "forged"]],
  [["x-amzn-oidc-data", "forged"]],
  [
    ["Connection", "close, X-Hop"],
    ["X-Hop", "1"],
  ],
  [
    ["connection", "keep-alive"],
    ["Keep-Alive", "timeout=5"],
  ],
  [
    ["TE", "trailers"],
    ["proxy-authorization", "Basic c2VjcmV0"],
  ],
  [["Proxy-Connection", "keep-alive"]],
  [["Connection", "x-forwarded-for, X-Amzn-Trace-Id,x-forwarded-proto"]],
);

const cookies: fc.Arbitrary<readonly Header[]> = fc.constantFrom<readonly Header[]>(
  [["Cookie", "session=abc123; theme=dark"]],
  [["cookie", 'a="quoted, value"; b=%20x; c=']],
  [
    ["cookie", "one=1"],
    ["cookie", "two=2; three=3"],
  ],
);

const requestHeaders: fc.Arbitrary<readonly Header[]> = fc
  .tuple(
    fc.array(fc.tuple(fieldName, requestValue), { maxLength: 6 }),
    fc.array(takenOut, { maxLength: 2 }),
    fc.oneof(fc.constant<readonly Header[]>([]), cookies),
  )
  .map(([free, taken, jar]) => [...free, ...taken.flat(), ...jar]);

const anyText = fc
  .array(fc.constantFrom("plain ", "Grüße ", "😀", "\r\n", "\0", "\t", '"', "\\", "\ufeff", "\u2028", "{}"), {
    maxLength: 40,
  })
  .map((parts) => Buffer.from(parts.join("")));
const anyBytes = fc.uint8Array({ maxLength: 3000 }).map((bytes) => Buffer.from(bytes));
const NONE = fc.constant(Buffer.alloc(0));

/** A body with the headers that say what it is. */
interface Content {
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

const content = (types: readonly (readonly Header[])[], body: fc.Arbitrary<Buffer>): fc.Arbitrary<Content> =>
  fc.tuple(fc.constantFrom(...types), body).map(([headers, bytes]) => ({ headers, body: bytes }));

const TEXT_TYPES: readonly (readonly Header[])[] = [
  [["Content-Type", "application/json"]],
  [["content-type", "text/plain; charset=utf-8"]],
  [["Content-Type", "application/xml"]],
];
const OTHER_TYPES: readonly (readonly Header[])[] = [
  [["Content-Type", "application/octet-stream"]],
  [["content-type", "application/x-www-form-urlencoded"]],
  [["content-type", "multipart/form-data; boundary=x"]],
  [["content-type", "application/problem+json"]],
  [["content-type", "image/png"]],
  [],
];
const PACKED: readonly (readonly Header[])[] = [
  [
    ["content-encoding", "gzip"],
    ["content-type", "application/json"],
  ],
  [
    ["Content-Encoding", "br"],
    ["Content-Type", "text/html"],
  ],
];

const anyContent = fc.oneof(
  { weight: 2, arbitrary: content([[]], NONE) },
  { weight: 1, arbitrary: content([...TEXT_TYPES, ...OTHER_TYPES], NONE) },
  { weight: 4, arbitrary: content(TEXT_TYPES, anyText) },
  { weight: 3, arbitrary: content(OTHER_TYPES, anyBytes) },
  { weight: 1, arbitrary: content(OTHER_TYPES, anyText) },
  { weight: 1, arbitrary: content(PACKED, anyBytes) },
  // Called text, and none.
  { weight: 1, arbitrary: content(TEXT_TYPES, anyBytes) },
);

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const BODILESS: readonly string[] = ["GET", "HEAD", "DELETE", "OPTIONS"];

const requests = (host: string): fc.Arbitrary<RequestMessage> =>
  fc
    .record({
      method: fc.constantFrom(...METHODS),
      target,
      headers: requestHeaders,
      content: anyContent,
      chunked: fc.boolean(),
      // GET with a body is unusual, and allowed.
      bare: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
    })
    .map(({ method, target: one, headers, content: { headers: type, body: some }, chunked, bare }) => {
      const none = bare && BODILESS.includes(method);
      const body = none ? Buffer.alloc(0) : some;
      const length: readonly Header[] =
        body.length === 0
          ? none
            ? []
            : [["Content-Length", "0"]]
          : chunked
            ? [["Transfer-Encoding", "chunked"]]
            : [["Content-Length", String(body.length)]];
      const all: readonly Header[] = [["Host", host], ...headers, ...(none ? [] : type), ...length];
      return { method, target: one, headers: all, body };
    });

const STATUSES = [
  ...[200, 200, 200, 201, 202, 203, 204, 206, 207, 226, 299, 300, 301, 302, 303, 304, 307, 308],
  ...[400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 418, 421, 422, 425, 429, 431, 451, 499],
  ...[500, 501, 502, 503, 504, 507, 511, 599],
];

const answerHeaders: fc.Arbitrary<readonly Header[]> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("X-A", "x-b", "Vary", "Link", "constructor", "ETag"), fieldValue), {
      maxLength: 6,
    }),
    fc.array(
      fc.constantFrom<Header>(
        ["Set-Cookie", "session=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly"],
        ["set-cookie", "theme=dark; SameSite=Lax"],
        ["Set-Cookie", 'odd="a, b"; Secure'],
      ),
      { maxLength: 3 },
    ),
    fc.array(
      fc.constantFrom<readonly Header[]>(
        [["Location", "https://shop.example.com/a%20b?x=1&y=2#z"]],
        [
          ["WWW-Authenticate", 'Basic realm="a, b"'],
          ["WWW-Authenticate", 'Bearer error="invalid_token"'],
        ],
        [["Date", "Mon, 23 Nov 2026 03:00:00 GMT"]],
        [["Server", "lattice"]],
        [
          ["Connection", "close, X-Hop"],
          ["X-Hop", "1"],
          ["Keep-Alive", "timeout=5"],
        ],
        [["x-amzn-requestid", "0a1b"]],
        [["Access-Control-Allow-Origin", "*"]],
      ),
      { maxLength: 2 },
    ),
  )
  .map(([free, jar, some]) => [...free, ...jar, ...some.flat()]);

const LATIN_1: readonly (readonly Header[])[] = [[["Content-Type", "text/html; charset=iso-8859-1"]]];

const answers: fc.Arbitrary<AnswerMessage> = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    reason: fc.constantFrom("OK", "Fine", "", "I'm a teapot", "Whatever It Is"),
    headers: answerHeaders,
    content: fc.oneof(
      { weight: 5, arbitrary: anyContent },
      { weight: 1, arbitrary: content(LATIN_1, fc.constant(Buffer.from("Gr\xfc\xdfe", "latin1"))) },
    ),
  })
  .map(({ content: { headers: type, body }, headers, ...others }) => ({
    ...others,
    headers: [...headers, ...type],
    body,
  }));

/** Requests for a host, each with an answer. */
export function cases(host: string): fc.Arbitrary<Case> {
  return fc
    .record({
      request: requests(host),
      answer: answers,
      framing: fc.constantFrom<Framing>("length", "length", "chunks", "close"),
    })
    .map(({ request, answer, framing }) => {
      const none = isBodiless(request.method, answer.status);
      return { request, framing, answer: none ? { ...answer, body: Buffer.alloc(0) } : answer };
    });
}

/** An answer as the service sends it. */
export function framed({ request, answer, framing }: Case): Buffer {
  const { status, reason, headers, body } = answer;
  const isHead = request.method === "HEAD";
  // To HEAD a service tells the length of what GET would get; 204 has none.
  const length: readonly Header[] =
    status === 204
      ? []
      : isBodiless(request.method, status)
        ? isHead
          ? [["Content-Length", "12345"]]
          : []
        : framing === "length"
          ? [["Content-Length", String(body.length)]]
          : framing === "chunks"
            ? [["Transfer-Encoding", "chunked"]]
            : [["Connection", "close"]];
  const lines = [...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n`, "latin1");
  const hasChunks = framing === "chunks" && !isBodiless(request.method, status);
  return Buffer.concat([head, hasChunks ? inChunks(body, 700) : body]);
}

function bytesOf(value: string): string {
  return Buffer.from(value).toString("latin1");
}

/** Whether somebody could see a dot segment or a control in it, after as many decodings as any front makes. */
function isRefused(one: string): boolean {
  if (/%(25)*([01][0-9a-f]|7f)/i.test(one)) return true;
  let decoded = one;
  for (let times = 0; times < 3; times += 1) {
    decoded = decoded.replace(/%2e/gi, ".").replace(/%2f/gi, "/").replace(/%3b/gi, ";").replace(/%25/g, "%");
    if (/(^|\/)\.\.?(;|\/|\?|#|$)/.test(decoded.replace(/%3f/gi, "?").replace(/%23/g, "#"))) return true;
  }
  return false;
}
