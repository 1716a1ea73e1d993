import type { PortRange } from "./ports";
import { parsePorts, unitePorts } from "./ports";
import { type Domain, parseDomain } from "./domain";
import { overlap, type Range, readRange, uniteRanges } from "./ranges";

/** Addresses that may be reached, whatever is said there. */
export interface AllowedCidr {
  /** IPv4 range in CIDR notation; `0.0.0.0/0` for all. */
  readonly cidr: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Ports, and ranges of them as `"8000-8100"`. Of `tcp` and `udp` only, and not empty there. */
  readonly ports?: readonly (number | string)[];
}

/** What may be reached. */
export interface Allowance {
  /** Names, by TLS on TCP 443, HTTP on TCP 80 and DNS on port 53; see {@link parseDomain}. */
  readonly allowDomains: readonly string[];
  readonly allowCidrs: readonly AllowedCidr[];
}

/** What all may reach, what single spokes may besides, and what becomes of the rest. */
export interface EgressPolicy extends Allowance {
  /** What becomes of all that is not allowed: `deny` drops and reports it, `alert` only reports it. */
  readonly default: "deny" | "alert";
  /** Whether nothing is dropped for all that, and what would be is reported. */
  readonly discovery: boolean;
  /** By the names of {@link Fleet.networks}. */
  readonly spokes: Readonly<Record<string, Allowance>>;
}

/** The appliances that a policy is compiled for. */
export interface Fleet {
  /** With two arms, a proxy decides on the names of TCP 80 and 443. */
  readonly mode: "one-arm" | "two-arm";
  /** With `ids` Suricata gets a copy, and can drop nothing. */
  readonly action: "ids" | "ips";
  /** IPv4 ranges of every spoke, by name. Whoever sends from elsewhere has what all may. */
  readonly networks: Readonly<Record<string, readonly string[]>>;
}

/** A policy that cannot be compiled. A validated environment holds none such. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

/** @internal Addresses with the ports that may be reached there. */
export interface OpenPorts {
  readonly range: Range;
  readonly ports: readonly PortRange[];
}

/** @internal What may be reached, read. */
export interface Reach {
  readonly domains: readonly Domain[];
  readonly tcp: readonly OpenPorts[];
  readonly udp: readonly OpenPorts[];
  /** Apart from each other, in order. */
  readonly icmp: readonly Range[];
}

/** @internal One spoke, and what it may reach besides what all may. */
export interface SpokeReach {
  readonly name: string;
  /** Apart from each other, in order. */
  readonly sources: readonly Range[];
  readonly own: Reach;
}

/** @internal A policy, read: no list in it depends on the order of the input. */
export interface ReadPolicy {
  /** Whether anything is dropped. */
  readonly denies: boolean;
  readonly all: Reach;
  /** Every spoke, by name. */
  readonly spokes: readonly SpokeReach[];
}

const NOTHING: Allowance = { allowDomains: [], allowCidrs: [] };

/** Spokes' names become names of sets, chains and files. */
const SPOKE_NAME = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** @internal @throws PolicyError with what cannot be read, and where */
export function readPolicy(policy: EgressPolicy, { networks }: Fleet): ReadPolicy {
  const stranger = Object.keys(policy.spokes).find((name) => !Object.hasOwn(networks, name));
  if (stranger !== undefined) throw new PolicyError(`${quoted(stranger)} is no spoke`);
  const spokes = Object.keys(networks)
    .sort()
    .map((name): SpokeReach => {
      if (!SPOKE_NAME.test(name)) throw new PolicyError(`${quoted(name)} is not the name of a spoke`);
      const own = Object.hasOwn(policy.spokes, name) ? policy.spokes[name] : undefined;
      const sources = uniteRanges((networks[name] ?? []).map((text) => rangeOf(text)));
      return { name, sources, own: readReach(own ?? NOTHING) };
    });
  const placed = spokes.flatMap(({ name, sources }) => sources.map((source) => ({ name, source })));
  for (const [index, { name, source }] of placed.entries()) {
    const other = placed.slice(0, index).find((earlier) => overlap(earlier.source, source));
    if (other) throw new PolicyError(`${source.text} of ${quoted(name)} overlaps a range of ${quoted(other.name)}`);
  }
  return { denies: policy.default === "deny" && !policy.discovery, all: readReach(policy), spokes };
}

function readReach({ allowDomains, allowCidrs }: Allowance): Reach {
  const byProtocol = (protocol: "tcp" | "udp"): readonly OpenPorts[] =>
    allowCidrs
      .filter((entry) => entry.protocol === protocol)
      .map(({ cidr, ports = [] }) => ({ range: rangeOf(cidr), ports: readPorts(ports) }));
  const icmp = allowCidrs.filter(({ protocol }) => protocol === "icmp");
  if (icmp.some(({ ports }) => ports !== undefined)) throw new PolicyError("ICMP has no ports");
  return {
    domains: [...new Set(allowDomains)].sort().map(readDomain),
    tcp: byProtocol("tcp"),
    udp: byProtocol("udp"),
    icmp: uniteRanges(icmp.map(({ cidr }) => rangeOf(cidr))),
  };
}

function readDomain(text: string): Domain {
  const result = parseDomain(text);
  if (!result.ok) throw new PolicyError(`${quoted(text)} is no domain: ${result.fault}`);
  return result.domain;
}

function readPorts(written: readonly (number | string)[]): readonly PortRange[] {
  if (written.length === 0) throw new PolicyError("TCP and UDP are allowed by their ports, and none is named");
  const ranges = written.map((text) => {
    const range = parsePorts(text);
    if (range === undefined) throw new PolicyError(`${quoted(text)} is no port, nor a range of them`);
    return range;
  });
  return unitePorts(ranges);
}

function rangeOf(text: string): Range {
  const range = readRange(text);
  if (range === undefined) throw new PolicyError(`${quoted(text)} is no IPv4 range`);
  return range;
}

const quoted = (text: string | number): string => JSON.stringify(text).slice(0, 120);
