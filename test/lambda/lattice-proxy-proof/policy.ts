import type { Known } from "./fronts/front";
import { byName, type Header, valuesOf } from "./message";

/* What becomes of headers on purpose, in the words of docs/stacks/lattice.md and of the fleet: stated here once more, not imported. */

/** Where services find what a client sent in `Authorization`. */
export const BEARER_HEADER = "x-client-authorization";

/** RFC 9110, section 7.6.1, and what older proxies know. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What only others may say: signature, VPC Lattice, load balancer, proxies. */
const FORGED =
  /^(x-amz-|x-amzn-lattice-|x-envoy-|x-amzn-mtls-|x-amzn-oidc-|x-forwarded-(?!(?:for|port|proto)$)|forwarded$|x-real-ip$)/;

/** What the front writes itself; a client cannot name it away. */
const FROM_FRONT = /^(x-forwarded-(for|port|proto)|x-amzn-trace-id)$/;

/** What a connection sets for itself. */
const FRAMING = ["host", "content-length"];

/** Names of headers that end at this hop. */
function ending(headers: readonly Header[]): ReadonlySet<string> {
  const named = valuesOf(headers, "connection").flatMap((value) =>
    value.split(",").map((name) => name.trim().toLowerCase()),
  );
  return new Set([...HOP_BY_HOP, ...named]);
}

/** Headers with which a request has to arrive, besides those of its framing and its signature. */
export function arriving(known: Known, host: string, signed: boolean): ReadonlyMap<string, readonly string[]> {
  const ended = ending(known.headers);
  const passed = known.headers.flatMap(([name, value]): Header[] => {
    const lower = name.toLowerCase();
    if (
      (ended.has(lower) && !FROM_FRONT.test(lower)) ||
      FRAMING.includes(lower) ||
      FORGED.test(lower) ||
      lower === BEARER_HEADER
    )
      return [];
    // JSON has texts, the wire has bytes.
    const bytes = Buffer.from(value).toString("latin1");
    return [[lower === "authorization" && signed ? BEARER_HEADER : lower, bytes]];
  });
  return comparable([...passed, ["x-forwarded-host", host]]);
}

/** Headers with which a request did arrive, without those of its framing and its signature. */
export function arrived(headers: readonly Header[], signed: boolean): ReadonlyMap<string, readonly string[]> {
  return comparable(
    headers.filter(([name]) => {
      const lower = name.toLowerCase();
      if (FRAMING.includes(lower) || lower === "connection") return false;
      return !signed || !(lower === "authorization" || SIGNATURE.includes(lower));
    }),
  );
}

/** What a signature brings besides `Authorization`. */
const SIGNATURE = ["x-amz-date", "x-amz-security-token", "x-amz-content-sha256"];

/** Headers of a service that go back. */
export function returning(headers: readonly Header[]): readonly Header[] {
  const ended = ending(headers);
  return headers.filter(([name]) => !ended.has(name.toLowerCase()) && name.toLowerCase() !== "content-length");
}

/** Several cookies are one header in RFC 6265, section 5.4. */
function comparable(headers: readonly Header[]): ReadonlyMap<string, readonly string[]> {
  const names = [...byName(headers)].map(
    ([name, values]) => [name, name === "cookie" ? [values.join("; ")] : values] as const,
  );
  return new Map(names.sort(([one], [other]) => (one < other ? -1 : 1)));
}
