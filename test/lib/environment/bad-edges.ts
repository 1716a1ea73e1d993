import {
  CERTIFICATE,
  DOCKER_HUB,
  EDGE,
  edge,
  EXISTING_NETWORK,
  GONE,
  KEY,
  PEM,
  type Row,
  TOKEN,
  WEB_ACL,
  ZONE,
} from "./base";

const quoted = JSON.stringify;
const DIGEST = `sha256:${"ab".repeat(32)}`;

/** A field of the edge that is refused for its own shape, and shown. */
const bad = (mistake: string, field: string, value: unknown, problem: string, remedy: string, got: string): Row => [
  mistake,
  edge({ [field]: value }),
  [`wallarm.api.${field}`, problem, remedy, got],
];

const UPSTREAM = (mistake: string, upstream: string, problem: string): Row =>
  bad(mistake, "upstream", upstream, problem, "", quoted(upstream));

const VERSION = (version: string, problem: string): Row => [
  `image ${version}`,
  edge({ image: { version } }),
  ["wallarm.api.image.version", problem, 'for example "7.1.0"', quoted(version)],
];

const SIZE = (cpu: number, memoryMb: number, remedy: string): Row => [
  `${memoryMb} MiB for ${cpu} CPU units`,
  edge({ size: { cpu, memoryMb }, arenaGb: 0.1 }),
  [
    "wallarm.api.size.memoryMb",
    `must be a memory that a task of ${cpu} CPU units can have`,
    `write ${remedy}`,
    `${memoryMb}`,
  ],
];

const NAME = (name: string): Row => [
  `an edge by the name ${name}`,
  { wallarm: { [name]: EDGE } },
  [/^[a-z]\w*$/i.test(name) ? `wallarm.${name}` : `wallarm["${name}"]`, "16 in all at most", "rename the edge"],
];

