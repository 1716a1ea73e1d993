import type { Allowance, EgressPolicy } from "../../../lib/egress-policy";

/** What a client says, as a person would put it. */
export type Speech =
  | { readonly kind: "tls"; readonly name?: string }
  /** One request after the other, each with its host. */
  | { readonly kind: "http"; readonly hosts: readonly (string | undefined)[] }
  | { readonly kind: "dns"; readonly name: string }
  | { readonly kind: "noise" };

/** Somebody wants to reach something. */
export interface Attempt {
  readonly from: string;
  readonly to: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** 0 with ICMP. */
  readonly port: number;
  readonly says: Speech;
}

/**
 * What a policy means, in as few words as there are: nothing of the compiler is in it, and nothing of it is quick.
 *
 * @param networks ranges of the spokes, by name
 */
export function isAllowed(
  policy: EgressPolicy,
  networks: Readonly<Record<string, readonly string[]>>,
  attempt: Attempt,
): boolean {
  const spoke = Object.keys(networks).find((name) => networks[name]?.some((range) => isIn(attempt.from, range)));
  const allowances: readonly Allowance[] = [
    policy,
    ...(spoke === undefined ? [] : [policy.spokes[spoke] ?? []].flat()),
  ];
  return isFree(allowances, attempt) || isNamed(allowances, attempt);
}

/** Whether it may be reached whatever is said. */
function isFree(allowances: readonly Allowance[], { to, protocol, port }: Attempt): boolean {
  const entries = allowances.flatMap(({ allowCidrs }) => allowCidrs);
  return entries.some(
    (entry) =>
      entry.protocol === protocol &&
      isIn(to, entry.cidr) &&
      (protocol === "icmp" || (entry.ports ?? []).some((ports) => isAmong(port, ports))),
  );
}

function isNamed(allowances: readonly Allowance[], { protocol, port, says }: Attempt): boolean {
  const domains = allowances.flatMap(({ allowDomains }) => allowDomains);
  const may = (name: string | undefined): boolean =>
    name !== undefined && domains.some((domain) => standsFor(domain, name.toLowerCase()));
  switch (says.kind) {
    case "tls":
      return protocol === "tcp" && port === 443 && may(says.name);
    case "http":
      return protocol === "tcp" && port === 80 && says.hosts.length > 0 && says.hosts.every(may);
    case "dns":
      return protocol !== "icmp" && port === 53 && may(says.name);
    case "noise":
      return false;
  }
}

function standsFor(domain: string, name: string): boolean {
  if (!domain.startsWith("*.")) return name === domain;
  const [, ...wanted] = domain.split(".");
  const labels = name.split(".");
  if (labels.length <= wanted.length || labels.includes("")) return false;
  return labels.slice(-wanted.length).join(".") === wanted.join(".");
}

function isAmong(port: number, ports: number | string): boolean {
  const [from = 0, to = from] = String(ports).split("-").map(Number);
  return from <= port && port <= to;
}

/** By the bits that the addresses begin with. */
function isIn(address: string, range: string): boolean {
  const [network = "", length = "32"] = range.split("/");
  return bits(address).startsWith(bits(network).slice(0, Number(length)));
}

const bits = (address: string): string =>
  address
    .split(".")
    .map((octet) => Number(octet).toString(2).padStart(8, "0"))
    .join("");
