import { domainToASCII } from "node:url";

import { z } from "zod";

import { type DomainFault, MOST_WILDCARD_LABELS, parseDomain, parsePorts } from "../../egress-policy";
import { expected, oneOf, openCidr, says, trueOrFalse } from "../fields";
import { listOf, mapOf, section } from "../shapes";

/** By this name a policy calls `aws.network` among the spokes. */
export const OWN_SPOKE = "own";

const DOMAINS = '["registry.example.com", "*.rancher.io"]';
const DOMAIN = 'write for example "registry.example.com", or "*.example.com" for all names below it';

/** What is wrong with a domain, and what to write instead of it. */
const DOMAIN_FAULTS: Readonly<Record<DomainFault, (text: string) => string>> = {
  empty: () => says("is empty", DOMAIN),
  "not-ascii": (text) => {
    const ascii = domainToASCII(text.replace(/^\*\./, ""));
    const written = `${text.startsWith("*.") ? "*." : ""}${ascii}`;
    const remedy = parseDomain(written).ok ? `write ${JSON.stringify(written)}` : DOMAIN;
    return says("is not written as DNS carries it, in letters, digits and hyphens", remedy);
  },
  address: () => says("is an address, and no name", "write it under allowCidrs, with its protocol and ports"),
  "upper-case": (text) => says("must be in lower case", `write ${JSON.stringify(text.toLowerCase())}`),
  "trailing-dot": (text) =>
    says("must not end with a dot", parseDomain(text.slice(0, -1)).ok ? `write "${text.slice(0, -1)}"` : DOMAIN),
  wildcard: () => says("has a * that is not its whole first label", DOMAIN),
  "one-label": () => says("is a single label, and policies name domains of two labels or more", DOMAIN),
  "too-long": () => says("is longer than the 253 characters of a name", DOMAIN),
  "too-deep": () => says(`has more than ${MOST_WILDCARD_LABELS} labels behind its *`, DOMAIN),
  syntax: () => says("is no domain: labels of letters, digits and hyphens, joined by dots", DOMAIN),
};

/** A name, or all names below one. */
export const domain = z.string({ error: expected("a domain", DOMAIN) }).check((context) => {
  const result = parseDomain(context.value);
  if (result.ok) return;
  const message = DOMAIN_FAULTS[result.fault](context.value);
  context.issues.push({ code: "custom", input: context.value, message });
});

const PORTS = '[5432, "8000-8100"]';

const port = z
  .union([z.number(), z.string()], { error: says("must be a port or a range of ports", `write for example ${PORTS}`) })
  .check((context) => {
    const { value } = context;
    if (parsePorts(value) !== undefined) return;
    const isQuoted = typeof value === "string" && parsePorts(Number(value)) !== undefined;
    const message = says(
      "must be a port from 1 to 65535, or a range of them, the lower one first",
      isQuoted ? "write it without quotes" : `write for example ${PORTS}`,
    );
    context.issues.push({ code: "custom", input: value, message });
  });

const allowedCidr = section('{ cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432] }', {
  /** IPv4 range of what is reached; with `betweenSpokes: "inspected"`, that of another spoke too. */
  cidr: openCidr,
  /** Whatever it speaks: on the ports of names (TCP 80 and 443, port 53) no name is looked at. */
  protocol: oneOf(["tcp", "udp", "icmp"]),
  /** Ports and ranges of ports that are reached; not with icmp. */
  ports: listOf(port, "a list of ports", PORTS, {
    min: 1,
    fault: says("must name a port", `write for example ${PORTS}, or ["1-65535"] for all`),
  }).optional(),
});

const allowed = {
  /**
   * Names that may be reached by TLS on TCP 443 (its server name), by HTTP on TCP 80 (its host) and asked for by DNS on port 53. A leading
   * `*.` stands for one label or more: `*.example.com` is not `example.com`. @default []
   */
  allowDomains: listOf(domain, "a list of domains", DOMAINS).default([]),
  /** Addresses that may be reached whatever their names. @default [] */
  allowCidrs: listOf(
    allowedCidr,
    "a list of address ranges with their ports",
    '[{ cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432] }]',
  ).default([]),
};

/** What spokes may reach. */
export const egressPolicy = section('{ default: "deny", allowDomains: ["*.rancher.io"] }', {
  /** What becomes of all that is not allowed: `deny` drops and reports it, `alert` only reports it. */
  default: oneOf(["deny", "alert"]),
  /** Rehearses `default: "deny"`: nothing is dropped, and what would be is written down. @default false */
  discovery: trueOrFalse.default(false),
  ...allowed,
  /** What single spokes may reach besides what all may, by the names in `inspection.spokes`; `own` is `aws.network`. @default - nothing */
  spokes: mapOf(
    section('{ allowDomains: ["*.example.com"] }', allowed),
    () => undefined,
    "an object of spokes",
    '{ own: { allowDomains: ["*.example.com"] } }',
  ).default({}),
});
