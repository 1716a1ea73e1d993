import type { Config } from "./config";
import { hasLostBytes, type Header, type ProxyRequest, valuesOf } from "./message";

/** About one connection and not the message, or about its framing, which is made anew (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The front has the whole body already, and answered `100 Continue` where somebody waited for it. */
const WRITTEN_ANEW = new Set(["host", "content-length", "expect"]);

/** What the front itself writes about the client; a client cannot have it taken out by naming it in `Connection`. */
const FROM_FRONT = /^(x-forwarded-(for|proto|port)$|x-amzn-)/;

/**
 * What a client could say in somebody else's name: the signature's own headers, what VPC Lattice and load balancers tell services about a
 * caller, orders to proxies, and hosts and users that only proxies know.
 */
const FORGED =
  /^(x-amz-|x-amzn-lattice-|x-amzn-mtls-|x-envoy-|x-forwarded-(?!(for|proto|port)$)|forwarded$|x-real-ip$)/;

/** Who has logged in at the load balancer; where nobody is asked to, whoever writes it is the client. */
const IDENTITY = "x-amzn-oidc-";

const NAME = /^[A-Za-z0-9!#$%&'*+.^`|~-]+$/;
const CONTROL = /[^\t -~\u0080-\u{10FFFF}]/u;

/** Why the headers of a request cannot be passed on, or nothing when they can. */
export function headerFault(headers: readonly Header[]): string | undefined {
  // With an underscore too: a service may take `x_forwarded_for` for what only the front writes.
  if (headers.some(([name]) => !NAME.test(name))) return "a header has a name that it cannot have";
  if (headers.some(([, value]) => CONTROL.test(value))) return "a header has a control character";
  if (headers.some(([, value]) => hasLostBytes(value))) return "a header holds bytes that are no UTF-8";
  return undefined;
}

/**
 * The headers of a request as the service gets them, but for those of its signature: in their order and spelling, without what concerns
 * one connection and what only others may say.
 *
 * @param host as it was asked for
 */
export function headersToService(
  { headers, body, method }: ProxyRequest,
  { host, domain, sign }: { readonly host: string; readonly domain: string; readonly sign: boolean },
  { bearerHeader, identityHeaders }: Pick<Config, "bearerHeader" | "identityHeaders">,
): readonly Header[] {
  const named = namedByConnection(headers);
  const passed = headers.flatMap(([name, value]): readonly Header[] => {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || WRITTEN_ANEW.has(key) || (named.has(key) && !FROM_FRONT.test(key))) return [];
    if (FORGED.test(key) || key === bearerHeader || (key.startsWith(IDENTITY) && !identityHeaders)) return [];
    // The signature takes its place.
    return [[key === "authorization" && sign ? bearerHeader : name, value]];
  });
  const length: readonly Header[] = hasLength(headers, body, method) ? [["content-length", String(body.length)]] : [];
  return [["host", domain], ...passed, ["x-forwarded-host", host], ...length];
}

/**
 * The headers of an answer as the front gets them. The front counts the body for itself; only where there is none, the length tells
 * something else, and stays.
 */
export function headersFromService(headers: readonly Header[], hasBody: boolean): readonly Header[] {
  const named = namedByConnection(headers);
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !HOP_BY_HOP.has(key) && !named.has(key) && !(hasBody && key === "content-length");
  });
}

function namedByConnection(headers: readonly Header[]): ReadonlySet<string> {
  const options = valuesOf(headers, "connection").flatMap((value) => value.split(","));
  return new Set(options.map((option) => option.trim().toLowerCase()));
}

/** Methods that say nothing by having no body (RFC 9110, section 8.6): with any other the service wants to hear that there is none. */
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

function hasLength(headers: readonly Header[], body: Buffer, method: string): boolean {
  return body.length > 0 || !BODILESS.has(method) || valuesOf(headers, "content-length").length > 0;
}
