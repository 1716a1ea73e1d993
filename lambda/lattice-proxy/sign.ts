import { createHash, createHmac } from "node:crypto";

import type { Header } from "./message";

/*
 * Signature version 4, of a request exactly as it is sent (IAM User Guide, "AWS Signature Version 4 for API requests"). The SDK's signer
 * takes a query apart into text and puts it together again, and cannot take one whose encoded bytes are no UTF-8; this one keeps bytes. A
 * test holds the two together.
 */

/** Keys of the function's role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys, which a function's are. */
  readonly sessionToken?: string;
}

/** What of a request is signed: VPC Lattice verifies no body, and what is on the way may change any other header. */
export interface SignedParts {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query?: string;
}

const SERVICE = "vpc-lattice-svcs";
const ALGORITHM = "AWS4-HMAC-SHA256";
/** VPC Lattice User Guide, "SIGv4 authenticated requests": bodies cannot be signed, and this says so. */
const PAYLOAD = "UNSIGNED-PAYLOAD";

/**
 * The headers that sign a request.
 *
 * @param now milliseconds since 1970
 */
export function signatureHeaders(
  request: SignedParts,
  region: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  now: number,
): readonly Header[] {
  const time = new Date(now).toISOString().replace(/\.\d{3}|[:-]/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${SERVICE}/aws4_request`;
  const own: readonly Header[] = [
    ["x-amz-content-sha256", PAYLOAD],
    ["x-amz-date", time],
    ...(sessionToken === undefined ? [] : [["x-amz-security-token", sessionToken] as const]),
  ];
  const signed: readonly Header[] = [["host", request.host], ...own];
  const names = signed.map(([name]) => name).join(";");
  const canonicalRequest = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query ?? ""),
    ...signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    PAYLOAD,
  ].join("\n");
  const digest = createHash("sha256").update(canonicalRequest).digest("hex");
  const key = [day, region, SERVICE, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, [ALGORITHM, time, scope, digest].join("\n")).toString("hex");
  const credential = `${accessKeyId}/${scope}`;
  return [
    ...own,
    ["authorization", `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`],
  ];
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** Without empty segments, each of the others encoded once more than it was sent. Dot segments are refused long before. */
function canonicalPath(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "");
  const end = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.map((segment) => segment.replace(RESERVED, encode)).join("/")}${end}`;
}

/**
 * Each name and value encoded once, whether or not it was, in the order of the names and then the values. A plus is a plus: whoever means a
 * space by it reads the query in a way of its own.
 */
function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((parameter) => {
      const [name = "", ...value] = parameter.split("=");
      return [encodeOnce(name), encodeOnce(value.join("="))] as const;
    })
    .sort(([name, value], [otherName, otherValue]) => order(name, otherName) || order(value, otherValue))
    .map((parameter) => parameter.join("="))
    .join("&");
}

const RESERVED = /[^A-Za-z0-9._~-]/g;

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Of visible ASCII characters, as a target has no others. */
function encodeOnce(text: string): string {
  const bytes = text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return bytes.replace(RESERVED, encode);
}

function order(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
