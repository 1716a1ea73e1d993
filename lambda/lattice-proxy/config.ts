import { type Front, FRONTS, type HostMap, VARIABLES } from "./contract";
import { readHosts } from "./hosts";

/** The function's settings, read from its environment variables. */
export interface Config {
  readonly front: Front;
  /** For which requests are signed. */
  readonly region: string;
  readonly hosts: HostMap;
  readonly bearerHeader: string;
  readonly identityHeaders: boolean;
}

/** Written by the function, the front, VPC Lattice or the protocol itself. */
const TAKEN_HEADERS =
  /^(x-amzn?-.*|x-envoy-.*|x-forwarded-(for|proto|port|host)|authorization|host|te|trailer|upgrade|connection|keep-alive|content-length|content-type|transfer-encoding|proxy-.*|cookie|expect)$/;

/**
 * Reads and checks the settings.
 *
 * @throws Error that names every variable at fault, or what is wrong with the hosts
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  // An empty variable counts as not set: that is how a template usually says "no value".
  const text = (name: string, rule: string, fits: (value: string) => boolean): string => {
    const value = variables[name] ?? "";
    if (value === "") faults.push(`${name} is not set`);
    else if (!fits(value)) faults.push(`${name} is ${JSON.stringify(value)}; expected ${rule}`);
    return value;
  };

  const front = text(VARIABLES.front, `one of ${FRONTS.join(", ")}`, isFront);
  const bearerHeader = text(
    VARIABLES.bearerHeader,
    "a header in lower case that nothing else on the way uses",
    (name) => /^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) && !TAKEN_HEADERS.test(name),
  );
  const identityHeaders = text(VARIABLES.identityHeaders, "true or false", (value) => /^(true|false)$/.test(value));
  const region = text("AWS_REGION", "a Region", (value) => /^[a-z0-9-]+$/.test(value));
  const packed = text(VARIABLES.hosts, "base64", (value) => /^[A-Za-z0-9+/]+=*$/.test(value));
  if (!isFront(front) || faults.length > 0) {
    throw new Error(`lattice-proxy is configured wrongly: ${faults.join("; ")}`);
  }
  return { front, region, hosts: readHosts(packed, front), bearerHeader, identityHeaders: identityHeaders === "true" };
}

function isFront(value: string): value is Front {
  return FRONTS.some((front) => front === value);
}
