/** A header as it stands on the wire: each character is a byte. */
export type Header = readonly [name: string, value: string];

/** A request of HTTP/1.1. Each character of its texts is a byte. */
export interface RequestMessage {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** An answer of HTTP/1.1. Each character of its texts is a byte. */
export interface AnswerMessage {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** A request and what of the bytes lay behind it. */
export interface ReadRequest {
  readonly request: RequestMessage;
  /** Request line and headers, byte for byte. */
  readonly head: string;
  readonly rest: Buffer;
}

/** Bytes that could be read in two ways, or in none: RFC 9112 leaves only refusing them. */
export class Malformed extends Error {
  override readonly name = "Malformed";
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([\\x21-\\xff]+) HTTP/1\\.1$`);
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) ([\t\x20-\xff]*)$/;
const HEADER_LINE = new RegExp(`^(${TOKEN}):[ \\t]*([^\\r\\n\\0]*?)[ \\t]*$`);

/**
 * Reads the first request of some bytes as strictly as RFC 9112 allows.
 *
 * @returns undefined when it has not come to its end
 * @throws Malformed
 */
export function readRequest(bytes: Buffer): ReadRequest | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const head = bytes.toString("latin1", 0, end + 4);
  const [first = "", ...lines] = head.slice(0, -4).split("\r\n");
  const [, method = "", target = ""] = REQUEST_LINE.exec(first) ?? [];
  if (method === "") throw new Malformed(`request line ${JSON.stringify(first)}`);
  const headers = readHeaders(lines);
  if (valuesOf(headers, "host").length !== 1) throw new Malformed("not one host");
  const body = readBody(headers, bytes.subarray(end + 4));
  return body && { request: { method, target, headers, body: body.body }, head, rest: body.rest };
}

/** @throws Malformed also when bytes lie behind the answer, or when it is cut */
export function readAnswer(bytes: Buffer, method: string): AnswerMessage {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) throw new Malformed("an answer without an end of its headers");
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [, status = "", reason = ""] = STATUS_LINE.exec(first) ?? [];
  if (status === "") throw new Malformed(`status line ${JSON.stringify(first)}`);
  const headers = readHeaders(lines);
  const rest = bytes.subarray(end + 4);
  const read = isBodiless(method, Number(status)) ? { body: Buffer.alloc(0), rest } : readBody(headers, rest);
  if (read?.rest.length !== 0) throw new Malformed("an answer that is cut, or two");
  return { status: Number(status), reason, headers, body: read.body };
}

/** RFC 9112, section 6.3. */
export function isBodiless(method: string, status: number): boolean {
  return method === "HEAD" || status < 200 || status === 204 || status === 304;
}

/** A request as a client sends it: in chunks, where its headers say so. */
export function writeRequest({ method, target, headers, body }: RequestMessage): Buffer {
  const head = Buffer.from(`${method} ${target} HTTP/1.1\r\n${writeHeaders(headers)}\r\n`, "latin1");
  return Buffer.concat([head, valuesOf(headers, "transfer-encoding").length > 0 ? inChunks(body, 700) : body]);
}

export function writeAnswer({ status, reason, headers, body }: AnswerMessage): Buffer {
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${writeHeaders(headers)}\r\n`, "latin1"), body]);
}

/** All values of a name, in order. */
export function valuesOf(headers: readonly Header[], name: string): readonly string[] {
  return headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
}

/** By names in lower case, with their values in order. */
export function byName(headers: readonly Header[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    names.set(lower, [...(names.get(lower) ?? []), value]);
  }
  return names;
}

/** Path and query of a target; no `?` and an empty query are not the same on the wire. */
export function splitTarget(target: string): { readonly path: string; readonly query: string | undefined } {
  const at = target.indexOf("?");
  return at === -1 ? { path: target, query: undefined } : { path: target.slice(0, at), query: target.slice(at + 1) };
}

/** A body in chunks of this size. */
export function inChunks(body: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

function writeHeaders(headers: readonly Header[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

function readHeaders(lines: readonly string[]): readonly Header[] {
  return lines.map((line) => {
    const [, name = "", value = ""] = HEADER_LINE.exec(line) ?? [];
    if (name === "") throw new Malformed(`header ${JSON.stringify(line)}`);
    return [name, value];
  });
}

function readBody(
  headers: readonly Header[],
  bytes: Buffer,
): { readonly body: Buffer; readonly rest: Buffer } | undefined {
  const lengths = valuesOf(headers, "content-length");
  const encodings = valuesOf(headers, "transfer-encoding");
  if (encodings.length > 0) {
    if (lengths.length > 0) throw new Malformed("a length beside an encoding");
    if (encodings.join().toLowerCase() !== "chunked") throw new Malformed(`encoded as ${encodings.join()}`);
    return readChunks(bytes);
  }
  if (lengths.length > 1) throw new Malformed("two lengths");
  const [length = "0"] = lengths;
  if (!/^\d{1,15}$/.test(length)) throw new Malformed(`length ${length}`);
  const size = Number(length);
  return bytes.length < size ? undefined : { body: bytes.subarray(0, size), rest: bytes.subarray(size) };
}

function readChunks(bytes: Buffer): { readonly body: Buffer; readonly rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd === -1) return undefined;
    const line = bytes.toString("latin1", at, lineEnd);
    if (!/^[0-9A-Fa-f]{1,8}$/.test(line)) throw new Malformed(`chunk of ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (bytes.toString("latin1", end, end + 2) !== "\r\n") throw new Malformed("a chunk of another length");
    if (size === 0) return { body: Buffer.concat(parts), rest: bytes.subarray(end + 2) };
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
