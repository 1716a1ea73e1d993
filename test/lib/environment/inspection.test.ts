import type { InspectionEnvironment } from "../../../lib/environment";
import { type Changes, changed, define, EXISTING_NETWORK, GONE, type Row } from "./base";
import { testRows } from "./rows";

const quoted = JSON.stringify;
const sha256 = "0123456789abcdef".repeat(4);
const FILE = { url: "https://artifacts.example.com/gwlbtun-3.2", sha256 };
const PLAIN = { plain: "ubuntu-24.04", gwlbtun: FILE, cloudwatchAgent: FILE };
const BAKED = { baked: { amiId: "ami-0123456789abcdef0" }, os: "al2023" };
const ATTACHMENT = "tgw-attach-0123456789abcdef0";
const PAYMENTS = { attachmentId: ATTACHMENT, cidrs: ["10.50.0.0/16"] };

/** An environment whose network, 10.20.0.0/16 in the zones a and b, leaves through inspection; some values of the section differ. */
const inspected = (changes: Changes = {}): Changes => ({
  "aws/network/egress": "inspection",
  inspection: { network: { cidr: "10.30.0.0/20" }, image: PLAIN },
  ...Object.fromEntries(Object.entries(changes).map(([path, value]) => [`inspection/${path}`, value])),
});

/** One field that is refused for its own shape, and shown. */
const bad = (mistake: string, field: string, value: unknown, problem: string, remedy: string, got?: string): Row => [
  mistake,
  inspected({ [field]: value }),
  [`inspection.${field.replaceAll("/", ".")}`, problem, remedy, got ?? quoted(value)],
];

/** One item of a list, at its first place. */
const badItem = (mistake: string, field: string, item: string, problem: string, remedy: string): Row => [
  mistake,
  inspected({ [field]: [item] }),
  [`inspection.${field.replaceAll("/", ".")}[0]`, problem, remedy, quoted(item)],
];

/** Whole numbers just outside of what a field takes. */
const outside = (field: string, least: number, most: number): readonly Row[] =>
  [least - 1, most + 1].map((number) =>
    bad(`${field} of ${number}`, field, number, `a whole number from ${least} to ${most}`, `from ${least} to ${most}`),
  );

/** Spokes, of which one by the name payments differs in some fields. */
const payments = (fields: Readonly<Record<string, unknown>>): Changes =>
  inspected({ spokes: { payments: { ...PAYMENTS, ...fields } } });

/** So many ranges of 10.`second`.0.0/16. */
const narrow = (count: number, second: number): readonly string[] =>
  Array.from({ length: count }, (_, third) => `10.${second}.${third}.0/24`);

const IMAGES = 'write { plain: "ubuntu-24.04", … }, { built: { os:';

