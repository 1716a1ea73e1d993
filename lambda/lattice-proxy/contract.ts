/**
 * What the function and the stack that deploys it agree on: variables, limits, and the words of log and answers.
 *
 * Imports nothing, so that a stack can read it without loading the function.
 */

/** Value for the function's `handler` setting: export `handler` of the bundle's `index.js`. */
export const HANDLER = "index.handler";

/**
 * What stands in front of the function, and so the form of its events: an Application Load Balancer (with one value of a header or
 * several, as its target group says), an HTTP API (payload format 2.0), a REST API (Lambda proxy integration).
 *
 * API Gateway's stage must be a part of no path: `$default` for an HTTP API, and for both a custom domain mapped at its root.
 */
export const FRONTS = ["alb", "httpApi", "restApi"] as const;
/** One of {@link FRONTS}. */
export type Front = (typeof FRONTS)[number];

/**
 * Names of the environment variables, by meaning; all are required. Lambda itself sets the Region and the credentials
 * (`AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`).
 */
export const VARIABLES = {
  /** {@link HostMap} as JSON, packed by gzip, in base64: `base64gzip(jsonencode(…))` in Terraform, which alone knows some domains. */
  hosts: "HOSTS",
  /** Where services find what a client sent in `Authorization`; lower case. */
  bearerHeader: "BEARER_HEADER",
  /** One of {@link FRONTS}. */
  front: "FRONT",
  /** `true` when the load balancer has people log in and says in `x-amzn-oidc-*` who they are; else `false`, and clients cannot say it. */
  identityHeaders: "IDENTITY_HEADERS",
} as const;

/** Public hosts, in lower case, or `*.` and one: every name below it that is no host of its own. */
export type HostMap = Readonly<Record<string, HostRoute>>;

/** Where requests for one host go, and which. */
export interface HostRoute {
  readonly upstream: Upstream;
  /**
   * What the paths that are passed on begin with. One that ends in `/` is a plain beginning; any other stands for itself and for what
   * follows it after a `/`. At least one.
   */
  readonly paths: readonly string[];
  /** Methods that are passed on; others get 405. @default - every one but TRACE and CONNECT, which none can have */
  readonly methods?: readonly string[];
  /** Whether requests are signed as the function's role; a client's `Authorization` then travels in the bearer header. */
  readonly sign: boolean;
  /** Longest silence of a service that owes an answer or the rest of one, in seconds: 1 to {@link MAX_TIMEOUT_SECONDS}. */
  readonly timeoutSeconds: number;
  /** How often a request that may be repeated is tried again when it failed before a byte of an answer came: 0 to 5. */
  readonly retries: number;
}

