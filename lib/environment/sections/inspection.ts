import { cidr, oneOf, says, text, trueOrFalse, wholeNumber } from "../fields";
import { listOf, mapOf, section } from "../shapes";
import { egressPolicy } from "./egress-policy";
import { httpsUrl, image } from "./inspection-image";
import { proxy } from "./inspection-proxy";
import { principalArn, share } from "./principals";

/** Elastic Load Balancing User Guide for Gateway Load Balancers, "Update the idle timeout": seconds, and what it is unless set. */
export const TCP_IDLE_SECONDS = { least: 60, most: 6000, usual: 350 } as const;

/** The same guide, "Target groups": the longest deregistration delay in seconds. */
export const LONGEST_DEREGISTRATION_SECONDS = 3600;

/** What an instance type's family says of its processor: `c7gn` has a g behind its generation, `c7i` has none. */
const instanceType = text({
  pattern: /^[a-z]+\d[a-z-]*\.(\d+x)?(medium|large|xlarge)$/,
  what: "a type of instance",
  example: '"c7gn.large"',
});

const fleet = section('{ architecture: "arm64" }', {
  /** @default "arm64" */
  architecture: oneOf(["arm64", "x86_64"]).default("arm64"),
  /**
   * Types of instances of that architecture, the preferred one first: the next is taken where a zone has no more of one.
   * @default - three families with much network for their price
   */
  instanceTypes: listOf(instanceType, "a list of types of instances", '["c7gn.large", "c6gn.large"]', {
    min: 1,
    max: 10,
    fault: says("must name 1 to 10 types of instances", 'write for example ["c7gn.large", "c6gn.large"]'),
  }).optional(),
  /** Appliances in each zone that always run. @default 1 */
  minPerZone: wholeNumber("a number of appliances", 1, 50).default(1),
  /** Appliances in each zone at most. @default 4 */
  maxPerZone: wholeNumber("a number of appliances", 1, 50).default(4),
  /** CPU that scaling aims at, in per cent. @default 50 */
  cpuPercent: wholeNumber("a share of the CPU in per cent", 10, 90).default(50),
  /**
   * Packets a second, in and out together, that one appliance is to handle before another joins it. gwlbtun's authors measured about
   * 300,000 through a c6in.xlarge; a large with Suricata beside it does far less. @default 50000
   */
  packetsPerSecond: wholeNumber("a number of packets a second", 1000, 5_000_000).default(50_000),
  /** Days after which an appliance is replaced, whether anything changed or not. @default 14 */
  maxLifetimeDays: wholeNumber("a number of days", 1, 365).default(14),
  /** Encrypted disk of an appliance in GiB. @default 20 */
  volumeGb: wholeNumber("a size in GiB", 10, 500).default(20),
  /** Seconds that an appliance may take from launch until it is healthy. @default 600 */
  bootSeconds: wholeNumber("a number of seconds", 120, 3600).default(600),
});

const spoke = section('{ attachmentId: "tgw-attach-…", cidrs: ["10.50.0.0/16"] }', {
  /** Its attachment to the transit gateway, made by whoever owns the VPC, in this account or another. */
  attachmentId: text({
    pattern: /^tgw-attach-[0-9a-f]{8,17}$/,
    what: "the id of a transit gateway attachment",
    example: '"tgw-attach-0123456789abcdef0"',
  }),
  /** Accepts the attachment, as one of another account must be before it carries anything. @default false */
  accept: trueOrFalse.default(false),
  /** IPv4 ranges of the VPC. */
  cidrs: listOf(cidr, "a list of address ranges", '["10.50.0.0/16"]', {
    min: 1,
    fault: says("must name a range: nothing would find its way back", 'write for example ["10.50.0.0/16"]'),
  }),
});

