import { FRONT_LIMITS, type Front } from "./contract";
import { Refusal } from "./errors";
import { headerFault } from "./headers";
import { type ProxyRequest, valuesOf } from "./message";
import { checkPassed, type FindHost, type Route } from "./route";
import { targetFault } from "./target";

/** A request that may be passed on. */
export interface Checked {
  readonly route: Route;
  /** The host that was asked for. */
  readonly host: string;
}

/** Host and port of a `Host` header; a dot at the end says no more than its lack. */
const AUTHORITY = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.?(?::\d{1,5})?$/;

/** The host that a request is for, in lower case and without a port, if there is exactly one. */
export function hostOf({ headers }: ProxyRequest): string | undefined {
  const [value, ...further] = valuesOf(headers, "host");
  if (value === undefined || further.length > 0) return undefined;
  return AUTHORITY.exec(value.trim().toLowerCase())?.[1];
}

/**
 * Finds where a request goes. Nothing in it but its host, path and method says so, and what is not listed goes nowhere.
 *
 * @throws Refusal when it goes nowhere
 */
export function check(request: ProxyRequest, find: FindHost, front: Front): Checked {
  const host = hostOf(request);
  if (host === undefined) throw new Refusal("bad_request", "the request is not for one host");
  const route = find(host);
  if (route === undefined) throw new Refusal("unknown_host", "no host of the map");
  const fault =
    request.lost ?? targetFault(request.path, request.query) ?? headerFault(request.headers) ?? bodyFault(request);
  if (fault !== undefined) throw new Refusal("bad_request", fault);
  checkPassed(route, request.method, request.path);
  const limit = FRONT_LIMITS[front].requestBytes;
  if (request.body.length > limit) throw new Refusal("request_too_large", `the body has more than ${limit} bytes`);
  return { route, host };
}

/** A front that hands a body over as text has lost bytes of it that were no text; its length tells, where there is one. */
function bodyFault({ headers, body }: ProxyRequest): string | undefined {
  const lengths = valuesOf(headers, "content-length");
  if (lengths.length > 1) return "the body has more than one length";
  return lengths.every((length) => length.trim() === String(body.length))
    ? undefined
    : "the body has not the length that was sent";
}