const FIELDS: readonly Row[] = [
  [
    "an empty section",
    { "aws/network/egress": "inspection", inspection: {} },
    ["inspection.network", "is missing", "10.30.0.0/20"],
    ["inspection.image", "is missing: the image of the appliances", IMAGES],
  ],
  [
    "a section that is a list",
    { "aws/network/egress": "inspection", inspection: [] },
    ["inspection", "must be an object", "network:", "an empty list"],
  ],
  [
    "a field that does not exist",
    inspected({ firewall: { allowDomains: ["*.example.com"] } }),
    ["inspection.firewall", "is not a field of this section", "take it out"],
  ],
  bad("a mode that nobody knows", "mode", "bypass", 'must be "one-arm" or "two-arm"', '"one-arm"'),
  bad("an action that nobody knows", "action", "IDS", 'must be "ids" or "ips"', '"ids"'),
  bad("a network that is a range", "network", "10.30.0.0/20", "must be an object", "{ cidr:"),
  bad("a range without its length", "network/cidr", "10.30.0.0", "has no prefix length", "10.30.0.0/32"),
  badItem("a zone by its full name", "network/zones", "eu-central-1a", "the letter of an", '"a"'),
  bad("spokes that reach each other", "betweenSpokes", "open", 'must be "blocked" or "inspected"', '"blocked"'),
  bad("a service that accepts nobody", "endpointService/acceptance", "never", '"automatic" or "manual"', '"manual"'),
  badItem("a service for everybody", "endpointService/allowedPrincipals", "*", "the ARN of an account", ":root"),
  bad("flows that stay, in other words", "targetFailover", "none", '"rebalance" or "no_rebalance"', '"rebalance"'),
  bad("logs by name", "logs", ["dns"], "must be an object", "{ flows: true }", "a list of 1"),
  bad("a log in quotes", "logs/flows", "true", "must be true or false", "without quotes"),
  badItem("rules without TLS", "rules/sources", "http://rules.example.com/a.gz", "of a rule set", "https://rules"),
  [
    "rules behind a password, which is not shown",
    inspected({ "rules/sources": ["https://u:p@rules.example.com/a"] }),
    ["inspection.rules.sources[0]", "looks like an address with a password", ""],
  ],
  bad(
    "21 rule sets",
    "rules/sources",
    Array.from({ length: 21 }, (_, index) => `https://rules.example.com/${index}.gz`),
    "20 rule sets at most",
    "join some",
    "a list of 21",
  ),
  ...outside("tcpIdleTimeoutSeconds", 60, 6000),
  ...outside("deregistrationDelaySeconds", 0, 3600),
  ...outside("rules/updateHours", 1, 168),
  ...outside("rules/maxAgeDays", 1, 90),
];

const SPOKES: readonly Row[] = [
  bad("a list", "spokes", [PAYMENTS], "must be an object of spokes", "{ payments:", "a list of 1"),
  [
    "a name in upper case",
    inspected({ spokes: { Payments: PAYMENTS } }),
    ["inspection.spokes.Payments", "is not the name of a spoke", "lower-case letters"],
  ],
  [
    "a name of 33 characters",
    inspected({ spokes: { ["p".repeat(33)]: PAYMENTS } }),
    [`inspection.spokes.${"p".repeat(33)}`, "is not the name of a spoke", "32 at most"],
  ],
  [
    "a VPC in the place of its attachment",
    payments({ attachmentId: "vpc-0123456789abcdef0" }),
    ["inspection.spokes.payments.attachmentId", "a transit gateway attachment", ATTACHMENT, '"vpc-0123456789abcdef0"'],
  ],
  [
    "neither attachment nor ranges",
    inspected({ spokes: { payments: {} } }),
    ["inspection.spokes.payments.attachmentId", "is missing", ATTACHMENT],
    ["inspection.spokes.payments.cidrs", "is missing", '["10.50.0.0/16"]'],
  ],
  [
    "no range",
    payments({ cidrs: [] }),
    ["inspection.spokes.payments.cidrs", "nothing would find its way back", '["10.50.0.0/16"]', "an empty list"],
  ],
  [
    "everything as a range",
    payments({ cidrs: ["0.0.0.0/0"] }),
    ["inspection.spokes.payments.cidrs[0]", "every address", "networks that are meant", '"0.0.0.0/0"'],
  ],
  [
    "acceptance in quotes",
    payments({ accept: "yes" }),
    ["inspection.spokes.payments.accept", "must be true or false", "without quotes", '"yes"'],
  ],
  bad("a share with nobody", "share/principals", [], "must name somebody", "leave 'share' out", "an empty list"),
  badItem("a share with a role", "share/principals", "arn:aws:iam::111122223333:role/x", "an account id", '"1111'),
];

