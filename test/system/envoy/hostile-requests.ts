const HOST = "Host: shop.example.com\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";

function get(target: string, headers = HOST): string {
  return `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
}

function post(headers: string, body: string): string {
  return `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
}

/** A request behind the first, should somebody find two in one. */
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";

/** What nobody may pass on: two parties could read it as two different requests. */
export const REFUSED: Readonly<Record<string, string>> = {
  "a length and chunks": post(`Content-Length: 4\r\n${CHUNKED}`, `0\r\n\r\n${SMUGGLED}`),
  "chunks and a length": post(`${CHUNKED}Content-Length: 4\r\n`, `0\r\n\r\n${SMUGGLED}`),
  "two lengths": post("Content-Length: 4\r\nContent-Length: 50\r\n", `abcd${SMUGGLED}`),
  "one length twice": post("Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"),
  "a list of lengths": post("Content-Length: 4, 4\r\n", "abcd"),
  "a length with a sign": post("Content-Length: +4\r\n", "abcd"),
  "a negative length": post("Content-Length: -4\r\n", "abcd"),
  "a length in hexadecimal": post("Content-Length: 0x4\r\n", "abcd"),
  "a length too long for a number": post(`Content-Length: ${"9".repeat(30)}\r\n`, "abcd"),
  "an encoding that nobody knows": post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
  "chunks that are not last": post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
  "chunks of something packed": post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
  "two encodings": post(`${CHUNKED}Transfer-Encoding: identity\r\n`, "0\r\n\r\n"),
  "an encoding behind a space": post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
  "an encoding behind a vertical tab": post("Transfer-Encoding:\x0bchunked\r\n", "0\r\n\r\n"),
  "chunks in HTTP/1.0": `POST / HTTP/1.0\r\n${HOST}${CHUNKED}\r\n0\r\n\r\n`,
  "a chunk's size that is none": post(CHUNKED, "zz\r\nab\r\n0\r\n\r\n"),
  "a chunk's size too large": post(CHUNKED, `${"F".repeat(17)}\r\nab\r\n0\r\n\r\n`),
  "chunks in lines of their own kind": post(CHUNKED, "2\nab\n0\n\n"),
  "a line end inside a chunk's extension": post(CHUNKED, "2;a\nb\r\nab\r\n0\r\n\r\n"),
  "NUL in a header": get("/", `${HOST}X-A: b\0c\r\n`),
  "a header's name with a space": get("/", `${HOST}X-Amz-Date : x\r\n`),
  "a header's name with an underscore": get("/", `${HOST}x_amz_date: x\r\n`),
  "headers that the connection would take away": get(
    "/",
    `${HOST}Connection: close, X-Forwarded-For, Authorization\r\n`,
  ),
  "two hosts": get("/", `${HOST}Host: api.example.com\r\n`),
  "one host twice": get("/", HOST + HOST),
  "no host": get("/", ""),
  "an empty host": get("/", "Host: \r\n"),
  "a list of hosts": get("/", "Host: shop.example.com, evil.example\r\n"),
  "a host with a user": get("/", "Host: shop.example.com@evil.example\r\n"),
  "a host with a path": get("/", "Host: shop.example.com/evil\r\n"),
  "a host with a port that is none": get("/", "Host: shop.example.com:abc\r\n"),
  "another host in the request line": get("http://evil.example/"),
  "a user and another host in the request line": get("http://shop.example.com@evil.example/"),
  "a tunnel": `CONNECT shop.example.com:443 HTTP/1.1\r\n${HOST}\r\n`,
  "a tunnel to the task's credentials": "CONNECT 169.254.170.2:80 HTTP/1.1\r\nHost: 169.254.170.2:80\r\n\r\n",
  "HTTP/1.0": `GET / HTTP/1.0\r\n${HOST}\r\n`,
  "HTTP/0.9": "GET /\r\n",
  "HTTP/2.0 in a request line": `GET / HTTP/2.0\r\n${HOST}\r\n`,
  "HTTP/2 itself": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "an encoded slash": get("/a%2fb"),
  "an encoded slash after dots": get("/..%2f..%2fetc"),
  "an encoded backslash": get("/a%5Cb"),
  "an encoded NUL": get("/a%00b"),
  "a fragment": get("/a#b"),
  "a space in the path": get("/a b"),
  "a tab in the path": get("/a\tb"),
  "bytes above ASCII in the path": get("/a\xc3\xbc"),
  "a method in lower case": `get / HTTP/1.1\r\n${HOST}\r\n`,
  TRACE: `TRACE / HTTP/1.1\r\n${HOST}\r\n`,
  "too many headers": get("/", HOST + "A: b\r\n".repeat(200)),
  "headers too large": get("/", `${HOST}A: ${"b".repeat(70_000)}\r\n`),
};

/** What is unusual and has one meaning: it arrives as that one request, and with nothing that was hidden in it. */
export const CLEANED: Readonly<Record<string, string>> = {
  "a header behind a carriage return": get("/", `${HOST}X-A: b\rX-Amz-Hidden: c\r\n`),
  "a header behind a line feed": get("/", `${HOST}X-A: b\nX-Amz-Hidden: c\r\n`),
  "a header folded into another": get("/", `${HOST}X-A: b\r\n X-Amz-Hidden: c\r\n`),
  "a header in a trailer": post(
    `${CHUNKED}Trailer: X-Amz-Hidden\r\n`,
    "0\r\nX-Amz-Hidden: c\r\nAuthorization: c\r\n\r\n",
  ),
  "a header encoded in the path": get("/a%0d%0aX-Amz-Hidden:%20c"),
  "a request inside a body": post(`Content-Length: ${SMUGGLED.length}\r\n`, SMUGGLED),
  "an upgrade to HTTP/2": get(
    "/",
    `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n`,
  ),
};
