import { type EgressPolicyEnvironment, type InspectionEnvironment } from "../../../lib/environment";
import { type Changes, changed, define, DOCKER_HUB, EDGE, GONE, type Row } from "./base";
import { testRows } from "./rows";

const quoted = JSON.stringify;
const sha256 = "0123456789abcdef".repeat(4);
const FILE = { url: "https://artifacts.example.com/gwlbtun-3.2", sha256 };
const PLAIN = { plain: "ubuntu-24.04", gwlbtun: FILE, cloudwatchAgent: FILE };
const BUILT = { os: "ubuntu-24.04", gwlbtun: FILE, cloudwatchAgent: FILE };
const PAYMENTS = { attachmentId: "tgw-attach-0123456789abcdef0", cidrs: ["10.50.0.0/16"] };
const STRANGER = "arn:aws:iam::444455556666:root";
const CA = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:inspection/ca-AbCdEf";

/** An environment whose egress passes appliances that block, with one more spoke; some values of the section differ. */
const inspected = (changes: Changes = {}): Changes => ({
  "aws/network/egress": "inspection",
  inspection: {
    action: "ips",
    onFailure: "closed",
    network: { cidr: "10.30.0.0/20" },
    spokes: { payments: PAYMENTS },
    image: PLAIN,
  },
  ...Object.fromEntries(Object.entries(changes).map(([path, value]) => [`inspection/${path}`, value])),
});

/** The same with two arms, which do not block. */
const twoArms = (changes: Changes = {}): Changes =>
  inspected({ mode: "two-arm", action: GONE, onFailure: GONE, ...changes });

/** A policy that denies all but some. */
const denying = (allowed: Readonly<Record<string, unknown>> = {}, changes: Changes = {}): Changes =>
  inspected({ policy: { default: "deny", ...allowed }, ...changes });

const CIDR = { cidr: "198.51.100.0/24", protocol: "tcp", ports: [5432] };

/** One entry of `allowCidrs` that differs in some fields. */
const cidr = (fields: Readonly<Record<string, unknown>>): Changes => denying({ allowCidrs: [{ ...CIDR, ...fields }] });

const badDomain = (what: string, domain: unknown, problem: string, remedy: string): Row => [
  `a domain that is ${what}`,
  denying({ allowDomains: [domain] }),
  ["inspection.policy.allowDomains[0]", problem, remedy, quoted(domain)],
];

const badPort = (what: string, port: unknown, remedy: string): Row => [
  what,
  cidr({ ports: [port] }),
  ["inspection.policy.allowCidrs[0].ports[0]", "must be a port", remedy, quoted(port)],
];

const DOMAINS: readonly Row[] = [
  badDomain("empty", "", "is empty", '"*.example.com"'),
  badDomain("in upper case", "Registry.example.com", "in lower case", 'write "registry.example.com"'),
  badDomain("of another script", "bücher.example", "as DNS carries it", 'write "xn--bcher-kva.example"'),
  badDomain("of another script, with all below it", "*.bücher.example", "DNS", 'write "*.xn--bcher-kva.example"'),
  badDomain("of another script and nonsense", "ü ü.example", "as DNS carries it", "write for example"),
  badDomain("an address", "192.0.2.1", "is an address", "under allowCidrs"),
  badDomain("an address of IPv6", "2001:db8::1", "is an address", "under allowCidrs"),
  badDomain("rooted", "example.com.", "end with a dot", 'write "example.com"'),
  badDomain("everything", "*", "not its whole first label", '"*.example.com"'),
  badDomain("everything below a suffix", "*.com", "a single label", '"*.example.com"'),
  badDomain("a single label", "localhost", "a single label", "registry.example.com"),
  badDomain("a pattern", "*.*.example.com", "not its whole first label", '"*.example.com"'),
  badDomain("an address of the web", "https://example.com/", "is no domain", "registry.example.com"),
  badDomain("beside a port", "example.com:443", "is no domain", "registry.example.com"),
  badDomain("no text", 7, "must be a domain", "registry.example.com"),
  badDomain("deep", `*.${"a.".repeat(10)}com`, "more than 10 labels", '"*.example.com"'),
];