/** Inspection of all that leaves the network, by a fleet of appliances behind a Gateway Load Balancer. */
export const inspection = section('{ network: { cidr: "10.30.0.0/20" }, image: { … } }', {
  /**
   * `one-arm`: packets return to the load balancer, and NAT gateways own the addresses they leave from. `two-arm`: they leave by the
   * appliance's own interface, HTTP and TLS by a proxy on it, still through the NAT gateways. @default "one-arm"
   */
  mode: oneOf(["one-arm", "two-arm"]).default("one-arm"),
  /**
   * `ids`: Suricata watches a copy, and stops nothing. `ips`: every packet passes it, and what its rules or `policy` say is dropped;
   * not with two arms, whose proxy's own connections would pass it by.
   * @default "ids"
   */
  action: oneOf(["ids", "ips"]).default("ids"),
  /**
   * With `action: "ips"`, what becomes of traffic while Suricata is gone or has no room for it: `open` lets it pass without inspection and
   * without a look at names, `closed` drops it. There is no default.
   */
  onFailure: oneOf(["open", "closed"]).optional(),
  /** What spokes may reach. To deny the rest needs `action: "ips"` or two arms; to list it does not. @default - everything */
  policy: egressPolicy.optional(),
  /** How the proxy of `mode: "two-arm"` treats TLS. @default - by its server name, unopened */
  proxy: proxy.optional(),
  /** The inspection VPC, in the zones of `aws.network`. */
  network: section('{ cidr: "10.30.0.0/20" }', {
    /** IPv4 range, /16 to /22, apart from that of every spoke. Changing it makes a new VPC. */
    cidr,
    /** Zone letters, the same as those of `aws.network`, of which each sends into its own. @default - those of `aws.network` */
    zones: listOf(
      text({ pattern: /^[a-z]$/, what: "the letter of an availability zone", example: '"a"' }),
      "a list of zone letters",
      '["a", "b", "c"]',
    ).optional(),
  }),
  /**
   * What spokes may send each other: nothing, or what passes the appliances. @default "blocked"
   */
  betweenSpokes: oneOf(["blocked", "inspected"]).default("blocked"),
  /** VPCs besides `aws.network` whose traffic is inspected, by name. @default - none */
  spokes: mapOf(
    spoke,
    (name) =>
      /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)
        ? undefined
        : says("is not the name of a spoke", "use lower-case letters, digits and hyphens, 32 at most, a letter first"),
    "an object of spokes",
    '{ payments: { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16"] } }',
  ).default({}),
  /** Who else may attach VPCs to the transit gateway. @default - nobody */
  share: share.optional(),
  /** The load balancer as a service into which others put endpoints from VPCs of their own. */
  endpointService: section('{ acceptance: "automatic" }', {
    /** Whether an endpoint of somebody else works at once, or once an operator has accepted it. @default "automatic" */
    acceptance: oneOf(["automatic", "manual"]).default("automatic"),
    /** Who may make endpoints. @default - this account only */
    allowedPrincipals: listOf(
      principalArn,
      "a list of accounts, roles or users",
      '["arn:aws:iam::111122223333:root"]',
    ).default([]),
  }).default({ acceptance: "automatic", allowedPrincipals: [] }),
  /** Seconds after which an idle TCP connection is forgotten. @default 350 */
  tcpIdleTimeoutSeconds: wholeNumber("a number of seconds", TCP_IDLE_SECONDS.least, TCP_IDLE_SECONDS.most).default(
    TCP_IDLE_SECONDS.usual,
  ),
  /**
   * Seconds for which an appliance that goes keeps the connections it has; not shorter than `tcpIdleTimeoutSeconds`, or living
   * connections break. @default - as long as `tcpIdleTimeoutSeconds`, 3600 at most
   */
  deregistrationDelaySeconds: wholeNumber("a number of seconds", 0, LONGEST_DEREGISTRATION_SECONDS).optional(),
  /**
   * What becomes of connections of an appliance that fails or goes: `rebalance` sends them to another, which forwards them as well and
   * whose Suricata has missed their beginning; `no_rebalance` leaves them where they are, and they break. @default "rebalance"
   */
  targetFailover: oneOf(["rebalance", "no_rebalance"]).default("rebalance"),
  /** The instances. */
  fleet: fleet.prefault({}),
  /** What they start from. */
  image,
  /** What Suricata looks for. */
  rules: section("{ updateHours: 24 }", {
    /** Rule sets by HTTPS, as `suricata-update` takes them. @default - Emerging Threats Open, the tool's own */
    sources: listOf(
      httpsUrl("a rule set", "https://rules.example.com/suricata-7.tar.gz"),
      "a list of rule sets",
      '["https://rules.example.com/suricata-7.tar.gz"]',
      { max: 20, fault: says("must name 20 rule sets at most", "join some of them in one") },
    ).default([]),
    /** Hours between two updates. @default 24 */
    updateHours: wholeNumber("a number of hours", 1, 168).default(24),
    /** Days after which rules that were not updated raise an alarm. @default 7 */
    maxAgeDays: wholeNumber("a number of days", 1, 90).default(7),
  }).prefault({}),
  /** What Suricata writes besides alerts, into CloudWatch Logs. */
  logs: section("{ flows: true }", {
    /** Names that were asked for. @default true */
    dns: trueOrFalse.default(true),
    /** Server names of TLS connections. @default true */
    tls: trueOrFalse.default(true),
    /** One record for each connection: by far the most. @default false */
    flows: trueOrFalse.default(false),
  }).prefault({}),
});