const FLEET: readonly Row[] = [
  bad("an architecture nobody knows", "fleet/architecture", "riscv64", '"arm64" or "x86_64"', '"x86_64"'),
  badItem("a size without its family", "fleet/instanceTypes", "large", "a type of instance", '"c7gn.large"'),
  badItem("a type too small to inspect", "fleet/instanceTypes", "t4g.micro", "a type of instance", '"c7gn.large"'),
  bad("no type", "fleet/instanceTypes", [], "1 to 10 types", '["c7gn.large"', "an empty list"),
  ...outside("fleet/minPerZone", 1, 50),
  bad("no appliance at most", "fleet/maxPerZone", 0, "a whole number from 1 to 50", "from 1 to 50"),
  ...outside("fleet/cpuPercent", 10, 90),
  ...outside("fleet/packetsPerSecond", 1000, 5_000_000),
  ...outside("fleet/maxLifetimeDays", 1, 365),
  ...outside("fleet/volumeGb", 10, 500),
  ...outside("fleet/bootSeconds", 120, 3600),
];

const IMAGE_FIELDS: readonly Row[] = [
  bad("an image of its name", "image/amiId", "ubuntu-24.04", "the id of an AMI", '"ami-0123456789abcdef0"'),
  bad("a name", "image", "ubuntu-24.04", "the image of the appliances", IMAGES),
  bad("neither of the two", "image", {}, "the image of the appliances", IMAGES, "an object"),
  bad("another release", "image/plain", "ubuntu-22.04", 'must be "ubuntu-24.04"', '"ubuntu-24.04"'),
  [
    "a binary without its checksum",
    inspected({ "image/gwlbtun/sha256": GONE }),
    ["inspection.image.gwlbtun.sha256", "is missing: a SHA-256 checksum", "0123456789abcdef"],
  ],
  bad("a binary by its address alone", "image/gwlbtun", FILE.url, "must be an object", "sha256:"),
  bad("a checksum in upper case", "image/gwlbtun/sha256", sha256.toUpperCase(), "in lower case", "0123456789abcdef"),
  bad("a checksum of another kind", "image/gwlbtun/sha256", sha256.slice(0, 40), "of 64 hexadecimal", "0123456789"),
  bad("a binary without TLS", "image/gwlbtun/url", "http://a.example.com/b", "HTTPS address of a release", "https://"),
  bad("a binary behind another port", "image/gwlbtun/url", "https://a.example.com:8443/b", "on port 443", "https://"),
  bad("a binary with a query", "image/gwlbtun/url", "https://a.example.com/b?token=x", "of a release", "https://"),
  bad(
    "an address of 301 characters",
    "image/cloudwatchAgent/url",
    `https://a.example.com/${"b".repeat(279)}`,
    "300 characters at most",
    "amazon-cloudwatch-agent",
    `${quoted(`https://a.example.com/${"b".repeat(138)}`)}…`,
  ),
  [
    "no agent",
    inspected({ "image/cloudwatchAgent": GONE }),
    ["inspection.image.cloudwatchAgent", "is missing", "amazon-cloudwatch-agent"],
  ],
  [
    "both kinds at once",
    inspected({ image: { ...PLAIN, ...BAKED } }),
    ["inspection.image.plain", "is not a field of this section", "the fields here are baked, os"],
    ["inspection.image.gwlbtun", "is not a field of this section", "baked, os"],
    ["inspection.image.cloudwatchAgent", "is not a field of this section", "baked, os"],
  ],
  [
    "an image of one's own, made from nothing",
    inspected({ image: { baked: BAKED.baked } }),
    ["inspection.image.os", 'is missing: "ubuntu-24.04" or "al2023"', '"al2023"'],
  ],
  [
    "an image of one's own by its name, made from something else",
    inspected({ image: { baked: { amiId: "appliance-7" }, os: "debian-12" } }),
    ["inspection.image.baked.amiId", "the id of an AMI", '"ami-0123456789abcdef0"', '"appliance-7"'],
    ["inspection.image.os", 'must be "ubuntu-24.04"', '"al2023"', '"debian-12"'],
  ],
  [
    "a parameter outside of any hierarchy",
    inspected({ image: { baked: { parameter: "ami" }, os: "al2023" } }),
    ["inspection.image.baked.parameter", "an SSM parameter", '"/ringfence/appliance/arm64"', '"ami"'],
  ],
  [
    "an id beside a parameter",
    inspected({ image: { baked: { ...BAKED.baked, parameter: "/ringfence/appliance" }, os: "al2023" } }),
    ["inspection.image.baked", "must name an AMI", "{ parameter:", "an object"],
  ],
];