const FIELDS: readonly Row[] = [
  ["a policy that says nothing", inspected({ policy: {} }), ["inspection.policy.default", "is missing", '"deny" or']],
  [
    "a default that nobody knows",
    inspected({ policy: { default: "drop" } }),
    ["inspection.policy.default", 'must be "deny" or "alert"', '"alert"', '"drop"'],
  ],
  [
    "a rehearsal in quotes",
    denying({ discovery: "yes" }),
    ["inspection.policy.discovery", "true or false", "without quotes", '"yes"'],
  ],
  [
    "a field of another section in a spoke",
    denying({ spokes: { own: { default: "alert" } } }),
    ["inspection.policy.spokes.own.default", "is not a field", "the fields here are allowDomains, allowCidrs"],
  ],
  [
    "a range by itself",
    denying({ allowCidrs: ["198.51.100.0/24"] }),
    ["inspection.policy.allowCidrs[0]", "must be an object", "protocol:", '"198.51.100.0/24"'],
  ],
  [
    "a range with host bits",
    cidr({ cidr: "198.51.100.7/24" }),
    ["inspection.policy.allowCidrs[0].cidr", "has bits set beyond its prefix", "198.51.100.0/24", '"198.51.100.7/24"'],
  ],
  [
    "a range of IPv6",
    cidr({ cidr: "2001:db8::/32" }),
    ["inspection.policy.allowCidrs[0].cidr", "must be an IPv4 range", "no IPv6", '"2001:db8::/32"'],
  ],
  [
    "everything of IPv6",
    cidr({ cidr: "::/0" }),
    ["inspection.policy.allowCidrs[0].cidr", "must be an IPv4 range", "no IPv6", '"::/0"'],
  ],
  [
    "a protocol that nobody knows",
    cidr({ protocol: "sctp" }),
    ["inspection.policy.allowCidrs[0].protocol", 'must be "tcp" or "udp" or "icmp"', '"tcp"', '"sctp"'],
  ],
  [
    "TCP without ports",
    denying({ allowCidrs: [{ cidr: CIDR.cidr, protocol: "tcp" }] }),
    ["inspection.policy.allowCidrs[0].ports", "the ports of tcp", "5432"],
  ],
  [
    "no port",
    cidr({ ports: [] }),
    ["inspection.policy.allowCidrs[0].ports", "must name a port", "5432", "an empty list"],
  ],
  [
    "ICMP with ports",
    cidr({ protocol: "icmp" }),
    ["inspection.policy.allowCidrs[0].ports", "which has no ports", "leave them out", "a list of 1"],
  ],
  badPort("port 0", 0, "5432"),
  badPort("a port beyond the last", 65_536, "5432"),
  badPort("a port in quotes", "5432", "without quotes"),
  badPort("ports the wrong way", "8100-8000", '"8000-8100"'),
  [
    "ports that are none",
    cidr({ ports: [true] }),
    ["inspection.policy.allowCidrs[0].ports[0]", "must be a port or a range", '"8000-8100"', "true"],
  ],
];

/** Names for which, with what separates them and one of twelve characters more, there is just room. */
const NAMES = Array.from({ length: 93 }, (_, index) => `${String(index + 100)}.example.com`);

