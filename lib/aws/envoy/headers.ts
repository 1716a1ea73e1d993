import { extension, type Message } from "./message";

/** What the load balancer itself writes about the client, and nobody else's word. */
const FROM_BALANCER = ["for", "proto", "port"] as const;

/** Name under which hosts can switch the filter off. */
export const BEARER_FILTER = "bearer";

/**
 * Takes out what a client could say in somebody else's name: the signature's own headers, what VPC Lattice and the load balancer tell
 * services about a caller, orders to Envoy, and hosts and users that only proxies know.
 *
 * @param identityHeaders whether the load balancer writes who has logged in; without that, whoever writes it is the client
 */
export function withoutForgedHeaders(bearerHeader: string, identityHeaders: boolean): Message {
  const matchers: readonly Message[] = [
    { prefix: "x-amz-" },
    { prefix: "x-amzn-lattice-" },
    { prefix: "x-envoy-" },
    // No load balancer here asks for a client's certificate.
    { prefix: "x-amzn-mtls-" },
    ...(identityHeaders ? [] : [{ prefix: "x-amzn-oidc-" }]),
    ...anythingBut(FROM_BALANCER).map((rest) => ({ safe_regex: { regex: `x-forwarded-${rest}` } })),
    { exact: "forwarded" },
    { exact: "x-real-ip" },
    { exact: bearerHeader },
  ];
  return headerMutation(
    "forged-headers",
    matchers.map((key_matcher) => ({ remove_on_match: { key_matcher } })),
  );
}

/** Puts what a client proves itself with where the service finds it, for `Authorization` becomes the signature's. */
export function bearerMoved(bearerHeader: string): Message {
  return headerMutation(BEARER_FILTER, [
    {
      append: {
        header: { key: bearerHeader, value: "%REQ(authorization)%" },
        append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
      },
    },
    { remove: "authorization" },
  ]);
}

function headerMutation(name: string, mutations: readonly Message[]): Message {
  return extension(name, "envoy.extensions.filters.http.header_mutation.v3.HeaderMutation", {
    mutations: { request_mutations: mutations },
  });
}

/** Regular expressions (RE2, which has no lookahead) for every text but these words, none of which begins another. */
export function anythingBut(words: readonly string[]): readonly string[] {
  const beginnings = new Set(
    words.flatMap((word) => Array.from({ length: word.length }, (_, end) => word.slice(0, end))),
  );
  const departures = [...beginnings].map((beginning) => {
    const onward = words.filter((word) => word.startsWith(beginning)).map((word) => word.charAt(beginning.length));
    return `${beginning}([^${[...new Set(onward)].join("")}].*)?`;
  });
  return [...departures, ...words.map((word) => `${word}.+`)];
}
