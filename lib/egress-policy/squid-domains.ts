import type { Reach, ReadPolicy } from "./policy";

/** @internal The file by which the proxy of an appliance with two arms decides on names. */
export const SQUID_DOMAINS_FILE = "squid-domains.json";

/** Version of the file's form; the program that the proxy asks takes no other. */
const FORMAT = 1;

interface Names {
  /** Whole names. */
  readonly exact: readonly string[];
  /** Those under which any name is allowed, and which are not allowed by that themselves. */
  readonly below: readonly string[];
}

/**
 * @internal Who may reach which names by HTTP and TLS, as the proxy's helper (`appliance/bin/allowed_names.py`) reads it. It finds a spoke by
 * the client's address, and asks two sets for a name and for each of its ends: ten thousand names take no longer than ten.
 */
export function squidDomains({ denies, all, spokes }: ReadPolicy): string {
  const content = {
    version: FORMAT,
    denies,
    everybody: namesOf(all),
    spokes: Object.fromEntries(
      spokes.map(({ name, sources, own }) => [name, { networks: sources.map(({ text }) => text), ...namesOf(own) }]),
    ),
  };
  return `${JSON.stringify(content)}\n`;
}

const namesOf = ({ domains }: Reach): Names => ({
  exact: domains.filter(({ isWildcard }) => !isWildcard).map(({ base }) => base),
  below: domains.filter(({ isWildcard }) => isWildcard).map(({ base }) => base),
});