const MODES: readonly Row[] = [
  [
    "blocking, and nothing said of failure",
    inspected({ onFailure: GONE }),
    ["inspection.onFailure", 'is missing: with action "ips"', 'write "open" to let it pass'],
  ],
  [
    "watching, and something said of failure",
    inspected({ action: "ids" }),
    ["inspection.onFailure", 'has no effect with action "ids"', "leave it out", '"closed"'],
  ],
  [
    "watching, by default, and something said of failure",
    inspected({ action: GONE }),
    ["inspection.onFailure", 'has no effect with action "ids"', "leave it out", '"closed"'],
  ],
  [
    "a failure that nobody knows",
    inspected({ onFailure: "fail-open" }),
    ["inspection.onFailure", 'must be "open" or "closed"', '"closed"', '"fail-open"'],
  ],
  [
    "denial by who watches only",
    denying({}, { action: "ids", onFailure: GONE }),
    ["inspection.policy.default", "needs an appliance that blocks", 'write action: "ips"', '"deny"'],
  ],
  [
    "a rehearsal in quotes, by who watches only",
    denying({ discovery: "true" }, { action: "ids", onFailure: GONE }),
    ["inspection.policy.discovery", "must be true or false", "without quotes", '"true"'],
  ],
  [
    "a rehearsal of what denies nothing",
    inspected({ policy: { default: "alert", discovery: true } }),
    ["inspection.policy.discovery", 'has no effect with default "alert"', "leave it out", "true"],
  ],
  [
    "two arms that block, with an authority of nobody and a zone missing, in one pass",
    inspected({ mode: "two-arm", "network/zones": ["b"], proxy: { bump: { domains: ["api.example.com"] } } }),
    ["inspection.action", 'cannot stand beside mode "two-arm"', 'write mode: "one-arm"', '"ips"'],
    ["inspection.network.zones", "lack a of aws.network.zones: with two arms", "leave zones out", "a list of 1"],
    ["inspection.proxy.bump.caSecretArn", "is missing: the ARN of a Secrets Manager secret", ":secret:inspection/ca"],
  ],
  [
    "two arms that block, and nothing said of a failure that there is not",
    twoArms({ action: "ips" }),
    ["inspection.action", "HTTP and TLS would pass Suricata by", "leave action and onFailure out", '"ips"'],
  ],
  [
    "two arms, and something said of failure",
    twoArms({ onFailure: "open" }),
    ["inspection.onFailure", 'has no effect with action "ids"', "leave it out: two arms only watch", '"open"'],
  ],
  ["a proxy with one arm", inspected({ proxy: {} }), ["inspection.proxy", 'belongs to mode "two-arm"', "leave it out"]],
  [
    "two arms with a zone missing",
    twoArms({ "network/zones": ["b"] }),
    ["inspection.network.zones", "lack a of aws.network.zones: with two arms", "leave zones out", "a list of 1"],
  ],
  [
    "two arms, and clients of others",
    twoArms({ "endpointService/allowedPrincipals": ["arn:aws:iam::111122223333:root", STRANGER] }),
    [
      "inspection.endpointService.allowedPrincipals[1]",
      "cannot tell its clients from those of a spoke with the same addresses",
      'write mode: "one-arm"',
      quoted(STRANGER),
    ],
  ],
  [
    "opened connections without an authority",
    twoArms({ proxy: { bump: { domains: ["api.example.com"] } } }),
    ["inspection.proxy.bump.caSecretArn", "is missing: the ARN of a Secrets Manager secret", ":secret:inspection/ca"],
  ],
  [
    "an authority that opens nothing",
    twoArms({ proxy: { bump: { caSecretArn: CA, domains: [] } } }),
    ["inspection.proxy.bump.domains", "must name a domain", "leave 'bump' out", "an empty list"],
  ],
  [
    "more names to be opened than appliances can be told of",
    twoArms({ proxy: { bump: { caSecretArn: CA, domains: [...NAMES, "1.example.org"] } } }),
    [
      "inspection.proxy.bump.domains",
      "have 1501 characters in all, and appliances can be told of 1500",
      '"*.example.com"',
    ],
  ],
  [
    "an authority of another Region",
    twoArms({
      proxy: { bump: { caSecretArn: CA.replace("central", "west"), domains: ["api.example.com"] } },
    }),
    [
      "inspection.proxy.bump.caSecretArn",
      "another account or Region",
      "of this account",
      quoted(CA.replace("central", "west")),
    ],
  ],
  [
    "opened connections that the policy denies",
    twoArms({
      policy: {
        default: "deny",
        allowDomains: ["*.example.com"],
        spokes: { payments: { allowDomains: ["pay.example.net"] } },
      },
      proxy: {
        bump: {
          caSecretArn: CA,
          domains: ["a.example.com", "example.com", "*.a.example.com", "*.net.example", "pay.example.net"],
        },
      },
    }),
    ["inspection.proxy.bump.domains[1]", "is denied by inspection.policy", "allow it there too", '"example.com"'],
    ["inspection.proxy.bump.domains[3]", "is denied by inspection.policy", "allow it there too", '"*.net.example"'],
  ],
];

