import { gunzipSync } from "node:zlib";

import {
  ANSWER_MARGIN_MILLISECONDS,
  type Front,
  FRONT_LIMITS,
  type HostMap,
  type HostRoute,
  MAX_TIMEOUT_SECONDS,
  type Upstream,
  VARIABLES,
} from "./contract";

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})+$`);
/** RFC 3986's path, encoded. */
const PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;

/** A method as it can be passed on: Node.js would write any other in capitals. */
export const METHOD = /^[A-Z][A-Z-]{0,31}$/;

/** What every host passes on to nobody: TRACE would show a client the signature, and CONNECT is no request to a service. */
export const NEVER_PASSED: readonly string[] = ["TRACE", "CONNECT"];

/**
 * Unpacks and checks the map of hosts.
 *
 * @param packed JSON, packed by gzip, in base64
 * @throws Error naming the first value that cannot be used
 */
export function readHosts(packed: string, front: Front): HostMap {
  const map = unpack(packed);
  if (!isObject(map)) throw wrong("", "JSON of an object, packed by gzip, in base64");
  const entries = Object.entries(map);
  if (entries.length === 0) throw wrong("", "a map of at least one host: there is nothing to serve");
  return Object.fromEntries(entries.map(([host, value]) => [host, routeOf(host, value, longestSeconds(front))]));
}

function unpack(packed: string): unknown {
  try {
    return JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString());
  } catch {
    return undefined;
  }
}

function wrong(at: string, rule: string): Error {
  return new Error(`${VARIABLES.hosts}${at} must be ${rule}`);
}

function routeOf(host: string, value: unknown, longest: number): HostRoute {
  const at = `[${JSON.stringify(host)}]`;
  if (!DOMAIN.test(host.replace(/^\*\./, ""))) throw wrong(at, "a host name in lower case, or *. and one");
  if (!isObject(value)) throw wrong(at, "an object");
  const { paths, methods, sign, timeoutSeconds, retries } = value;
  if (!isListOf(paths, (path) => PATH.test(path))) throw wrong(`${at}.paths`, "one or more encoded paths");
  const isMethod = (method: string): boolean => METHOD.test(method) && !NEVER_PASSED.includes(method);
  if (methods !== undefined && !isListOf(methods, isMethod)) {
    throw wrong(`${at}.methods`, `methods in capitals other than ${NEVER_PASSED.join(" and ")}, or left out`);
  }
  if (typeof sign !== "boolean") throw wrong(`${at}.sign`, "true or false");
  if (!isWhole(timeoutSeconds, 1, longest)) {
    throw wrong(`${at}.timeoutSeconds`, `a whole number from 1 to ${longest}, so that the answer is in time`);
  }
  if (!isWhole(retries, 0, 5)) throw wrong(`${at}.retries`, "a whole number from 0 to 5");
  return { upstream: upstreamOf(`${at}.upstream`, value.upstream), paths, methods, sign, timeoutSeconds, retries };
}

function upstreamOf(at: string, value: unknown): Upstream {
  if (!isObject(value)) throw wrong(at, "an object");
  const { domain, port, tls } = value;
  if (typeof domain !== "string" || !DOMAIN.test(domain)) throw wrong(`${at}.domain`, "a host name in lower case");
  if (!isWhole(port, 1, 65_535)) throw wrong(`${at}.port`, "a whole number from 1 to 65535");
  if (typeof tls !== "boolean") throw wrong(`${at}.tls`, "true or false");
  return { domain, port, tls };
}

/** The longest silence after which there is still time for an answer. */
function longestSeconds(front: Front): number {
  const { timeoutSeconds } = FRONT_LIMITS[front];
  if (timeoutSeconds === undefined) return MAX_TIMEOUT_SECONDS;
  return Math.floor(timeoutSeconds - ANSWER_MARGIN_MILLISECONDS / 1000);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, fits: (item: string) => boolean): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string" && fits(item));
}

function isWhole(value: unknown, lowest: number, highest: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= lowest && Number(value) <= highest;
}
