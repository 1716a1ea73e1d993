import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as it arrived. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly target: string;
  /** Names and values in turn, as in `IncomingMessage.rawHeaders`; HTTP/2's `:authority` counts as `host`. */
  readonly rawHeaders: readonly string[];
  /** @default - none */
  readonly body?: Buffer;
}

/** Who may sign, and for what. */
export interface SigningExpectation {
  readonly region: string;
  readonly service: string;
  /** Keys that are valid now, by their id. */
  readonly keys: ReadonlyMap<string, SigningKey>;
  /** The verifier's clock. @default - now */
  readonly now?: Date;
  /** Whether the signature must leave the body out, as VPC Lattice wants. @default false */
  readonly unsignedPayload?: boolean;
}

/** The secret part of a key. */
export interface SigningKey {
  readonly secret: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<scope>[^ ,]+), ?SignedHeaders=(?<headers>[a-z0-9;-]+), ?Signature=(?<signature>[0-9a-f]{64})$/;

/** How far the clocks of signer and verifier may be apart. */
const SKEW_MILLISECONDS = 5 * 60 * 1000;

/**
 * Verifies a request's signature as a service would: written from "AWS Signature Version 4 for API requests" (IAM User Guide), step by
 * step, and sharing nothing with any signer.
 *
 * @returns id of the key that signed
 * @throws Error saying why the signature is refused
 */
export function verifySignature(request: SignedRequest, expected: SigningExpectation): string {
  const headers = canonicalHeaders(request.rawHeaders);
  const authorization = AUTHORIZATION.exec(only(headers, "authorization"));
  const { scope = "", headers: signedNames = "", signature = "" } = authorization?.groups ?? {};
  if (authorization === null) throw new Error("Authorization is no signature of version 4");

  const [keyId = "", day = "", region, service, terminator, ...rest] = scope.split("/");
  if (region !== expected.region) throw new Error(`signed for the region ${String(region)}`);
  if (service !== expected.service) throw new Error(`signed for the service ${String(service)}`);
  if (terminator !== "aws4_request" || rest.length > 0) throw new Error(`the scope is ${scope}`);
  const key = expected.keys.get(keyId);
  if (key === undefined) throw new Error(`nobody has the key ${keyId}`);
  if (headers.get("x-amz-security-token") !== key.sessionToken) throw new Error("the session token is not the key's");

  const time = checkTime(only(headers, "x-amz-date"), day, expected.now ?? new Date());
  const names = signedNames.split(";");
  checkNames(names, headers);
  const payload = payloadHash(headers, request.body ?? Buffer.alloc(0), expected.unsignedPayload ?? false);

  const [path, query = ""] = splitOnce(request.target, "?");
  const canonicalRequest = [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${only(headers, name)}`),
    "",
    signedNames,
    payload,
  ].join("\n");
  const stringToSign = ["AWS4-HMAC-SHA256", time, scope.slice(keyId.length + 1), sha256(canonicalRequest)].join("\n");
  const steps = [day, expected.region, expected.service, "aws4_request", stringToSign];
  const right = steps.reduce<Buffer>((last, step) => hmac(last, step), Buffer.from(`AWS4${key.secret}`));
  if (!timingSafeEqual(right, Buffer.from(signature, "hex"))) {
    throw new Error(`the signature is not that of\n${canonicalRequest}`);
  }
  return keyId;
}

/** By lower-case name: values without surrounding spaces, runs of spaces as one, several of one name joined by commas. */
function canonicalHeaders(rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const rawName = (rawHeaders[index] ?? "").toLowerCase();
    const name = rawName === ":authority" ? "host" : rawName;
    const value = (rawHeaders[index + 1] ?? "").trim().replace(/ +/g, " ");
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

function only(headers: ReadonlyMap<string, string>, name: string): string {
  const value = headers.get(name);
  if (value === undefined) throw new Error(`the request has no ${name}`);
  return value;
}

function checkTime(time: string, day: string, now: Date): string {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  if (parts === null) throw new Error(`x-amz-date is ${time}`);
  const [, year, month, date, hour, minute, second] = parts.map(Number);
  const signed = Date.UTC(year ?? 0, (month ?? 0) - 1, date, hour, minute, second);
  if (Math.abs(signed - now.getTime()) > SKEW_MILLISECONDS) throw new Error(`signed at ${time}, too far from now`);
  if (!time.startsWith(`${day}T`)) throw new Error(`the scope is of ${day}, the request of ${time}`);
  return time;
}

/** `host` and all of the signature's own headers must be signed, or somebody on the way could change them. */
function checkNames(names: readonly string[], headers: ReadonlyMap<string, string>): void {
  if (names.join() !== [...new Set(names)].sort().join())
    throw new Error(`signed headers out of order: ${names.join()}`);
  const wanted = [...headers.keys()].filter((name) => name === "host" || name.startsWith("x-amz-"));
  for (const name of ["host", ...wanted]) {
    if (!names.includes(name)) throw new Error(`${name} is not signed`);
  }
}

function payloadHash(headers: ReadonlyMap<string, string>, body: Buffer, unsigned: boolean): string {
  const declared = headers.get("x-amz-content-sha256");
  if (unsigned) {
    if (declared !== "UNSIGNED-PAYLOAD") throw new Error(`x-amz-content-sha256 is ${String(declared)}`);
    return declared;
  }
  const actual = sha256(body);
  if (declared !== undefined && declared !== actual) throw new Error("the body is not the one that was signed");
  return actual;
}

/** Every service but S3: the path without dot segments and repeated slashes, each of its segments encoded once more than it was sent. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(encode(Buffer.from(segment)));
  }
  const isFolder = path.endsWith("/") && segments.length > 0;
  return `/${segments.join("/")}${isFolder ? "/" : ""}`;
}

/** Names and values encoded, then in the order of the names, those of one name in the order of the values. */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((parameter) => splitOnce(parameter, "=").map((text = "") => encode(decode(text))))
    .map(([name = "", value = ""]) => [name, value] as const)
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/** `UriEncode` of the specification: every byte but the unreserved ones, in capitals. */
function encode(bytes: Buffer): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return UNRESERVED.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function decode(text: string): Buffer {
  const bytes: number[] = [];
  const source = Buffer.from(text);
  for (let index = 0; index < source.length; index += 1) {
    const escaped = /^%([0-9A-Fa-f]{2})$/.exec(source.toString("latin1", index, index + 3));
    if (escaped === null) {
      bytes.push(source.readUInt8(index));
    } else {
      bytes.push(Number.parseInt(escaped[1] ?? "", 16));
      index += 2;
    }
  }
  return Buffer.from(bytes);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function hmac(key: Buffer, content: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}