const ACROSS: readonly Row[] = [
  [
    "a network that leaves through NAT",
    { ...inspected(), "aws/network/egress": "nat" },
    ["inspection", "aws.network leaves through NAT", 'egress: "inspection"'],
  ],
  [
    "no network",
    { ...inspected(), "aws/network": GONE },
    ["inspection", "and the environment has none", "add aws.network"],
  ],
  [
    "an existing network",
    { ...inspected(), "aws/network": { existing: EXISTING_NETWORK } },
    ["inspection", "an existing one has a way out already", "inspection.spokes of another environment"],
  ],
  [
    "zones that differ from the network's",
    inspected({ "network/zones": ["a", "b", "c"] }),
    ["inspection.network.zones", "differ from aws.network.zones", 'write ["a","b"]', "a list of 3"],
  ],
  [
    "zones in another order, which is that of their subnets",
    inspected({ "network/zones": ["b", "a"] }),
    ["inspection.network.zones", "differ from aws.network.zones", "leave zones out", "a list of 2"],
  ],
  bad("a range too large for a VPC", "network/cidr", "11.0.0.0/15", "of /16 to /22", '"10.30.0.0/20"'),
  bad("a range too small for its tiers", "network/cidr", "10.30.0.0/23", "of /16 to /22", '"10.30.0.0/20"'),
  bad("a range of IPv6", "network/cidr", "2001:db8:30::/56", "an IPv4 range", '"10.30.0.0/20"'),
  bad(
    "the network's own range",
    "network/cidr",
    "10.20.16.0/20",
    "overlaps aws.network, 10.20.0.0/16",
    "another range",
  ),
  [
    "spokes in each other, in the network and in the inspection VPC",
    inspected({
      spokes: {
        payments: { ...PAYMENTS, cidrs: ["10.50.0.0/16", "10.20.128.0/17", "10.30.15.0/24"] },
        search: { attachmentId: `${ATTACHMENT.slice(0, -1)}1`, cidrs: ["10.50.7.0/24", "10.51.0.0/16"] },
      },
    }),
    [
      "inspection.spokes.payments.cidrs[1]",
      "overlaps aws.network, 10.20.0.0/16",
      "for one of the two",
      '"10.20.128.0/17"',
    ],
    [
      "inspection.spokes.payments.cidrs[2]",
      "overlaps the inspection VPC, 10.30.0.0/20",
      "for one of the two",
      '"10.30.15.0/24"',
    ],
    [
      "inspection.spokes.search.cidrs[0]",
      "overlaps a range of the spoke payments, 10.50.0.0/16",
      "for one of the two",
      '"10.50.7.0/24"',
    ],
  ],
  [
    "a spoke's range twice",
    payments({ cidrs: ["10.50.0.0/16", "10.50.0.0/16"] }),
    ["inspection.spokes.payments.cidrs[1]", "overlaps a range of the spoke payments", "another", '"10.50.0.0/16"'],
  ],
  [
    "a spoke's range of IPv6",
    payments({ cidrs: ["10.50.0.0/16", "2001:db8:50::/56"] }),
    ["inspection.spokes.payments.cidrs[1]", "must be an IPv4 range", "the VPC's IPv4 ranges", '"2001:db8:50::/56"'],
  ],
  [
    "more ranges than appliances with two arms can be told of",
    inspected({ mode: "two-arm", spokes: { payments: { ...PAYMENTS, cidrs: narrow(65, 50) } } }),
    ["inspection.spokes", "has 65 ranges in all, and appliances with two arms can be told of 64", "wider ranges"],
  ],
  [
    "more ranges than appliances can be told of, in two spokes",
    inspected({
      spokes: {
        payments: { ...PAYMENTS, cidrs: narrow(100, 50) },
        search: { attachmentId: `${ATTACHMENT.slice(0, -1)}1`, cidrs: narrow(29, 51) },
      },
    }),
    ["inspection.spokes", "has 129 ranges in all, and appliances can be told of 128", "wider ranges"],
  ],
  [
    "one attachment by two names",
    inspected({ spokes: { payments: PAYMENTS, search: { attachmentId: ATTACHMENT, cidrs: ["10.51.0.0/16"] } } }),
    ["inspection.spokes.search.attachmentId", "that of the spoke payments", "all of its ranges", quoted(ATTACHMENT)],
  ],
  [
    "a deregistration delay shorter than the idle timeout",
    inspected({ tcpIdleTimeoutSeconds: 600, deregistrationDelaySeconds: 599 }),
    ["inspection.deregistrationDelaySeconds", "shorter than tcpIdleTimeoutSeconds, 600", "write 600 or more", "599"],
  ],
  [
    "a deregistration delay shorter than the idle timeout unless it is written",
    inspected({ deregistrationDelaySeconds: 300 }),
    ["inspection.deregistrationDelaySeconds", "shorter than tcpIdleTimeoutSeconds, 350", "or leave it out", "300"],
  ],
  [
    "connections that may be silent for longer than an appliance can wait",
    inspected({ tcpIdleTimeoutSeconds: 3601, deregistrationDelaySeconds: 3600 }),
    ["inspection.tcpIdleTimeoutSeconds", "longer than any appliance can wait", "write 3600 or less", "3601"],
  ],
  [
    "fewer appliances at most than at least",
    inspected({ fleet: { minPerZone: 5 } }),
    ["inspection.fleet.maxPerZone", "is less than minPerZone, 5", "write 5 or more", "4"],
  ],
  [
    "types of the other architecture",
    inspected({ "fleet/instanceTypes": ["c7gn.large", "c6in.large", "g5g.xlarge", "g5.xlarge"] }),
    ["inspection.fleet.instanceTypes[1]", "not of the architecture arm64", '"c7gn.large"', '"c6in.large"'],
    ["inspection.fleet.instanceTypes[3]", "not of the architecture arm64", '"c7gn.large"', '"g5.xlarge"'],
  ],
  [
    "types of arm64 for x86_64",
    inspected({ fleet: { architecture: "x86_64", instanceTypes: ["c7gn.large", "c6in.large", "a1.large"] } }),
    ["inspection.fleet.instanceTypes[0]", "not of the architecture x86_64", '"c6in.large"', '"c7gn.large"'],
    ["inspection.fleet.instanceTypes[2]", "not of the architecture x86_64", '"c6in.large"', '"a1.large"'],
  ],
  [
    "everything twice",
    inspected({
      "fleet/instanceTypes": ["c7gn.large", "c7gn.large"],
      "share/principals": ["111122223333", "111122223333"],
      "endpointService/allowedPrincipals": ["arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:root"],
      "rules/sources": ["https://rules.example.com/a.gz", "https://rules.example.com/a.gz"],
    }),
    ["inspection.fleet.instanceTypes[1]", "a second time", "once", '"c7gn.large"'],
    ["inspection.share.principals[1]", "a second time", "once", '"111122223333"'],
    ["inspection.endpointService.allowedPrincipals[1]", "a second time", "once", '"arn:aws:iam::444455556666:root"'],
    ["inspection.rules.sources[1]", "a second time", "once", '"https://rules.example.com/a.gz"'],
  ],
];