const SPOKES: readonly Row[] = [
  [
    "a spoke that does not exist",
    denying({ spokes: { payment: { allowDomains: ["pay.example.com"] } } }),
    ["inspection.policy.spokes.payment", "is no spoke of this environment", 'write "own" or "payments"'],
  ],
  [
    "a spoke by the network's own name",
    denying(
      {},
      { "spokes/own": { ...PAYMENTS, attachmentId: "tgw-attach-0123456789abcdef1", cidrs: ["10.51.0.0/16"] } },
    ),
    ["inspection.spokes.own", "by which inspection.policy calls aws.network", "rename the spoke"],
  ],
  [
    "more for one spoke, whose addresses others may have",
    denying(
      { spokes: { payments: { allowDomains: ["pay.example.com"] } } },
      { "endpointService/allowedPrincipals": [STRANGER] },
    ),
    ["inspection.policy.spokes", `the VPCs of ${STRANGER} may have too`, "into what all may"],
  ],
  [
    "everything twice",
    denying({
      allowDomains: ["a.example.com", "b.example.com", "a.example.com"],
      allowCidrs: [
        { ...CIDR, ports: [80, 443] },
        { ...CIDR, ports: [443, 80] },
        { cidr: CIDR.cidr, protocol: "icmp" },
      ],
      spokes: {
        payments: {
          allowDomains: ["c.example.com", "b.example.com"],
          allowCidrs: [{ cidr: CIDR.cidr, protocol: "icmp" }],
        },
      },
    }),
    ["inspection.policy.allowDomains[2]", "a second time", "once", '"a.example.com"'],
    ["inspection.policy.allowCidrs[1]", "a second time", "once"],
    [
      "inspection.policy.spokes.payments.allowDomains[1]",
      "what all spokes may reach",
      "one of the two places",
      '"b.example.com"',
    ],
    ["inspection.policy.spokes.payments.allowCidrs[0]", "what all spokes may reach", "one of the two places"],
  ],
  [
    "ports in each other",
    cidr({ ports: ["8000-8100", 22, 8080] }),
    ["inspection.policy.allowCidrs[0].ports[2]", 'overlaps "8000-8100"', "each port once", "8080"],
  ],
];

const HUB = [
  "registry-1.docker.io",
  "auth.docker.io",
  "production.cloudflare.docker.com",
  "production.cloudfront.docker.com",
  "docker-images-prod.6aa30f8b08e16409b46e0173d6de2f56.r2.cloudflarestorage.com",
].join(", ");

const LAYERS = "prod-eu-central-1-starport-layer-bucket.s3.eu-central-1.amazonaws.com";
const WALLARM = "api.wallarm.com, node-data0.eu1.wallarm.com, node-data1.eu1.wallarm.com";
const REMEDY = "policy.spokes.own.allowDomains";

/** An edge in the network whose egress a policy denies; some of its fields differ. */
const withEdge = (fields: Readonly<Record<string, unknown>>, changes: Changes = {}): Changes => ({
  ...denying(),
  wallarm: { api: { ...EDGE, ...fields } },
  ...changes,
});

/** Exactly these names are missed, by this edge. */
const missed = (names: string): Row[2] => [
  "inspection.policy",
  `denies what the edge api of wallarm cannot do without: ${names}`,
  REMEDY,
];

