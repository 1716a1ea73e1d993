import { headerFault, headersFromService, headersToService } from "../../../lambda/lattice-proxy/headers";
import type { Header } from "../../../lambda/lattice-proxy/message";

interface Changes {
  readonly method?: string;
  readonly body?: string;
  readonly sign?: boolean;
  readonly identityHeaders?: boolean;
}

/** What the service gets besides what every request has. */
function sent(headers: readonly Header[], changes: Changes = {}): readonly Header[] {
  const { method = "GET", body = "", sign = true, identityHeaders = false } = changes;
  const request = { method, path: "/", headers, body: Buffer.from(body) };
  const to = { host: "shop.example.com", domain: "service.test", sign };
  const all = headersToService(request, to, { bearerHeader: "x-bearer", identityHeaders });
  expect(all[0]).toEqual(["host", "service.test"]);
  expect(all).toContainEqual(["x-forwarded-host", "shop.example.com"]);
  return all.filter(([name]) => name !== "host" && name !== "x-forwarded-host");
}

test("headers keep their order, letters, values and repetitions", () => {
  const headers: readonly Header[] = [
    ["X-One", "1"],
    ["accept", " a,b "],
    ["x-one", ""],
    ["X-One", "ü\t"],
    ["cookie", "a=1; b=2"],
    ["x-amzn-trace-id", "Root=1"],
    ["X-Forwarded-For", "192.0.2.1, 198.51.100.7"],
    ["x-forwarded-proto", "https"],
    ["x-forwarded-port", "443"],
  ];
  expect(sent(headers)).toEqual(headers);
});

test.each([
  "Connection",
  "keep-alive",
  "Proxy-Authorization",
  "proxy-authenticate",
  "proxy-connection",
  "TE",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "Host",
  "Expect",
])("%s is not the service's", (name) => {
  expect(sent([[name, "x"]])).toEqual([]);
});

test("nor is what Connection names", () => {
  const headers: readonly Header[] = [
    ["connection", "close, X-Hop"],
    ["Connection", "x-other"],
    ["x-hop", "1"],
    ["X-Other", "1"],
    ["x-stays", "1"],
  ];
  expect(sent(headers)).toEqual([["x-stays", "1"]]);
});

test("Connection takes nothing out that the front says of the client", () => {
  const said: readonly Header[] = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-port", "x-amzn-oidc-data"].map(
    (name) => [name, "1"],
  );
  const named: Header = ["connection", said.map(([name]) => name).join(", ")];
  expect(sent([named, ...said], { identityHeaders: true })).toEqual(said);
});

test.each([
  "X-Amz-Date",
  "x-amz-security-token",
  "x-amz-content-sha256",
  "x-amzn-lattice-identity",
  "x-amzn-mtls-clientcert",
  "X-Amzn-Oidc-Data",
  "x-envoy-original-path",
  "X-Forwarded-Host",
  "x-forwarded-client-cert",
  "x-forwarded-for-original",
  "Forwarded",
  "X-Real-IP",
  "X-Bearer",
])("a client cannot say %s", (name) => {
  expect(sent([[name, "forged"]])).toEqual([]);
});

test("who has logged in stays where the load balancer says it", () => {
  const identity: Header = ["x-amzn-oidc-data", "signed"];
  expect(sent([identity], { identityHeaders: true })).toEqual([identity]);
});

test("a signature takes the place of Authorization, which moves", () => {
  const headers: readonly Header[] = [
    ["X-Bearer", "forged"],
    ["Authorization", "Bearer token"],
  ];
  expect(sent(headers)).toEqual([["x-bearer", "Bearer token"]]);
  expect(sent(headers, { sign: false })).toEqual([["Authorization", "Bearer token"]]);
});

test("the length is the body's", () => {
  expect(sent([["Content-Length", "999"]], { method: "POST", body: "ü" })).toEqual([["content-length", "2"]]);
  expect(sent([], { method: "GET", body: "x" })).toEqual([["content-length", "1"]]);
});

test("an empty body is none, unless it was sent or the method stands for one", () => {
  expect(sent([], { method: "DELETE" })).toEqual([]);
  expect(sent([["content-length", "0"]], { method: "DELETE" })).toEqual([["content-length", "0"]]);
  expect(sent([], { method: "POST" })).toEqual([["content-length", "0"]]);
  expect(sent([], { method: "PROPFIND" })).toEqual([["content-length", "0"]]);
});

test.each(["", "a b", "x_forwarded_for", "a:b", "ü", "a\r\nb"])("no header is named %j", (name) => {
  expect(headerFault([[name, ""]])).toMatch(/name/);
});

test.each(["a\r\nx: y", "\u0000", "\u007f", "\n"])("no header is worth %j", (value) => {
  expect(headerFault([["a", value]])).toMatch(/control/);
});

test.each(["\uFFFD", "a\uFFFDb", "\uD83D"])("no header is worth %j, which stands for bytes that are gone", (value) => {
  expect(headerFault([["a", value]])).toBe("a header holds bytes that are no UTF-8");
});

test("odd headers that are none of these go through", () => {
  expect(headerFault([["x!#$%&'*+-.^`|~9", "\t ~\u0080ü\u{1F600}"]])).toBeUndefined();
});

test("an answer loses what concerns the connection and its body's length", () => {
  const stay: readonly Header[] = [
    ["Set-Cookie", "a"],
    ["set-cookie", "b"],
    ["x-amz-request-id", "1"],
    ["Server", "x"],
  ];
  const go: readonly Header[] = [
    ["Connection", "x-hop"],
    ["x-Hop", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Trailer", "x"],
    ["Keep-Alive", "timeout=5"],
    ["Content-Length", "1"],
  ];
  expect(headersFromService([...go, ...stay], true)).toEqual(stay);
});

test("where an answer has no body its length tells something else, and stays", () => {
  expect(headersFromService([["Content-Length", "1"]], false)).toEqual([["Content-Length", "1"]]);
});