const POLICY = { default: "alert", allowDomains: ["*.example.com"] };

/** What only those can do who stand in the way. */
const COPIES: readonly Row[] = [
  [
    "a policy that denies, by appliances that get a copy",
    inspected({ policy: { ...POLICY, default: "deny" } }),
    ["inspection.policy.default", "needs an appliance that blocks", "or discovery: true", '"deny"'],
  ],
];

/** Mistakes that people make together, when they write the section for the first time. */
const AT_ONCE: readonly Row[] = [
  [
    "zones, architecture, checksum, ranges, delay and size in one pass",
    inspected({
      "network/zones": ["a", "c"],
      "fleet/architecture": "riscv64",
      "image/gwlbtun/sha256": GONE,
      spokes: { payments: { ...PAYMENTS, cidrs: [...narrow(128, 50), "10.20.5.0/24"] } },
      tcpIdleTimeoutSeconds: 600,
      deregistrationDelaySeconds: 300,
    }),
    ["inspection.network.zones", "differ from aws.network.zones", 'write ["a","b"]', "a list of 2"],
    ["inspection.image.gwlbtun.sha256", "is missing: a SHA-256 checksum", "0123456789abcdef"],
    ["inspection.fleet.architecture", 'must be "arm64" or "x86_64"', '"x86_64"', '"riscv64"'],
    ["inspection.spokes", "has 129 ranges in all, and appliances can be told of 128", "wider ranges"],
    ["inspection.spokes.payments.cidrs[128]", "overlaps aws.network, 10.20.0.0/16", "another range", '"10.20.5.0/24"'],
    ["inspection.deregistrationDelaySeconds", "shorter than tcpIdleTimeoutSeconds, 600", "write 600 or more", "300"],
  ],
];

