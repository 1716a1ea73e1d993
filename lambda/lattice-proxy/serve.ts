import { check } from "./check";
import type { Config } from "./config";
import type { Connections } from "./connections";
import { FRONT_LIMITS, type LogRecord, REASONS } from "./contract";
import { answerOf, Refusal } from "./errors";
import { hasBody, type Incoming, type Outgoing } from "./exchange";
import { forward, type Forwarded } from "./forward";
import { headersFromService, headersToService } from "./headers";
import type { ProxyRequest, ProxyResponse } from "./message";
import { hostFinder, type Route } from "./route";
import { type Credentials, signatureHeaders } from "./sign";

/** What serving takes besides a request. */
export interface ServeDependencies {
  readonly config: Config;
  readonly connections: Connections;
  /** The keys of the function's role as they are now; nothing when there are none. */
  readonly credentials: () => Credentials | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** An answer, and what the log is to say of how it came about. */
export interface Served {
  readonly response: ProxyResponse;
  readonly record: Partial<LogRecord> & Pick<LogRecord, "details">;
}

/**
 * Answers one request until `deadline`, in milliseconds since 1970.
 *
 * @throws Refusal when it goes to no service
 */
export type Serve = (request: ProxyRequest, deadline: number) => Promise<Served>;

/** Passes requests on to the services of their hosts, or answers them itself. */
export function createServe({ config, connections, credentials, now }: ServeDependencies): Serve {
  const find = hostFinder(config.hosts);
  const { answerBytes, headBytes } = FRONT_LIMITS[config.front];

  const prepare = (request: ProxyRequest, host: string, { upstream: { domain }, sign }: Route): Outgoing => {
    const { method, path, query, body } = request;
    const headers = headersToService(request, { host, domain, sign }, config);
    const target = query === undefined ? path : `${path}?${query}`;
    if (!sign) return { method, target, headers, body };
    const keys = credentials();
    if (keys === undefined) throw new Refusal("no_credentials", "the function has no credentials to sign with");
    const signature = signatureHeaders({ method, host: domain, path, query }, config.region, keys, now());
    return { method, target, headers: [...headers, ...signature], body };
  };

  return async (request, deadline) => {
    const began = now();
    const { route, host } = check(request, find, config.front);
    const outgoing = prepare(request, host, route);
    const done = await forward(connections, route, outgoing, { deadline, bytes: answerBytes, headBytes }, now);
    const { result } = done;
    const { response, record } =
      result instanceof Refusal ? refused(result, request) : { response: passedOn(result, request), record: PASSED_ON };
    return { response, record: { ...record, ...describe(done, route, began) } };
  };
}

const PASSED_ON = { details: "via_upstream" } as const;

function passedOn({ status, statusText, headers, body }: Incoming, { method }: ProxyRequest): ProxyResponse {
  return { status, statusText, headers: headersFromService(headers, hasBody(status, method)), body };
}

/** The function's own answer to what went wrong. */
export function refused(error: unknown, { method }: ProxyRequest): Served {
  const refusal = error instanceof Refusal ? error : new Refusal("internal_error", String(error));
  const { reason, message, failure } = refusal;
  return {
    response: answerOf(refusal, method),
    record: { reason, fault: REASONS[reason].fault, details: message, upstream_failure: failure },
  };
}

function describe(
  { answered, isReused, address, attempts }: Forwarded,
  { name }: Route,
  began: number,
): Partial<LogRecord> {
  return {
    upstream: name,
    first_byte_milliseconds: answered && answered - began,
    upstream_address: address,
    upstream_attempts: attempts,
    upstream_reused: isReused,
  };
}