/** Where a VPC Lattice service is found. */
export interface Upstream {
  /** Looked up, asked for in TLS, verified, signed and sent as `Host`. */
  readonly domain: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Of a host, where the front waits longest; API Gateway's own limits are shorter, see {@link FRONT_LIMITS}. */
export const MAX_TIMEOUT_SECONDS = 60;

/**
 * What the front takes. Sources: Elastic Load Balancing User Guide for Application Load Balancers, "Use Lambda functions as targets";
 * API Gateway Developer Guide, "Amazon API Gateway quotas"; AWS Lambda Developer Guide, "Lambda quotas" (6 MB each way, in which
 * bytes count as base64); of heads "Quotas for your Application Load Balancers". API Gateway names none for the head of an answer, so that
 * there the function's own bound holds: four times what Node.js takes of itself.
 */
export const FRONT_LIMITS: Readonly<Record<Front, FrontLimits>> = {
  alb: { requestBytes: 1_048_576, answerBytes: 1_048_576, headBytes: 32_768, timeoutSeconds: undefined },
  httpApi: { requestBytes: 6_291_456, answerBytes: 6_291_456, headBytes: 65_536, timeoutSeconds: 30 },
  restApi: { requestBytes: 6_291_456, answerBytes: 6_291_456, headBytes: 65_536, timeoutSeconds: 29 },
};

/** Limits of a front. */
export interface FrontLimits {
  /** Of a request's body; more is answered 413. */
  readonly requestBytes: number;
  /** Of the whole answer as JSON, in which a body that is no text is a third larger; a longer one becomes a 502. */
  readonly answerBytes: number;
  /** Of an answer's headers, as lines of HTTP/1.1; more becomes a 502 too. */
  readonly headBytes: number;
  /** Until the front gives up. @default - a setting of the load balancer, its idle timeout */
  readonly timeoutSeconds?: number;
}

/**
 * What of the function's own time is kept for its answer, in milliseconds: a request ends that much before Lambda would end the function.
 * Have the function's timeout at or below the front's, and at least this above each host's `timeoutSeconds`.
 */
export const ANSWER_MARGIN_MILLISECONDS = 1_000;

/** Of a connection to a service: name, TCP and TLS, in milliseconds, as in the fleet. */
export const CONNECT_TIMEOUT_MILLISECONDS = 2_000;

/** What clients read when a service did not answer; why it did not, stands in the log. */
const NO_ANSWER = "The service gave no answer";

/**
 * Why the function itself answered: field `reason` of the log. Clients find `error` in the header `Proxy-Status` (RFC 9209) and `words` as
 * the body; of addresses and certificates behind the function they hear nothing.
 */
export const REASONS = {
  /** The request cannot be passed on as it was sent, or could be read in two ways. The log's `details` say what is wrong. */
  bad_request: { status: 400, error: "http_request_error", words: "This request cannot be passed on", fault: "client" },
  unknown_path: { status: 404, error: "http_request_denied", words: "No such path here", fault: "client" },
  unknown_method: { status: 405, error: "http_request_denied", words: "No such method here", fault: "client" },
  request_too_large: { status: 413, error: "http_request_error", words: "The request is too large", fault: "front" },
  unknown_host: { status: 421, error: "destination_not_found", words: "No such host here", fault: "client" },
  /** The function's own fault; the log's `details` name it. */
  internal_error: { status: 500, error: "proxy_internal_error", words: "The proxy failed", fault: "proxy" },
  dns_error: { status: 502, error: "dns_error", words: NO_ANSWER, fault: "service" },
  connection_refused: { status: 502, error: "connection_refused", words: NO_ANSWER, fault: "service" },
  /** Reset or closed before an answer, or no way to the address. */
  connection_terminated: { status: 502, error: "connection_terminated", words: NO_ANSWER, fault: "service" },
  /** The certificate is not the service's, or nobody trusts it. */
  tls_certificate_error: { status: 502, error: "tls_certificate_error", words: NO_ANSWER, fault: "service" },
  tls_protocol_error: { status: 502, error: "tls_protocol_error", words: NO_ANSWER, fault: "service" },
  /** What came is no HTTP. */
  http_protocol_error: { status: 502, error: "http_protocol_error", words: NO_ANSWER, fault: "service" },
  /** The answer broke off. */
  http_response_incomplete: { status: 502, error: "http_response_incomplete", words: NO_ANSWER, fault: "service" },
  /** The front would not take so much. */
  response_too_large: {
    status: 502,
    error: "http_response_body_size",
    words: "The answer is too large",
    fault: "front",
  },
  /** Nothing leaves unsigned. */
  no_credentials: { status: 503, error: "proxy_configuration_error", words: NO_ANSWER, fault: "proxy" },
  /** No connection in time. */
  connection_timeout: { status: 504, error: "connection_timeout", words: NO_ANSWER, fault: "service" },
  /** No answer in time. */
  http_response_timeout: { status: 504, error: "http_response_timeout", words: NO_ANSWER, fault: "service" },
  /** The rest of the answer did not come in time. */
  connection_read_timeout: { status: 504, error: "connection_read_timeout", words: NO_ANSWER, fault: "service" },
} as const satisfies Readonly<Record<string, OwnAnswer>>;

/** Names of {@link REASONS}. */
export type Reason = keyof typeof REASONS;

/** An answer that no service gave. */
export interface OwnAnswer {
  readonly status: number;
  /** An error type of RFC 9209, "The Proxy-Status HTTP Response Header Field". */
  readonly error: string;
  /** The body, as text with a line break. */
  readonly words: string;
  readonly fault: Fault;
}

/** Where the cause lies: `service` when it was not reached or broke off, `front` when its limits are too narrow. */
export type Fault = "client" | "front" | "proxy" | "service";

/** Begins the header `Proxy-Status` of the function's own answers. */
export const PROXY_NAME = "ringfence";

/**
 * A line of the log, JSON, one for each request, in the words of the fleet's access log. No header that proves who somebody is stands
 * in it, no cookie and no query, in which people put both. Metrics are counted out of it.
 */
export interface LogRecord {
  /** When the request came, ISO 8601. */
  readonly time: string;
  /** The address that connected to the front. */
  readonly client?: string;
  readonly method?: string;
  /** As it was asked for, in lower case and without a port. */
  readonly host?: string;
  /** Without the query. */
  readonly path?: string;
  /** The client's protocol, where the front tells it. */
  readonly protocol?: string;
  readonly status: number;
  /** Why the function itself answered. @default - a service did */
  readonly reason?: Reason;
  /** Whose fault that was. */
  readonly fault?: Fault;
  /** `via_upstream` for a service's answer; else what happened, in words. */
  readonly details: string;
  readonly milliseconds: number;
  /** From the request's coming to the first byte of the answer's head. @default - none came */
  readonly first_byte_milliseconds?: number;
  /** Body of the request. */
  readonly bytes_received: number;
  /** Body of the answer. */
  readonly bytes_sent: number;
  /** The host's entry in the map that the request fell under. */
  readonly upstream?: string;
  /** Address and port that were spoken to. */
  readonly upstream_address?: string;
  readonly upstream_attempts?: number;
  /** Whether the answer came over a connection that an earlier request had opened. */
  readonly upstream_reused?: boolean;
  /** The system's or OpenSSL's code for what went wrong. */
  readonly upstream_failure?: string;
  readonly user_agent?: string;
  readonly trace?: string;
  /** The front's id of the request; Lambda's where it has none. */
  readonly request_id?: string;
  /** Whether this was the first request of its sandbox. */
  readonly cold: boolean;
}

/** Records of the log that one metric counts: those whose field has this value. */
export interface CountedRecords {
  readonly metric: string;
  readonly field: keyof LogRecord;
  readonly value: string | number;
}

/** What only the function knows of requests, and no metric of AWS tells. */
export const COUNTED = {
  unsigned: { metric: "UnsignedRequests", field: "reason", value: "no_credentials" },
  /** The service was not reached, or the connection to it broke. */
  unreached: { metric: "UpstreamFailures", field: "fault", value: "service" },
  /** Let through by the front for a host that the function does not know. */
  unknownHosts: { metric: "UnknownHosts", field: "reason", value: "unknown_host" },
  /** A request or an answer that the front is too narrow for: the fleet has no such limit. */
  tooLarge: { metric: "TooLarge", field: "fault", value: "front" },
  failed: { metric: "InternalErrors", field: "reason", value: "internal_error" },
} as const satisfies Readonly<Record<string, CountedRecords>>;
