import type { EnvoyHost } from "./hosts";
import { BEARER_FILTER } from "./headers";
import { extension, type Message, seconds, typed } from "./message";

/** RFC 9110, section 9.2.2, without TRACE. */
const IDEMPOTENT = "GET|HEAD|OPTIONS|PUT|DELETE";

/** Who is asked for, and where it goes: nothing that is not listed goes anywhere. */
export function routeConfiguration(hosts: readonly EnvoyHost[]): Message {
  return {
    name: "hosts",
    virtual_hosts: [
      ...hosts.map(virtualHost),
      {
        name: "unknown",
        domains: ["*"],
        routes: [{ match: { prefix: "/" }, ...answer(421, "No such host here") }],
      },
    ],
  };
}

function virtualHost(host: EnvoyHost): Message {
  return {
    name: host.host,
    domains: [host.host],
    routes: [
      { match: { prefix: "/", headers: [method("TRACE")] }, ...answer(405, "No such method here") },
      ...host.paths.toSorted(longestFirst).flatMap((path) => routes(host, path)),
      { match: { prefix: "/" }, ...answer(404, "No such path here") },
    ],
    ...(host.retries === 0 ? {} : { retry_policy: retryPolicy(host.retries) }),
    ...(host.sign ? {} : { typed_per_filter_config: BEARER_STAYS }),
  };
}

/** Without a signature `Authorization` is free, and stays the client's. */
const BEARER_STAYS = { [BEARER_FILTER]: typed("envoy.config.route.v3.FilterConfig", { disabled: true }) };

function routes({ host, methods, timeoutSeconds, upstream }: EnvoyHost, path: string): readonly Message[] {
  const match = path.endsWith("/") ? { prefix: path } : { path_separated_prefix: path };
  const toService = {
    route: {
      cluster: host,
      host_rewrite_literal: upstream.domain,
      append_x_forwarded_host: true,
      // Of the whole answer, which may be an endless one; what counts is that something comes.
      timeout: "0s",
      idle_timeout: seconds(timeoutSeconds),
    },
  };
  if (methods === undefined) return [{ match, ...toService }];
  return [
    { match: { ...match, headers: [method(methods.join("|"))] }, ...toService },
    {
      match,
      ...answer(405, "No such method here"),
      response_headers_to_add: [{ header: { key: "allow", value: methods.join(", ") } }],
    },
  ];
}

/** The first that matches is taken, so a longer one must not stand behind its own beginning. */
function longestFirst(one: string, other: string): number {
  return other.length - one.length || (one < other ? -1 : 1);
}

/**
 * Only what failed before an answer came, or with one that says that nobody has taken the request; and only with a method that may be
 * repeated. A request that ran out of time is not repeated: the service that is slow would get it twice.
 */
function retryPolicy(retries: number): Message {
  return {
    retry_on: "connect-failure,refused-stream,reset,retriable-status-codes",
    retriable_status_codes: [502, 503],
    num_retries: retries,
    retriable_request_headers: [method(IDEMPOTENT)],
    // At another address, where there is one.
    retry_host_predicate: [
      extension(
        "envoy.retry_host_predicates.previous_hosts",
        "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
      ),
    ],
    host_selection_retry_max_attempts: 5,
    retry_back_off: { base_interval: "0.025s", max_interval: "0.25s" },
  };
}

function method(oneOf: string): Message {
  return { name: ":method", string_match: { safe_regex: { regex: oneOf } } };
}

function answer(status: number, body: string): Message {
  return { direct_response: { status, body: { inline_string: `${body}\n` } } };
}