export const EDGE_FIELDS: readonly Row[] = [
  ["edges a list", { wallarm: [EDGE] }, ["wallarm", "must be an object of edges", "{ api:", "a list of 1"]],
  [
    "an edge empty",
    { wallarm: { api: {} } },
    ["wallarm.api", "has neither certificateArn nor zoneId", "write the ARN of a certificate"],
    ["wallarm.api.domain", "is missing: the host name of the edge", '"api.example.com"'],
    ["wallarm.api.upstream", "is missing: the address of the upstream", '"https://kong'],
    ["wallarm.api.cloud", 'is missing: "eu" or "us"', '"us"'],
    ["wallarm.api.token", "is missing: an object", "{ revision: 1 } or { existing:"],
  ],
  NAME("a".repeat(17)),
  NAME("Api"),
  NAME("api-"),
  NAME("1api"),
  NAME("my_api"),
  [
    "an edge wrong in name, shape and rule",
    { wallarm: { Api: { ...EDGE, certificateArn: undefined, cloud: "de" } } },
    ["wallarm.Api", "16 in all at most", "rename the edge"],
    ["wallarm.Api", "has neither certificateArn nor zoneId", "write the ARN of a certificate"],
    ["wallarm.Api.cloud", 'must be "eu" or "us"', '"eu"', '"de"'],
  ],
  bad("a wildcard", "domain", "*.example.com", "without a wildcard", '"api.example.com"', '"*.example.com"'),
  bad("a domain in upper case", "domain", "API.example.com", "in lower case", '"api', '"API.example.com"'),
  bad("a domain with a scheme", "domain", "https://a.example.com", "host name", '"api', '"https://a.example.com"'),
  bad("a domain that is an address", "domain", "198.51.100.1", "host name", '"api', '"198.51.100.1"'),
  bad("a domain of one label", "domain", "localhost", "host name", '"api', '"localhost"'),
  bad("aliases as text", "aliases", "a.example.com", "must be a list of host names", '["www', '"a.example.com"'),
  [
    "aliases that are no names of hosts",
    edge({ aliases: ["WWW.example.com", "a.*.example.com", "a*.example.com", "*.com", "*", "a.example.com:443"] }),
    ["wallarm.api.aliases[0]", "in lower case", '"www.example.com"', '"WWW.example.com"'],
    ["wallarm.api.aliases[1]", "only the first label may be *", '"www', '"a.*.example.com"'],
    ["wallarm.api.aliases[2]", "only the first label may be *", '"www', '"a*.example.com"'],
    ["wallarm.api.aliases[3]", "must be a host name", '"www', '"*.com"'],
    ["wallarm.api.aliases[4]", "must be a host name", '"www', '"*"'],
    ["wallarm.api.aliases[5]", "must be a host name", '"www', '"a.example.com:443"'],
  ],
  bad(
    "more aliases than an edge takes",
    "aliases",
    Array.from({ length: 21 }, (_, index) => `a${index}.example.com`),
    "must be 20 host names at most",
    "another edge",
    "a list of 21",
  ),
  UPSTREAM("an upstream without scheme", "kong.internal.example.com", "does not begin with http:// or https://"),
  UPSTREAM("an upstream of another scheme", "grpc://kong.internal.example.com", "http:// or https://"),
  UPSTREAM("an upstream with a path", "https://kong.internal.example.com/api", "behind its host and port"),
  UPSTREAM("an upstream with a slash at its end", "https://kong.internal.example.com/", "behind its host and port"),
  UPSTREAM("an upstream with a query", "https://kong.internal.example.com?a=b", "behind its host and port"),
  UPSTREAM("an upstream in upper case", "https://Kong.example.com", "lower case and with a dot"),
  UPSTREAM("an upstream of one label", "http://kong:8000", "lower case and with a dot"),
  UPSTREAM("an upstream with an octet too large", "http://10.0.0.256", "no IPv4 address"),
  UPSTREAM("an upstream in IPv6", "http://[2001:db8::1]", "no IPv4 address"),
  UPSTREAM("an upstream with port 0", "http://kong.example.com:0", "from 1 to 65535"),
  UPSTREAM("an upstream with a port too large", "http://kong.example.com:65536", "from 1 to 65535"),
  UPSTREAM("an upstream with an empty port", "http://kong.example.com:", "from 1 to 65535"),
  bad("an upstream that is a number", "upstream", 5, "must be the address of the upstream", '"https://kong', "5"),
  bad("an unknown mode", "mode", "blocking", '"monitoring" or "safe_blocking" or "block"', '"block"', '"blocking"'),
  bad("an application zero", "applicationId", 0, "the id of an application", "whole number from 1", "0"),
  bad("a group with a comma", "group", "a,b", "the label of a node group", '"prod-api"', '"a,b"'),
  [
    "a token as text",
    edge({ token: "secret" }),
    ["wallarm.api.token", "must be an object", "{ revision: 1 }", '"secret"'],
  ],
  [
    "a revision of zero",
    edge({ token: { revision: 0 } }),
    ["wallarm.api.token.revision", "a whole number from 1", "from 1", "0"],
  ],
  [
    "a token's secret without its suffix",
    edge({ token: { existing: { secretArn: TOKEN.replace("-AbCdEf", "") } } }),
    [
      "wallarm.api.token.existing.secretArn",
      "six characters at its end: the role that reads it is granted exactly this ARN",
      quoted(TOKEN),
      quoted(TOKEN.replace("-AbCdEf", "")),
    ],
  ],
  [
    "a token's secret beside existing",
    edge({ token: { secretArn: TOKEN } }),
    ["wallarm.api.token.secretArn", "outside of 'existing'", "write existing: { secretArn", quoted(TOKEN)],
  ],
  [
    "a JSON key with a colon",
    edge({ token: { existing: { secretArn: TOKEN, jsonKey: "a:b" } } }),
    ["wallarm.api.token.existing.jsonKey", "a key of the secret's JSON", '"token"', '"a:b"'],
  ],
  bad(
    "a certificate of IAM",
    "certificateArn",
    "arn:aws:iam::111122223333:server-certificate/a",
    "the ARN of an ACM certificate",
    ":certificate/",
    '"arn:aws:iam::111122223333:server-certificate/a"',
  ),
  bad("a zone by its name", "zoneId", "example.com", "the id of a Route 53 hosted zone", '"Z', '"example.com"'),
  bad("an unknown scheme", "scheme", "private", '"public" or "internal"', '"internal"', '"private"'),
  [
    "ingress by words",
    edge({ ingress: { cidrs: ["any", "0.0.0.0/33", "10.0.0.0/0"], prefixListIds: ["cloudfront"] } }),
    ["wallarm.api.ingress.cidrs[0]", "is no IPv4 or IPv6 network", "192", '"any"'],
    ["wallarm.api.ingress.cidrs[1]", "behind its slash", "correct", '"0.0.0.0/33"'],
    ["wallarm.api.ingress.cidrs[2]", "is every address there is", "that are meant", '"10.0.0.0/0"'],
    ["wallarm.api.ingress.prefixListIds[0]", "the id of a managed prefix list", '"pl-', '"cloudfront"'],
  ],
  bad("a redirect in quotes", "httpRedirect", "yes", "must be true or false", "without quotes", '"yes"'),
  bad("desync left to others", "desyncMode", "monitor", '"defensive" or "strictest"', '"strictest"', '"monitor"'),
  bad("an idle timeout too short", "idleTimeoutSeconds", 5, "from 10 to 3600", "from 10 to 3600", "5"),
  bad("a drain of two hours", "drainSeconds", 7200, "from 10 to 3600", "from 10 to 3600", "7200"),
  bad("a body of a fraction", "maxBodyMb", 0.5, "from 1 to 1024", "from 1 to 1024", "0.5"),
  bad(
    "a global web ACL",
    "webAclArn",
    WEB_ACL.replace("regional", "global"),
    "a regional web ACL",
    ":regional/webacl/",
    quoted(WEB_ACL.replace("regional", "global")),
  ),
  [
    "half of the internet as a proxy",
    edge({ trustedProxies: ["0.0.0.0/1", "0.0.0.0/0"] }),
    ["wallarm.api.trustedProxies[0]", "wider than /8", "the ranges that are meant", '"0.0.0.0/1"'],
    ["wallarm.api.trustedProxies[1]", "is every address there is", "that are meant", '"0.0.0.0/0"'],
  ],
  bad(
    "more proxies than a task definition holds",
    "trustedProxies",
    Array.from({ length: 251 }, (_, index) => `198.51.${index}.0/24`),
    "must be 250 ranges at most",
    "or wider ones",
    "a list of 251",
  ),
  bad("a Host of another", "hostHeader", "kong", '"client" or "upstream"', '"upstream"', '"kong"'),
  bad("an authority that is a path", "upstreamCaPem", "/etc/ca.pem", "certificates in PEM", "BEGIN", '"/etc/ca.pem"'),
  bad(
    "an authority that only looks like one",
    "upstreamCaPem",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "certificates in PEM",
    "BEGIN",
    quoted("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
  ),
  [
    "an authority with its key",
    edge({ upstreamCaPem: `${PEM}-----BEGIN EC PRIVATE KEY-----` }),
    ["wallarm.api.upstreamCaPem", "looks like a private key", "revoke it"],
  ],
  bad(
    "more certificates than a task definition holds",
    "upstreamCaPem",
    PEM.repeat(33),
    "20000 characters in all at most",
    "BEGIN",
    `${quoted(PEM.slice(0, 160))}…`,
  ),
  bad("an upstream that nothing reaches", "upstreamCidrs", [], "at least one range", '["10.', "an empty list"),
  [
    "an upstream's record with an address of IPv6",
    edge({ upstreamRecord: { zoneId: ZONE, target: "2001:db8::1" } }),
    ["wallarm.api.upstreamRecord.target", "host name in lower case, or an IPv4", '"10.20', '"2001:db8::1"'],
  ],
  VERSION("latest", "is not one exact release of the node: nodes would change by themselves"),
  VERSION("7", "is not one exact release"),
  VERSION("7.1", "is not one exact release"),
  VERSION("v7.1.0", "is not one exact release"),
  VERSION("6.12.9", "is of a line that is not supported: 6.13 and later of line 6, 7.1 and later of line 7 are"),
  VERSION("7.0.4", "is of a line that is not supported"),
  VERSION("5.3.17", "is of a line that is not supported"),
  VERSION("8.0.0", "is of a line that is not supported"),
  [
    "a digest alone",
    edge({ image: { digest: DIGEST } }),
    ["wallarm.api.image.version", "is missing: one exact release", '"7.1.0"'],
  ],
  [
    "a digest without its algorithm",
    edge({ image: { version: "7.1.0", digest: DIGEST.slice(7) } }),
    ["wallarm.api.image.digest", "the digest of an image", '"sha256:', quoted(DIGEST.slice(7))],
  ],
  [
    "a repository with its tag",
    edge({ image: { version: "7.1.0", repository: "docker.io/wallarm/node:7.1.0" } }),
    ["wallarm.api.image.repository", "without tag and digest", "dkr.ecr", '"docker.io/wallarm/node:7.1.0"'],
  ],
  [
    "a repository without its registry",
    edge({ image: { version: "7.1.0", repository: "wallarm/node" } }),
    ["wallarm.api.image.repository", "with its registry", "dkr.ecr", '"wallarm/node"'],
  ],
  bad("an unknown architecture", "architecture", "amd64", '"x86_64" or "arm64"', '"arm64"', '"amd64"'),
  [
    "CPU units that Fargate has not",
    edge({ size: { cpu: 1096, memoryMb: 2048 } }),
    ["wallarm.api.size.cpu", "the CPU units of a task", "one of 256, 512, 1024, 2048, 4096, 8192, 16384", "1096"],
  ],
  SIZE(256, 4096, "512, 1024, 2048"),
  SIZE(512, 512, "1024 to 4096 in steps of 1024"),
  SIZE(1024, 1024, "2048 to 8192 in steps of 1024"),
  SIZE(2048, 4097, "4096 to 16384 in steps of 1024"),
  SIZE(4096, 31744, "8192 to 30720 in steps of 1024"),
  SIZE(8192, 17408, "16384 to 61440 in steps of 4096"),
  SIZE(16384, 36864, "32768 to 122880 in steps of 8192"),
  [
    "a size without memory",
    edge({ size: { cpu: 256 }, arenaGb: 0.1 }),
    ["wallarm.api.size.memoryMb", "is missing: a memory that a task of 256", "512, 1024, 2048"],
  ],
  [
    "a size by a word",
    edge({ size: "large" }),
    ["wallarm.api.size", "must be an object", "{ cpu: 2048, memoryMb: 4096 }", '"large"'],
  ],
  bad("an arena in quotes", "arenaGb", "1", "a number of gigabytes", "without quotes", '"1"'),
  bad("an arena of nothing", "arenaGb", 0, "0.1 or more", "for example 1.5", "0"),
  [
    "scaling by shares",
    edge({ scaling: { cpuPercent: 0.6, spotPercent: 101, minPerZone: 0 } }),
    ["wallarm.api.scaling.cpuPercent", "from 10 to 90", "from 10 to 90", "0.6"],
    ["wallarm.api.scaling.spotPercent", "from 0 to 100", "from 0 to 100", "101"],
    ["wallarm.api.scaling.minPerZone", "from 1 to 100", "from 1 to 100", "0"],
  ],
  [
    "a misspelt field",
    edge({ aplicationId: 5 }),
    ["wallarm.api.aplicationId", "is not a field of this section", "write applicationId"],
  ],
];

const elsewhere = (arn: string): string => arn.replace("central", "west");
const foreign = (arn: string): string => arn.replace("111122223333", "999922223333");

const record = { zoneId: ZONE, target: "10.20.30.40" };

export const EDGE_ACROSS: readonly Row[] = [
  [
    "an edge without AWS",
    { ...edge(), aws: GONE, allowlist: GONE },
    ["wallarm", "the environment has no section 'aws'", "add aws:"],
  ],
  ["an edge without a network", { ...edge(), "aws/network": GONE }, ["wallarm", "aws has no network", "add network:"]],
  [
    "an edge in one zone, without a certificate",
    { ...edge({ certificateArn: undefined }), "aws/network/zones": ["a"] },
    ["aws.network.zones", "two to four zones", '["a"', "a list of 1"],
    ["wallarm.api", "has neither certificateArn nor zoneId", "or the Route 53 zone"],
  ],
  [
    "a domain too long for the certificate that is made",
    edge({ domain: `${"a".repeat(53)}.example.com`, certificateArn: undefined, zoneId: ZONE }),
    ["wallarm.api.domain", "more than the 64 characters", "certificateArn", quoted(`${"a".repeat(53)}.example.com`)],
  ],
  [
    "aliases under a certificate that is made",
    edge({ aliases: ["www.example.com"], certificateArn: undefined, zoneId: ZONE }),
    ["wallarm.api.aliases", "the certificate that is made here has only that", "with all names by certificateArn"],
  ],
  [
    "the domain as an alias, and aliases twice",
    edge({ aliases: ["*.example.com", "api.example.com", "www.example.com", "*.example.com"] }),
    ["wallarm.api.aliases[1]", "is the domain", "take it out", '"api.example.com"'],
    ["wallarm.api.aliases[3]", "a second time", "once", '"*.example.com"'],
  ],
  [
    "names that load balancers do not compare",
    edge({
      domain: `${"a".repeat(58)}.${"b".repeat(58)}.example.com`,
      aliases: ["www.example.com", "www.example.xn--p1ai", `*.${"a".repeat(58)}.${"b".repeat(56)}.example.com`],
    }),
    [
      "wallarm.api.domain",
      "more than 128 characters",
      "write a shorter name",
      quoted(`${"a".repeat(58)}.${"b".repeat(58)}.example.com`),
    ],
    ["wallarm.api.aliases[1]", "not only letters behind", "letters only", '"www.example.xn--p1ai"'],
    [
      "wallarm.api.aliases[2]",
      "more than 128 characters",
      "write a shorter name",
      quoted(`*.${"a".repeat(58)}.${"b".repeat(56)}.example.com`),
    ],
  ],
  [
    "an arena that leaves too little",
    edge({ arenaGb: 3.6 }),
    ["wallarm.api.arenaGb", "needs 4199 MiB with the 512", "more memory", "3.6"],
  ],
  [
    "the default arena in the smallest task",
    edge({ size: { cpu: 256, memoryMb: 1024 } }),
    [
      "wallarm.api.arenaGb",
      "needs 1536 MiB with the 512 that stay for the rest, and size.memoryMb is 1024",
      "lower",
      "1",
    ],
  ],
  [
    "an arena too large for the default size, beside another fault",
    edge({ arenaGb: 4, mode: "off" }),
    ["wallarm.api.arenaGb", "size.memoryMb is 4096", "more memory", "4"],
    ["wallarm.api.mode", "must be", '"block"', '"off"'],
  ],
  [
    "an upstream that is the edge itself",
    edge({ upstream: "http://api.example.com:8080" }),
    ["wallarm.api.upstream", "would go round in a circle", "another host", '"http://api.example.com:8080"'],
  ],
  [
    "an upstream's record that leads to the edge itself",
    edge({ upstreamRecord: { ...record, target: "api.example.com" } }),
    ["wallarm.api.upstreamRecord.target", "would go round in a circle", "another host", '"api.example.com"'],
  ],
  [
    "an upstream, or its record, that is another name of the edge",
    edge({
      aliases: ["*.example.com", "www.example.com", "shop.example.com"],
      upstream: "http://www.example.com",
      upstreamRecord: { ...record, target: "shop.example.com" },
    }),
    ["wallarm.api.upstream", "a name of the edge itself", "another host", '"http://www.example.com"'],
    ["wallarm.api.upstreamRecord.target", "a name of the edge itself", "another host", '"shop.example.com"'],
  ],
  [
    "an upstream's record that leads to itself",
    edge({ upstreamRecord: { ...record, target: "kong.internal.example.com" } }),
    [
      "wallarm.api.upstreamRecord.target",
      "is the host that the record itself names",
      "shall lead to",
      '"kong.internal.example.com"',
    ],
  ],
  [
    "a record for an upstream that is an address",
    edge({ upstream: "http://10.20.30.40", upstreamRecord: record }),
    ["wallarm.api.upstreamRecord", "that is an address", "write a host name in upstream"],
  ],
  [
    "upstream ranges of IPv6",
    edge({ upstreamCidrs: ["0.0.0.0/0", "::/0"] }),
    ["wallarm.api.upstreamCidrs[1]", "nodes speak IPv4 only", "take it out", '"::/0"'],
  ],
  [
    "an upstream at addresses that are not let out to",
    edge({ upstream: "http://10.30.0.1", upstreamCidrs: ["10.20.0.0/16", "10.40.0.0/16"] }),
    ["wallarm.api.upstream", "outside of upstreamCidrs", "add its range", '"http://10.30.0.1"'],
  ],
  [
    "an upstream's record with an address that is not let out to",
    edge({ upstreamRecord: record, upstreamCidrs: ["10.21.0.0/16"] }),
    ["wallarm.api.upstreamRecord.target", "outside of upstreamCidrs", "add its range", '"10.20.30.40"'],
  ],
  [
    "an authority without TLS",
    edge({ upstream: "http://kong.internal.example.com", upstreamCaPem: PEM }),
    ["wallarm.api.upstreamCaPem", "has no effect on an upstream without TLS", "https://"],
  ],
  [
    "TLS to an address",
    edge({ upstream: "https://10.20.30.40:8443" }),
    ["wallarm.api.upstream", "verified against its name", "upstreamRecord", '"https://10.20.30.40:8443"'],
  ],
  [
    "nobody admitted",
    edge({ ingress: { cidrs: [], prefixListIds: [] } }),
    ["wallarm.api.ingress", "admits nobody", "leave ingress out"],
  ],
  ["nobody admitted in few words", edge({ ingress: {} }), ["wallarm.api.ingress", "admits nobody", "name a range"]],
  [
    "IPv6 admitted to an edge of IPv4",
    edge({ ingress: { cidrs: ["0.0.0.0/0", "::/0", "2001:db8::/32"] } }),
    ["wallarm.api.ingress.cidrs[1]", "is an IPv6 range", "dualStack: true", '"::/0"'],
    ["wallarm.api.ingress.cidrs[2]", "is an IPv6 range", "dualStack: true", '"2001:db8::/32"'],
  ],
  [
    "a dual stack inside",
    edge({ scheme: "internal", dualStack: true }),
    ["wallarm.api.dualStack", "for public load balancers only", "leave it out", "true"],
  ],
  [
    "a sidecar beside a node without metrics",
    edge({ metricsSidecar: true, image: { version: "6.13.0" } }),
    ["wallarm.api.metricsSidecar", "needs an image from 7.1 on, and image.version is 6.13.0", "later image", "true"],
  ],
  [
    "fewer nodes at most than at least",
    edge({ scaling: { minPerZone: 5 } }),
    [
      "wallarm.api.scaling",
      "has a maxPerZone of 4, less than its minPerZone, 5",
      "raise maxPerZone, or lower minPerZone",
    ],
  ],
  [
    "fewer nodes at most than at least, both written",
    edge({ scaling: { minPerZone: 3, maxPerZone: 2 } }),
    [
      "wallarm.api.scaling",
      "has a maxPerZone of 2, less than its minPerZone, 3",
      "raise maxPerZone, or lower minPerZone",
    ],
  ],
  [
    "parts of a balancer from another Region",
    edge({ certificateArn: elsewhere(CERTIFICATE), webAclArn: elsewhere(WEB_ACL) }),
    [
      "wallarm.api.certificateArn",
      "only certificates of its own",
      "of this account and Region",
      quoted(elsewhere(CERTIFICATE)),
    ],
    ["wallarm.api.webAclArn", "only web ACLs of its own", "of this account and Region", quoted(elsewhere(WEB_ACL))],
  ],
  [
    "parts of a balancer from another account",
    edge({ certificateArn: foreign(CERTIFICATE), webAclArn: foreign(WEB_ACL) }),
    ["wallarm.api.certificateArn", "another account or Region", "of this account", quoted(foreign(CERTIFICATE))],
    ["wallarm.api.webAclArn", "another account or Region", "of this account", quoted(foreign(WEB_ACL))],
  ],
  [
    "a token of another Region",
    edge({ token: { existing: { secretArn: elsewhere(TOKEN) } } }),
    [
      "wallarm.api.token.existing.secretArn",
      "another Region than aws.region, eu-central-1",
      "the replica's ARN",
      quoted(elsewhere(TOKEN)),
    ],
  ],
  [
    "a token of another account under the account's own key",
    edge({ token: { existing: { secretArn: foreign(TOKEN) } } }),
    [
      "wallarm.api.token.existing.secretArn",
      "can share only secrets under a key of its own",
      "kmsKeyArn",
      quoted(foreign(TOKEN)),
    ],
  ],
  [
    "a token's key of another Region",
    edge({ token: { existing: { secretArn: TOKEN, kmsKeyArn: elsewhere(KEY) } } }),
    [
      "wallarm.api.token.existing.kmsKeyArn",
      "another Region than the secret, eu-central-1",
      "encrypts the secret",
      quoted(elsewhere(KEY)),
    ],
  ],
  [
    "a registry's secret of another Region, and its key elsewhere again",
    edge({
      image: {
        version: "7.1.0",
        repository: "registry.example.com/wallarm/node",
        credentials: { secretArn: elsewhere(TOKEN), kmsKeyArn: KEY },
      },
    }),
    [
      "wallarm.api.image.credentials.secretArn",
      "another Region than aws.region, eu-central-1",
      "the replica's ARN",
      quoted(elsewhere(TOKEN)),
    ],
    ["wallarm.api.image.credentials.kmsKeyArn", "another Region than the secret", "encrypts the secret", quoted(KEY)],
  ],
  [
    "a login for Amazon ECR",
    edge({
      image: {
        version: "7.1.0",
        repository: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/wallarm/node",
        credentials: { secretArn: TOKEN },
      },
    }),
    ["wallarm.api.image.credentials", "Amazon ECR admits the tasks by their role", "leave it out", undefined],
  ],
  [
    "a login for what comes from the cache",
    {
      ...edge({ image: { version: "7.1.0", credentials: { secretArn: TOKEN } } }),
      "aws/dockerHub": { credentialSecretArn: DOCKER_HUB },
    },
    ["wallarm.api.image.credentials", "comes through aws.dockerHub", "leave it out", undefined],
  ],
  [
    "everything twice",
    {
      "aws/network": { existing: EXISTING_NETWORK },
      ...edge({
        dualStack: true,
        ingress: {
          cidrs: ["2A00:DB8::/32", "0.0.0.0/0", "2a00:db8::/32", "0.0.0.0/0"],
          prefixListIds: ["pl-0123456789abcdef0", "pl-0123456789abcdef0"],
        },
        upstreamCidrs: ["10.20.0.0/16", "10.20.0.0/16"],
      }),
    },
    ["wallarm.api.ingress.cidrs[2]", "a second time", "once", '"2a00:db8::/32"'],
    ["wallarm.api.ingress.cidrs[3]", "a second time", "once", '"0.0.0.0/0"'],
    ["wallarm.api.ingress.prefixListIds[1]", "a second time", "once", '"pl-0123456789abcdef0"'],
    ["wallarm.api.upstreamCidrs[1]", "a second time", "once", '"10.20.0.0/16"'],
  ],
  [
    "two edges that make the records of one domain and one upstream",
    {
      wallarm: {
        api: { ...EDGE, zoneId: ZONE, upstreamRecord: record },
        shop: { ...EDGE, zoneId: ZONE, upstreamRecord: record },
      },
    },
    ["wallarm.shop.zoneId", "the record api.example.com, which the edge api makes", "one of the two", quoted(ZONE)],
    [
      "wallarm.shop.upstreamRecord",
      "the record kong.internal.example.com, which the edge api makes",
      "leave upstreamRecord to one",
    ],
  ],
];

export const EDGE_NO_CASCADE: readonly Row[] = [
  [
    "the certificate refused",
    edge({ certificateArn: "x" }),
    ["wallarm.api.certificateArn", "an ACM certificate", ":certificate/", '"x"'],
  ],
  [
    "the certificate refused, with a zone and aliases",
    edge({ certificateArn: "x", zoneId: ZONE, aliases: ["www.example.com"] }),
    ["wallarm.api.certificateArn", "an ACM certificate", ":certificate/", '"x"'],
  ],
  [
    "an alias refused, and the others right",
    edge({ aliases: ["www.example.com", 7] }),
    ["wallarm.api.aliases[1]", "must be a host name", '"www', "7"],
  ],
  [
    "the zone refused, and no certificate",
    edge({ certificateArn: undefined, zoneId: "x" }),
    ["wallarm.api.zoneId", "hosted zone", '"Z', '"x"'],
  ],
  [
    "the memory refused, and an arena larger than the default",
    edge({ size: { cpu: 8192, memoryMb: 8192 }, arenaGb: 7 }),
    ["wallarm.api.size.memoryMb", "of 8192 CPU units", "16384 to 61440", "8192"],
  ],
  [
    "the only range refused",
    edge({ ingress: { cidrs: ["x"] } }),
    ["wallarm.api.ingress.cidrs[0]", "is no IPv4", "192", '"x"'],
  ],
  [
    "the ranges refused as a whole",
    edge({ ingress: { cidrs: "0.0.0.0/0" } }),
    ["wallarm.api.ingress.cidrs", "must be a list of address ranges", '["', '"0.0.0.0/0"'],
  ],
  [
    "the dual stack refused, and IPv6 admitted",
    edge({ dualStack: 1, ingress: { cidrs: ["::/0"] } }),
    ["wallarm.api.dualStack", "true or false", "without quotes", "1"],
  ],
  [
    "the version refused, and a sidecar",
    edge({ metricsSidecar: true, image: { version: "6.1" } }),
    ["wallarm.api.image.version", "is not one exact release", '"7.1.0"', '"6.1"'],
  ],
  [
    "an upstream range refused, and an upstream outside of the others",
    edge({ upstream: "http://10.30.0.1", upstreamCidrs: ["10.20.0.0/16", "10.30.0.1"] }),
    ["wallarm.api.upstreamCidrs[1]", "has no prefix length", "10.30.0.1/32", '"10.30.0.1"'],
  ],
  [
    "the most nodes refused, and more at least than the default",
    edge({ scaling: { minPerZone: 9, maxPerZone: "9" } }),
    ["wallarm.api.scaling.maxPerZone", "a number of tasks", "without quotes", '"9"'],
  ],
  [
    "an upstream that is the edge itself, with both records in one zone",
    edge({ upstream: "https://api.example.com", zoneId: ZONE, upstreamRecord: record }),
    ["wallarm.api.upstream", "would go round in a circle", "another host", '"https://api.example.com"'],
  ],
  [
    "a token's key refused, and the secret of another account",
    edge({ token: { existing: { secretArn: foreign(TOKEN), kmsKeyArn: "x" } } }),
    ["wallarm.api.token.existing.kmsKeyArn", "the ARN of a KMS key", ":key/", '"x"'],
  ],
  ["aws refused", { ...edge(), aws: null }, ["aws", "must be an object", "accountId", "null"]],
  [
    "the network refused, and a cache",
    { ...edge(), "aws/network": "x", "aws/dockerHub": { credentialSecretArn: DOCKER_HUB } },
    ["aws.network", "must be an object", "{ existing:", '"x"'],
  ],
];
