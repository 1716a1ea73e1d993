import { oneOf, says, text } from "../fields";
import { listOf, mapOf, section } from "../shapes";
import { ipv4Cidr, label, labelFault, openIpv4Cidr, reasonFor } from "./azure-fields";

const RANGES = '["10.40.16.0/21"]';

const ranges = listOf(ipv4Cidr, "a list of IPv4 ranges", RANGES);
const groups = listOf(label("an IP group", "partners"), "a list of IP groups by their names", '["partners"]');

/** Where a rule's traffic comes from. */
const sources = section('{ cidrs: ["10.40.16.0/21"] } or { ipGroups: ["partners"] }', {
  /** IPv4 ranges. */
  cidrs: ranges.optional(),
  /** Names of IP groups of this environment. */
  ipGroups: groups.optional(),
});

const fqdn = (wildcard: boolean) =>
  text({
    pattern: wildcard
      ? /^(\*|(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$/
      : /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    what: wildcard
      ? "a host name in lower case, or one with *. before it"
      : "a host name in lower case; network rules know no wildcard, since the firewall resolves the name",
    example: wildcard ? '"*.example.com"' : '"ntp.example.com"',
  });

const port = text({
  pattern: /^(\*|\d{1,5}(-\d{1,5})?)$/,
  what: "a port, a range of ports, or *, in quotes",
  example: '"443"',
});

const reason = reasonFor("the payment provider publishes no addresses");

const applicationRule = section('{ fqdns: ["api.example.com"] }', {
  /** Where the traffic comes from. @default - everything in the VNet */
  sources: sources.optional(),
  /** Host names, by SNI or Host header; `*.example.com` is every name below. */
  fqdns: listOf(fqdn(true), "a list of host names", '["api.example.com"]').optional(),
  /** Sets of host names that Microsoft keeps: `AzureBackup`, `WindowsUpdate`. */
  fqdnTags: listOf(
    text({ pattern: /^[A-Za-z0-9]{3,60}$/, what: "an FQDN tag", example: '"WindowsUpdate"' }),
    "a list of FQDN tags",
    '["WindowsUpdate"]',
  ).optional(),
  /** Protocols with their ports. @default ["https:443"] */
  protocols: listOf(
    text({ pattern: /^(http|https|mssql):\d{1,5}$/, what: "http, https or mssql with a port", example: '"https:443"' }),
    "a list of protocols",
    '["https:443"]',
    { min: 1, fault: says("must name a protocol", 'write ["https:443"], or leave it out') },
  ).default(["https:443"]),
  /** Why a rule from everything to everything is right. Such a rule is refused without it. */
  reason: reason.optional(),
});

const networkRule = section('{ destinations: { cidrs: ["203.0.113.0/24"] }, ports: ["443"] }', {
  /** Where the traffic comes from. @default - everything in the VNet */
  sources: sources.optional(),
  /** Where it goes, in exactly one way. */
  destinations: section('{ cidrs: ["203.0.113.0/24"] }', {
    /** IPv4 ranges; `0.0.0.0/0` is everything, and wants a `reason`. */
    cidrs: listOf(openIpv4Cidr, "a list of IPv4 ranges", '["203.0.113.0/24"]').optional(),
    /** Sets of ranges that Microsoft keeps: `AzureMonitor`, `Storage.WestEurope`. */
    serviceTags: listOf(
      text({ pattern: /^[A-Z][A-Za-z0-9]+(\.[A-Za-z0-9]+)?$/, what: "a service tag", example: '"AzureMonitor"' }),
      "a list of service tags",
      '["AzureMonitor"]',
    ).optional(),
    /** Host names, which the firewall itself resolves. */
    fqdns: listOf(fqdn(false), "a list of host names", '["ntp.example.com"]').optional(),
    /** Names of IP groups of this environment. */
    ipGroups: groups.optional(),
  }),
  /** Destination ports. */
  ports: listOf(port, "a list of ports in quotes", '["443"]', {
    min: 1,
    fault: says("must name a port", 'write for example ["443"]; ICMP takes ["*"]'),
  }),
  /** @default ["TCP"] */
  protocols: listOf(oneOf(["TCP", "UDP", "ICMP", "Any"]), "a list of protocols", '["TCP"]', {
    min: 1,
    fault: says("must name a protocol", 'write ["TCP"], or leave it out'),
  }).default(["TCP"]),
  /** Why a rule from everything to everything is right. Such a rule is refused without it. */
  reason: reason.optional(),
});

/** What may leave besides what the clusters themselves need. */
export const firewallRules = section("{ application: { … }, network: { … } }", {
  /** Rules by host name, for HTTP, HTTPS and SQL Server. */
  application: mapOf(
    applicationRule,
    labelFault("a rule"),
    "an object of application rules",
    '{ payments: { fqdns: ["api.example.com"] } }',
  ).default({}),
  /** Rules by address and port, for everything else. They are matched before application rules. */
  network: mapOf(
    networkRule,
    labelFault("a rule"),
    "an object of network rules",
    '{ ntp: { destinations: { fqdns: ["ntp.example.com"] }, ports: ["123"], protocols: ["UDP"] } }',
  ).default({}),
  /** Named lists of ranges for `ipGroups` of the rules. */
  ipGroups: mapOf(
    listOf(ipv4Cidr, "a list of IPv4 ranges", RANGES, {
      min: 1,
      fault: says("must hold at least one range", "write one, or leave the group out"),
    }),
    labelFault("an IP group"),
    "an object of IP groups",
    '{ partners: ["203.0.113.0/24"] }',
  ).default({}),
});