const NO_CASCADE: readonly Row[] = [
  [
    "the section refused, of which the network speaks",
    { "aws/network/egress": "inspection", inspection: "yes" },
    ["inspection", "must be an object", "network:", '"yes"'],
  ],
  [
    "the way out refused",
    { ...inspected(), "aws/network/egress": "igw" },
    ["aws.network.egress", 'must be "nat" or "inspection"', '"nat"', '"igw"'],
  ],
  [
    "the network refused",
    { ...inspected(), "aws/network": "10.20.0.0/16" },
    ["aws.network", "must be an object", "{ existing:", '"10.20.0.0/16"'],
  ],
  [
    "the network's zones refused, and zones",
    { ...inspected({ "network/zones": ["a", "b"] }), "aws/network/zones": "a" },
    ["aws.network.zones", "must be a list", '["a"', '"a"'],
  ],
  [
    "one of the network's zones refused, and zones",
    { ...inspected({ "network/zones": ["a", "b"] }), "aws/network/zones": ["a", 2] },
    ["aws.network.zones[1]", "the letter of an", '"a"', "2"],
  ],
  [
    "the idle timeout refused, and a short delay",
    inspected({ tcpIdleTimeoutSeconds: "600", deregistrationDelaySeconds: 60 }),
    ["inspection.tcpIdleTimeoutSeconds", "a whole number", "without quotes", '"600"'],
  ],
  [
    "the architecture refused, and types of one",
    inspected({ fleet: { architecture: "arm", instanceTypes: ["c6in.large"] } }),
    ["inspection.fleet.architecture", 'must be "arm64"', '"x86_64"', '"arm"'],
  ],
  [
    "a spoke's range refused beside one that overlaps",
    payments({ cidrs: ["x", "10.20.0.0/24"] }),
    ["inspection.spokes.payments.cidrs[0]", "is no IPv4", "192", '"x"'],
    ["inspection.spokes.payments.cidrs[1]", "overlaps aws.network", "another range", '"10.20.0.0/24"'],
  ],
];

testRows({
  fields: FIELDS,
  spokes: SPOKES,
  fleets: FLEET,
  images: IMAGE_FIELDS,
  "rules across fields": ACROSS,
  "who gets a copy": COPIES,
  "many mistakes, one pass": AT_ONCE,
  "one mistake, one message": NO_CASCADE,
});

function sectionOf(changes: Changes): InspectionEnvironment {
  const { inspection } = define(changed(changes));
  if (inspection === undefined) throw new Error("the environment has no section inspection");
  return inspection;
}