const NEEDS: readonly Row[] = [
  ["an edge of the European cloud", withEdge({}), missed(`${WALLARM}, ${HUB}`)],
  [
    "an edge of the American cloud",
    withEdge({ cloud: "us" }),
    missed(`us1.api.wallarm.com, node-data0.us1.wallarm.com, node-data1.us1.wallarm.com, ${HUB}`),
  ],
  [
    "all that it needs but one",
    withEdge(
      {},
      denying({ allowDomains: ["*.wallarm.com"], spokes: { own: { allowDomains: HUB.split(", ").slice(1) } } }),
    ),
    missed("registry-1.docker.io"),
  ],
  [
    "what it needs allowed to another spoke",
    withEdge({}, denying({ spokes: { payments: { allowDomains: [...WALLARM.split(", "), ...HUB.split(", ")] } } })),
    missed(`${WALLARM}, ${HUB}`),
  ],
  [
    "AWS's services without endpoints of the network",
    withEdge({ exec: true, metricsSidecar: true }, { "aws/network/interfaceEndpoints": "none" }),
    missed(
      `${WALLARM}, ${HUB}, public.ecr.aws, d5l0dvt14r5h8.cloudfront.net, logs.eu-central-1.amazonaws.com, ` +
        "secretsmanager.eu-central-1.amazonaws.com, ssmmessages.eu-central-1.amazonaws.com",
    ),
  ],
  [
    "a cache of Docker Hub in ECR",
    withEdge({}, { "aws/dockerHub": { credentialSecretArn: DOCKER_HUB } }),
    missed(
      `${WALLARM}, api.ecr.eu-central-1.amazonaws.com, 111122223333.dkr.ecr.eu-central-1.amazonaws.com, ${LAYERS}`,
    ),
  ],
  [
    "an image in ECR, behind endpoints of the network, but for its layers",
    withEdge({ image: { version: "7.1.0", repository: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/node" } }),
    missed(`${WALLARM}, ${LAYERS}`),
  ],
  [
    "an image in ECR, behind endpoints of the network, and its layers",
    withEdge(
      { image: { version: "7.1.0", repository: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/node" } },
      { "aws/network/gatewayEndpoints": ["s3"] },
    ),
    missed(WALLARM),
  ],
  [
    "an image in ECR of another Region, which no endpoint reaches",
    withEdge(
      { image: { version: "7.1.0", repository: "444455556666.dkr.ecr.us-east-1.amazonaws.com/node" } },
      { "aws/network/gatewayEndpoints": ["s3"] },
    ),
    missed(
      `${WALLARM}, api.ecr.us-east-1.amazonaws.com, 444455556666.dkr.ecr.us-east-1.amazonaws.com, ` +
        "prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com",
    ),
  ],
  [
    "an image in a registry of one's own",
    withEdge({ image: { version: "7.1.0", repository: "registry.example.com/wallarm/node" } }),
    missed(`${WALLARM}, registry.example.com`),
  ],
  [
    "an image in a registry on a port of its own, which its address decides",
    withEdge({ image: { version: "7.1.0", repository: "registry.example.com:5000/wallarm/node" } }),
    missed(WALLARM),
  ],
  [
    "two edges that need the same",
    { ...denying(), wallarm: { api: EDGE, shop: { ...EDGE, domain: "shop.example.com" } } },
    [
      "inspection.policy",
      `denies what the edges api and shop of wallarm cannot do without: ${WALLARM}, ${HUB}`,
      REMEDY,
    ],
  ],
];

const IMAGES: readonly Row[] = [
  [
    "an image to be built from nothing",
    inspected({ image: { built: {} } }),
    ["inspection.image.built.os", 'is missing: "ubuntu-24.04"', "ubuntu-24.04"],
    ["inspection.image.built.gwlbtun", "is missing", "sha256:"],
    ["inspection.image.built.cloudwatchAgent", "is missing", "sha256:"],
  ],
  [
    "an image built on a day that is none",
    inspected({ image: { built: { ...BUILT, schedule: { weekday: "Sunday", hour: 24 } } } }),
    ["inspection.image.built.schedule.weekday", 'must be "monday" or', '"sunday"', '"Sunday"'],
    ["inspection.image.built.schedule.hour", "an hour of the day", "from 0 to 23", "24"],
  ],
  [
    "an image built of Amazon Linux, which is refused by name",
    inspected({ image: { built: { ...BUILT, os: "al2023" } } }),
    ["inspection.image.built.os", "hold no Suricata", "bake one yourself", '"al2023"'],
  ],
  [
    "an earlier image by its name instead of its id",
    inspected({ image: { built: { ...BUILT, amiId: "prod-inspection-2026-11-22" } } }),
    ["inspection.image.built.amiId", "must be the id of an AMI", "ami-", '"prod-inspection-2026-11-22"'],
  ],
  [
    "an image built, and one's own",
    inspected({ image: { built: BUILT, baked: { amiId: "ami-0123456789abcdef0" }, os: "al2023" } }),
    ["inspection.image.baked", "is not a field of this section", "the fields here are built"],
    ["inspection.image.os", "is not a field of this section", "the fields here are built"],
  ],
];

const NO_CASCADE: readonly Row[] = [
  [
    "the action refused, and a denial",
    denying({}, { action: "block" }),
    ["inspection.action", 'must be "ids"', '"ips"', '"block"'],
  ],
  [
    "the mode refused, and a proxy",
    inspected({ mode: "both", proxy: {} }),
    ["inspection.mode", 'must be "one-arm"', '"two-arm"', '"both"'],
  ],
  [
    "the spokes refused, of which a policy speaks",
    denying({ spokes: { payments: { allowDomains: ["pay.example.com"] } } }, { spokes: "none" }),
    ["inspection.spokes", "must be an object of spokes", "payments:", '"none"'],
  ],
  [
    "the ports refused, which icmp has none of",
    cidr({ protocol: "icmp", ports: "all" }),
    ["inspection.policy.allowCidrs[0].ports", "must be a list of ports", "5432", '"all"'],
  ],
  [
    "a domain refused that an edge may need",
    withEdge({}, denying({ allowDomains: ["*.Wallarm.com"] })),
    ["inspection.policy.allowDomains[0]", "in lower case", '"*.wallarm.com"', '"*.Wallarm.com"'],
  ],
];

testRows({
  domains: DOMAINS,
  fields: FIELDS,
  "modes and actions": MODES,
  spokes: SPOKES,
  "what the environment itself needs": NEEDS,
  "images that are built": IMAGES,
  "one mistake, one message": NO_CASCADE,
});

function sectionOf(changes: Changes): InspectionEnvironment {
  const { inspection } = define(changed(changes));
  if (inspection === undefined) throw new Error("the environment has no section inspection");
  return inspection;
}

test("every default", () => {
  const { policy, proxy } = sectionOf(inspected({ policy: { default: "alert" } }));
  const expected: EgressPolicyEnvironment = {
    default: "alert",
    discovery: false,
    allowDomains: [],
    allowCidrs: [],
    spokes: {},
  };
  expect(policy).toEqual(expected);
  expect(proxy).toBeUndefined();
});

test.each([
  ["a policy that denies everything, with nothing that needs anything", denying()],
  ["a rehearsal of one that denies what an edge needs", withEdge({}, denying({ discovery: true }))],
  ["reports by who watches only", inspected({ policy: { default: "alert" }, action: "ids", onFailure: GONE })],
  ["a rehearsal by who watches only", denying({ discovery: true }, { action: GONE, onFailure: GONE })],
  ["reports of what an edge needs", withEdge({}, inspected({ policy: { default: "alert" } }))],
  ["all that an edge needs", withEdge({}, denying({ allowDomains: ["*.wallarm.com", ...HUB.split(", ")] }))],
  [
    "a spoke's own besides what all may",
    denying({ allowDomains: ["a.b"], spokes: { own: { allowDomains: ["c.d"] } } }),
  ],
  [
    "a spoke by the network's name, without a policy",
    inspected({ "spokes/own": { ...PAYMENTS, attachmentId: "tgw-attach-0123456789abcdef1", cidrs: ["10.51.0.0/16"] } }),
  ],
  ["everything by one protocol and port", cidr({ cidr: "0.0.0.0/0", protocol: "udp", ports: [123] })],
  ["ICMP", denying({ allowCidrs: [{ cidr: "198.51.100.0/24", protocol: "icmp" }] })],
  ["the same range by two protocols", denying({ allowCidrs: [CIDR, { ...CIDR, protocol: "udp" }] })],
  ["denial by the proxy of two arms, which watch only", twoArms({ action: "ids", policy: { default: "deny" } })],
  ["two arms without a policy, whose proxy opens nothing", twoArms({ proxy: {} })],
  [
    "opened connections of one's own authority",
    twoArms({
      policy: { default: "deny", allowDomains: ["*.example.com"] },
      proxy: { bump: { caSecretArn: CA, domains: ["*.example.com", "a.example.com"] } },
    }),
  ],
  [
    "as many names to be opened as there is room for",
    twoArms({ proxy: { bump: { caSecretArn: CA, domains: [...NAMES, "1.example.io"] } } }),
  ],
  ["clients of others with one arm", denying({}, { "endpointService/allowedPrincipals": [STRANGER] })],
])("%s: accepted", (_, changes) => {
  expect(() => sectionOf(changes)).not.toThrow();
});
