import type { HostMap, HostRoute } from "./contract";
import { Refusal } from "./errors";
import { METHOD, NEVER_PASSED } from "./hosts";

/** Where a request goes. */
export interface Route extends HostRoute {
  /** Its entry in the map of hosts. */
  readonly name: string;
}

/** Finds the host's entry: its own, or that of the longest wildcard that holds it. */
export type FindHost = (host: string) => Route | undefined;

/** The map of hosts, ready to look a host up. */
export function hostFinder(hosts: HostMap): FindHost {
  const routes = new Map(Object.entries(hosts).map(([name, route]) => [name, { ...route, name }]));
  return (host) => {
    const own = routes.get(host);
    if (own !== undefined) return own;
    // From the longest on: each time without its first label.
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
      const held = routes.get(`*${host.slice(dot)}`);
      if (held !== undefined) return held;
    }
    return undefined;
  };
}

/**
 * Checks that a host passes this path and method on.
 *
 * @throws Refusal when it does not
 */
export function checkPassed({ paths, methods }: HostRoute, method: string, path: string): void {
  if (NEVER_PASSED.includes(method) || !METHOD.test(method)) throw refusedMethod(method, methods);
  if (!paths.some((beginning) => holds(beginning, path))) throw new Refusal("unknown_path", "no path of the host");
  if (methods !== undefined && !methods.includes(method)) throw refusedMethod(method, methods);
}

function refusedMethod(method: string, methods: readonly string[] | undefined): Refusal {
  const headers = methods === undefined ? [] : [["allow", methods.join(", ")] as const];
  return new Refusal("unknown_method", `no method of the host: ${method.slice(0, 32)}`, { headers });
}

function holds(beginning: string, path: string): boolean {
  if (!path.startsWith(beginning)) return false;
  return beginning.endsWith("/") || path.length === beginning.length || path[beginning.length] === "/";
}