test("every default", () => {
  expect(sectionOf(inspected())).toEqual({
    mode: "one-arm",
    action: "ids",
    network: { cidr: "10.30.0.0/20" },
    betweenSpokes: "blocked",
    spokes: {},
    endpointService: { acceptance: "automatic", allowedPrincipals: [] },
    tcpIdleTimeoutSeconds: 350,
    targetFailover: "rebalance",
    fleet: {
      architecture: "arm64",
      minPerZone: 1,
      maxPerZone: 4,
      cpuPercent: 50,
      packetsPerSecond: 50_000,
      maxLifetimeDays: 14,
      volumeGb: 20,
      bootSeconds: 600,
    },
    image: PLAIN,
    rules: { sources: [], updateHours: 24, maxAgeDays: 7 },
    logs: { dns: true, tls: true, flows: false },
  });
});

test("what is left out of a part takes its own default", () => {
  const { fleet, rules, logs, spokes, endpointService } = sectionOf({
    ...payments({}),
    "inspection/fleet": { maxPerZone: 9 },
    "inspection/rules": { updateHours: 6 },
    "inspection/logs": { flows: true },
    "inspection/endpointService": { acceptance: "manual" },
  });
  expect(fleet).toMatchObject({ minPerZone: 1, maxPerZone: 9, cpuPercent: 50 });
  expect(rules).toEqual({ sources: [], updateHours: 6, maxAgeDays: 7 });
  expect(logs).toEqual({ dns: true, tls: true, flows: true });
  expect(spokes.payments).toEqual({ ...PAYMENTS, accept: false });
  expect(endpointService).toEqual({ acceptance: "manual", allowedPrincipals: [] });
});

test.each([
  ["the network's zones, repeated", inspected({ "network/zones": ["a", "b"] })],
  ["as many ranges as appliances can be told of", payments({ cidrs: narrow(128, 50) })],
  ["the largest range", inspected({ "network/cidr": "10.30.0.0/16" })],
  ["the smallest range", inspected({ "network/cidr": "10.30.0.0/22" })],
  ["a delay as long as the idle timeout", inspected({ deregistrationDelaySeconds: 350 })],
  ["the longest idle timeout that an appliance can wait for", inspected({ tcpIdleTimeoutSeconds: 3600 })],
  ["HTTPS's own port, written out", inspected({ "image/gwlbtun/url": "https://a.example.com:443/gwlbtun" })],
  ["no room to scale", inspected({ fleet: { minPerZone: 4 } })],
  ["an address of 300 characters", inspected({ "image/gwlbtun/url": `https://a.example.com/${"b".repeat(278)}` })],
  [
    "twenty rule sets",
    inspected({ "rules/sources": Array.from({ length: 20 }, (_, n) => `https://r.example.com/${n}`) }),
  ],
  ["one release of the vendor's image", inspected({ "image/amiId": "ami-0123456789abcdef0" })],
  ["an image of one's own", inspected({ image: BAKED })],
  ["a policy that reports", inspected({ action: "ips", onFailure: "open", policy: POLICY })],
  [
    "a policy that is rehearsed",
    inspected({ action: "ips", onFailure: "open", policy: { ...POLICY, default: "deny", discovery: true } }),
  ],
  ["an image by its parameter", inspected({ image: { baked: { parameter: "/a/b" }, os: "ubuntu-24.04" } })],
  [
    "an organizational unit",
    inspected({
      share: { principals: ["arn:aws:organizations::111122223333:ou/o-abcdefghij/ou-ab12-abcdefgh"] },
    }),
  ],
  [
    "types of arm64 by all their names",
    inspected({
      "fleet/instanceTypes": ["a1.large", "t4g.medium", "c7gn.large", "im4gn.large", "is4gen.xlarge", "x2gd.2xlarge"],
    }),
  ],
  [
    "types of x86_64 that have a g elsewhere",
    inspected({ fleet: { architecture: "x86_64", instanceTypes: ["g4dn.xlarge", "g6.xlarge", "c7i-flex.large"] } }),
  ],
])("is accepted: %s", (_, changes) => {
  expect(() => define(changed(changes))).not.toThrow();
});
