import { Token } from "cdktf";

/** A public host, and the VPC Lattice service that answers for it. */
export interface EnvoyHost {
  /** A host name, or `*.` and one: every name below it that is no host of its own. */
  readonly host: string;
  /** What clients and the service speak; all of one host's traffic is of one kind. */
  readonly protocol: "http" | "grpc";
  /**
   * What the paths that are passed on begin with. One that ends in `/` is a plain beginning; any other stands for itself and for
   * what follows it after a `/`: `/v1` is `/v1` and `/v1/orders`, and not `/v10`.
   */
  readonly paths: readonly string[];
  /** Methods that are passed on; others get 405. @default - every one but TRACE and CONNECT, which none can have */
  readonly methods?: readonly string[];
  /** Whether requests are signed as the fleet's; a client's `Authorization` then travels in {@link EnvoyProps.bearerHeader}. */
  readonly sign: boolean;
  /** Longest silence, in seconds: of a service that owes an answer or the rest of one, and of a client that owes a body. */
  readonly timeoutSeconds: number;
  /** How often a request with an idempotent method is repeated when it failed early. Calls of gRPC never are: they are POST. */
  readonly retries: number;
  readonly upstream: EnvoyUpstream;
}

/** Where a VPC Lattice service is found. */
export interface EnvoyUpstream {
  /** The service's name, its own or the generated one: looked up, asked for in TLS, verified, signed and sent as `Host`. */
  readonly domain: string;
  readonly port: number;
  readonly tls: boolean;
}

const LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const DOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})+$`);
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
/** RFC 3986's path, in which an encoded slash, backslash or NUL cannot stand: Envoy refuses requests that have one. */
const PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%(?!2[Ff]|5[Cc]|00)[0-9A-Fa-f]{2})*$/;

/** What every host passes on to nobody: TRACE would show a client the signature, and CONNECT is no request to a service. */
const NEVER: readonly string[] = ["TRACE", "CONNECT"];

/** Time that is left to send the answer in before the load balancer gives up, in seconds. */
export const ANSWER_MARGIN_SECONDS = 5;

/** @throws Error naming the value that cannot be used */
export function checkHosts(hosts: readonly EnvoyHost[], idleTimeoutSeconds: number): void {
  if (hosts.length === 0) throw new Error("hosts must name at least one public host: there is nothing to serve");
  const seen = new Set<string>();
  for (const host of hosts) {
    if (seen.has(host.host)) throw new Error(`hosts names ${host.host} twice`);
    seen.add(host.host);
    checkHost(host, idleTimeoutSeconds);
  }
}

function checkHost({ host, paths, methods, timeoutSeconds, retries, upstream }: EnvoyHost, idleSeconds: number): void {
  const at = `hosts["${host}"]`;
  if (!DOMAIN.test(host.replace(/^\*\./, ""))) {
    throw new Error(`${at} must be a host name in lower case, or *. and one`);
  }
  if (paths.length === 0) throw new Error(`${at}.paths must name at least one beginning of a path`);
  for (const path of paths) {
    if (!PATH.test(path) || path.includes("//") || /\/\.{1,2}(\/|$)/.test(path)) {
      throw new Error(`${at}.paths must be paths as they are after normalisation (got ${JSON.stringify(path)})`);
    }
  }
  for (const method of methods ?? []) {
    if (!METHOD.test(method) || NEVER.includes(method)) {
      throw new Error(
        `${at}.methods must be methods other than ${NEVER.join(" and ")} (got ${JSON.stringify(method)})`,
      );
    }
  }
  if (methods?.length === 0) throw new Error(`${at}.methods must name at least one method, or be left out`);
  const longest = idleSeconds - ANSWER_MARGIN_SECONDS;
  if (!Number.isSafeInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > longest) {
    throw new Error(
      `${at}.timeoutSeconds must be a whole number from 1 to ${longest}, ${ANSWER_MARGIN_SECONDS} s below the load balancer's idle timeout (got ${timeoutSeconds})`,
    );
  }
  if (!Number.isSafeInteger(retries) || retries < 0 || retries > 5) {
    throw new Error(`${at}.retries must be a whole number from 0 to 5 (got ${retries})`);
  }
  // The generated name of a service is known only after it was made.
  if (!Token.isUnresolved(upstream.domain) && !DOMAIN.test(upstream.domain)) {
    throw new Error(`${at}.upstream.domain must be a host name in lower case (got ${JSON.stringify(upstream.domain)})`);
  }
  if (!Number.isSafeInteger(upstream.port) || upstream.port < 1 || upstream.port > 65535) {
    throw new Error(`${at}.upstream.port must be from 1 to 65535 (got ${upstream.port})`);
  }
}
