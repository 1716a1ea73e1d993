import { oneOf, says, text, trueOrFalse, wholeNumber } from "../fields";
import { LATTICE_DEFAULTS } from "../lattice-defaults";
import { listOf, mapOf, section } from "../shapes";
import { HOST_PATTERN } from "../upstream";
import { absolutePath, methods } from "./lattice-callers";

/**
 * Our own bounds: each host and each of its paths takes room in the proxies' configuration, which is a part of the 64 KiB of a task
 * definition (Amazon ECS Developer Guide, "Amazon ECS service quotas").
 */
const MOST_HOSTS = 50;
const MOST_PATHS = 10;

const host = section('{ service: "shop" }', {
  /** One of `lattice.services`. */
  service: text({ pattern: /^\S+$/, what: "the name of one of lattice.services", example: '"shop"' }),
  /** What clients speak. WebSocket is refused with a reason: VPC Lattice has none. @default "http" */
  protocol: oneOf(["http", "grpc"]).default("http"),
  /**
   * Paths that are passed on with all below them; others are answered 404. `/v1` is `/v1` and `/v1/orders`, and not `/v10`; one with a slash
   * at its end is a plain beginning. @default ["/"]
   */
  paths: listOf(absolutePath, "a list of paths", '["/"]', {
    min: 1,
    max: MOST_PATHS,
    fault: says(`must be 1 to ${MOST_PATHS} paths`, 'write ["/"] for all, or fewer that are shorter'),
  }).default(["/"]),
  /** Methods that are passed on; all others are answered 405. @default - all */
  methods: methods.optional(),
  /** Whether requests are signed with the proxies' role. Only an existing network can admit others. @default true */
  sign: trueOrFalse.default(true),
  /**
   * Seconds of silence after which a request ends: of a service that owes an answer or its rest (504), of a client that owes a body. VPC
   * Lattice itself waits for 60, the load balancer for `ingress.idleTimeoutSeconds`, of which 5 stay for the proxies' own answer. @default 15
   */
  timeoutSeconds: wholeNumber("a number of seconds", 1, 60).default(LATTICE_DEFAULTS.timeoutSeconds),
  /** How often a request that failed before an answer came is tried again, if its method may be repeated: gRPC never is. @default 1 */
  retries: wholeNumber("a number of tries", 0, 3).default(1),
});

/** A name as DNS compares it. */
const canonical = (name: string): string => name.toLowerCase().replace(/\.$/, "");

function hostFault(name: string, names: readonly string[]): string | undefined {
  const place = names.indexOf(name);
  const twin = names.slice(0, place).find((other) => canonical(other) === canonical(name));
  if (twin !== undefined) return says(`is the host ${twin} a second time`, "keep one of the two");
  if (!HOST_PATTERN.test(name)) {
    return HOST_PATTERN.test(canonical(name))
      ? says("is not how a host is written here: in lower case, without a dot at its end", `write ${canonical(name)}`)
      : says(
          "is not a host name, in which only the first label may be *",
          'write for example "shop.example.com" or "*.shop.example.com"',
        );
  }
  return place === MOST_HOSTS
    ? says("is one host too many", `keep ${MOST_HOSTS}, write a wildcard for several, or make another environment`)
    : undefined;
}

/** Which public host leads to which service. */
export const hosts = mapOf(host, hostFault, "an object of hosts", '{ "shop.example.com": { service: "shop" } }');
