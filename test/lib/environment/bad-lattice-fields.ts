import { GONE, KEY, type Row } from "./base";
import { BILLING, FUNCTION, JWT, lattice, NETWORK, OIDC, ROLE, SERVICE, SHOP, shop, WEB } from "./lattice-base";

const quoted = JSON.stringify;

/** One field that is refused for its own shape, and shown. */
const bad = (mistake: string, field: string, value: unknown, problem: string, remedy: string, got?: string): Row => [
  mistake,
  lattice({ [field]: value }),
  [`lattice.${field.replaceAll("/", ".")}`, problem, remedy, got ?? quoted(value)],
];

/** One field of the service. */
const ofShop = (mistake: string, field: string, value: unknown, problem: string, remedy: string, got?: string): Row =>
  bad(mistake, `services/shop/${field}`, value, problem, remedy, got);

/** One field of the host. */
const ofHost = (mistake: string, field: string, value: unknown, problem: string, remedy: string, got: string): Row => [
  mistake,
  lattice({ "hosts/shop.example.com": { service: "shop", [field]: value } }),
  [`lattice.hosts["shop.example.com"].${field}`, problem, remedy, got],
];

/** A name under which a service may not stand; the host that leads to it is right. */
const serviceName = (name: string): Row => [
  `a service by the name ${name}`,
  lattice({ services: { [name]: SHOP }, "hosts/shop.example.com/service": name }),
  [
    /^[a-z]\w*$/i.test(name) ? `lattice.services.${name}` : `lattice.services["${name}"]`,
    "is not the name of a service",
    "rename the service",
  ],
];

const groupName = (name: string): Row => [
  `a group by the name ${name}`,
  shop({ targets: { [name]: WEB }, defaultTo: { [name]: 1 } }),
  [
    /^[a-z]\w*$/i.test(name) ? `lattice.services.shop.targets.${name}` : `lattice.services.shop.targets["${name}"]`,
    "is not the name of a group",
    "rename the group",
  ],
];

/** Targets of one kind, of which one is of another. */
const target = (kind: string, id: string, problem: string, remedy: string): Row => [
  `${id} as a target of the kind ${kind}`,
  shop({ targets: { web: { kind, ids: [id] } } }),
  ["lattice.services.shop.targets.web.ids[0]", problem, remedy, quoted(id)],
];

export const LATTICE_FIELDS: readonly Row[] = [
  ["a list", { lattice: [] }, ["lattice", "must be an object", "services:", "an empty list"]],
  bad("a network by its ARN", "network", NETWORK, "must be an object", "{ existing:"),
  [
    "an existing network outside of existing",
    lattice({ network: { serviceNetworkArn: NETWORK } }),
    ["lattice.network.serviceNetworkArn", "outside of 'existing'", "write existing:", quoted(NETWORK)],
  ],
  [
    "a network made and existing at once",
    lattice({ network: { existing: { serviceNetworkArn: NETWORK }, allow: [{ callers: "account" }] } }),
    ["lattice.network.allow", "cannot stand beside 'existing'", "keep one of the two"],
  ],
  [
    "a service in the place of a network",
    lattice({ network: { existing: { serviceNetworkArn: SERVICE } } }),
    [
      "lattice.network.existing.serviceNetworkArn",
      "a VPC Lattice service network",
      ":servicenetwork/",
      quoted(SERVICE),
    ],
  ],
  bad("a network of nobody", "network/allow", [], "must allow something", '[{ callers: "account" }]', "an empty list"),
  bad("reach by words", "reach", "vpc", 'must be "association" or "endpoint"', '"endpoint"'),
  bad("logs by name", "accessLogs", "cloudwatch", "must be an object", "{ cloudwatch: true }"),
  bad("logs in quotes", "accessLogs/cloudwatch", "yes", "must be true or false", "without quotes"),
  bad("a bucket by its name", "accessLogs/s3BucketArn", "acme-logs", "the ARN of an S3 bucket", "arn:aws:s3:::"),
  bad("a share with nobody", "share/principals", [], "must name somebody", "leave 'share' out", "an empty list"),
  [
    "a share with a role",
    lattice({ share: { principals: [ROLE] } }),
    ["lattice.share.principals[0]", "an account id", '"111122223333"', quoted(ROLE)],
  ],
  bad("services a list", "services", [SHOP], "must be an object of services", "{ shop:", "a list of 1"),
  serviceName("Shop"),
  serviceName("shop--eu"),
  serviceName("shop-"),
  serviceName("1shop"),
  serviceName("s".repeat(24)),
];

export const LATTICE_POLICIES: readonly Row[] = [
  ofShop("statements by a word", "allow", "proxy", "must be a list of statements", "[{ callers:"),
  ofShop("nothing allowed", "allow", [], "must allow something", "[{ callers:", "an empty list"),
  ofShop("auth by its word in AWS", "auth", "AWS_IAM", 'must be "iam" or "none"', '"iam"'),
  [
    "everybody",
    shop({ allow: [{ callers: "*" }, { callers: ["*"] }, {}] }),
    ["lattice.services.shop.allow[0].callers", 'must be "proxy", "account", "organization", or a list', "write", '"*"'],
    ["lattice.services.shop.allow[1].callers[0]", "the ARN of an account, a role or a user", ":root", '"*"'],
    ["lattice.services.shop.allow[2].callers", 'is missing: "proxy", "account"', "a list of ARNs"],
  ],
  [
    "callers, methods and paths that are none",
    shop({
      allow: [
        { callers: [] },
        { callers: ["arn:aws:iam::444455556666:role/*"] },
        { callers: "proxy", methods: ["get", "TRACE"], paths: ["v1", "/v1?a=b", "/a/../b", "//a", "/v1/*"] },
        { callers: "proxy", methods: [], paths: [] },
        { callers: "organization", organization: "acme" },
      ],
    }),
    ["lattice.services.shop.allow[0].callers", "must name somebody", "take the statement out", "an empty list"],
    ["lattice.services.shop.allow[1].callers[0]", "the ARN of", ":root", '"arn:aws:iam::444455556666:role/*"'],
    ["lattice.services.shop.allow[2].methods[0]", 'must be "GET" or "HEAD"', '"DELETE"', '"get"'],
    ["lattice.services.shop.allow[2].methods[1]", 'must be "GET" or "HEAD"', '"OPTIONS"', '"TRACE"'],
    ["lattice.services.shop.allow[2].paths[0]", "begins with a slash", '"/v1/*"', '"v1"'],
    ["lattice.services.shop.allow[2].paths[1]", "without query", '"/v1/*"', '"/v1?a=b"'],
    ["lattice.services.shop.allow[2].paths[2]", "empty part, dots and", '"/v1/*"', '"/a/../b"'],
    ["lattice.services.shop.allow[2].paths[3]", "empty part, dots and", '"/v1/*"', '"//a"'],
    ["lattice.services.shop.allow[3].methods", "must name a method", "leave 'methods' out", "an empty list"],
    ["lattice.services.shop.allow[3].paths", "must name a path", "leave 'paths' out", "an empty list"],
    ["lattice.services.shop.allow[4].organization", "the id of an organization", '"o-', '"acme"'],
  ],
];

export const LATTICE_SERVICES: readonly Row[] = [
  ofShop("a wildcard as a domain", "domain", "*.example.com", "without a wildcard", '"shop.internal'),
  ofShop("a listener by its protocol", "listener", "https", "must be an object", "{ protocol:"),
  ofShop("a listener that passes TLS through", "listener/protocol", "tls", "no caller can sign", 'write "https"'),
  ofShop("a listener of TCP", "listener/protocol", "tcp", 'must be "https" or "http"', '"https"'),
  ofShop("a port beyond the last", "listener/port", 65_536, "from 1 to 65535", "from 1 to 65535"),
  [
    "neither targets nor where requests go",
    lattice({ "services/shop": {} }),
    ["lattice.services.shop.targets", "is missing: an object of target groups", "{ web:"],
    ["lattice.services.shop.defaultTo", "is missing: an object of groups and their weights", "{ web: 90"],
  ],
  [
    "an existing service with targets",
    lattice({ "services/shop": { ...BILLING, targets: { web: WEB } } }),
    ["lattice.services.shop.targets", "cannot stand beside 'existing'", "keep one of the two"],
  ],
  [
    "an existing service by the id of a network, without its domain",
    lattice({ "services/shop": { existing: { serviceArn: NETWORK } } }),
    ["lattice.services.shop.existing.serviceArn", "the ARN of a VPC Lattice service", ":service/", quoted(NETWORK)],
    ["lattice.services.shop.existing.domain", "is missing: the domain of the service", '"billing.internal'],
  ],
  [
    "a group by the name status",
    shop({ targets: { web: WEB, status: WEB } }),
    ["lattice.services.shop.targets.status", "it would be read as a status", "rename the group"],
  ],
  groupName("Web"),
  groupName("web--1"),
  groupName("w".repeat(33)),
  ofShop("a group by its address", "targets/web", "10.20.30.40", "must be an object", '{ kind: "instance"'),
  [
    "groups of a kind that nobody knows, and of none",
    shop({ targets: { web: { kind: "ecs", ids: [] }, api: { ids: [] } } }),
    ["lattice.services.shop.targets.web.kind", 'must be "instance", "ip", "alb" or "lambda"', "write", '"ecs"'],
    ["lattice.services.shop.targets.api.kind", 'is missing: "instance", "ip"', "{ kind:"],
  ],
  target("instance", "10.20.30.40", "the id of an instance", '"i-0123456789abcdef0"'),
  target("ip", "i-0123456789abcdef0", "must be an IPv4 address", "without a prefix length"),
  target("ip", "10.20.30.0/24", "must be an IPv4 address", "without a prefix length"),
  target("ip", "2001:db8::1", "must be an IPv4 address", '"10.20.30.40"'),
  target("alb", FUNCTION, "the ARN of an Application Load Balancer", ":loadbalancer/app/"),
  target("lambda", "arn:aws:lambda:eu-central-1:111122223333:layer:mail", "the ARN of a Lambda function", ":function:"),
  [
    "two functions in a group, and none",
    shop({ targets: { web: { kind: "lambda", ids: [FUNCTION, FUNCTION] }, mail: { kind: "lambda", ids: [] } } }),
    ["lattice.services.shop.targets.web.ids", "exactly one: a Lambda function", "a group with a weight", "a list of 2"],
    ["lattice.services.shop.targets.mail.ids", "exactly one: a Lambda function", "a group", "an empty list"],
  ],
  [
    "a function on a port, and a load balancer with a health check",
    shop({
      targets: {
        web: { kind: "lambda", port: 80, ids: [FUNCTION] },
        api: {
          kind: "alb",
          healthCheck: {},
          ids: ["arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/a/50dc6c495c0c9188"],
        },
      },
    }),
    ["lattice.services.shop.targets.web.port", "is not a field of this section", "the fields here are kind, ids"],
    ["lattice.services.shop.targets.api.healthCheck", "is not a field of this section", "the fields here are kind"],
  ],
  [
    "1001 targets",
    shop({
      targets: { web: { kind: "ip", ids: Array.from({ length: 1001 }, (_, n) => `10.20.${n >> 8}.${n & 255}`) } },
    }),
    ["lattice.services.shop.targets.web.ids", "must be 1000 targets at most", "into groups", "a list of 1001"],
  ],
  [
    "ports, protocols and checks that are none",
    shop({
      targets: {
        web: {
          ...WEB,
          port: 0,
          protocol: "tcp",
          protocolVersion: "HTTP2",
          vpcId: "main",
          healthCheck: { path: "health", matcher: "2xx", port: "8080", protocolVersion: "grpc" },
        },
      },
    }),
    ["lattice.services.shop.targets.web.port", "must be a port", "from 1 to 65535", "0"],
    ["lattice.services.shop.targets.web.protocol", 'must be "http" or "https"', '"https"', '"tcp"'],
    ["lattice.services.shop.targets.web.protocolVersion", 'must be "http1" or "http2" or "grpc"', '"grpc"', '"HTTP2"'],
    ["lattice.services.shop.targets.web.vpcId", "the id of a VPC", '"vpc-', '"main"'],
    ["lattice.services.shop.targets.web.healthCheck.path", "begins with a slash", '"/v1"', '"health"'],
    ["lattice.services.shop.targets.web.healthCheck.matcher", "statuses of HTTP", '"200-299"', '"2xx"'],
    ["lattice.services.shop.targets.web.healthCheck.port", "must be a port", "without quotes", '"8080"'],
    ["lattice.services.shop.targets.web.healthCheck.protocolVersion", '"http1" or "http2"', '"http2"', '"grpc"'],
  ],
  ofShop(
    "eleven routes",
    "routes",
    Array.from({ length: 11 }, (_, index) => ({ path: { prefix: `/v${index}` }, to: { web: 1 } })),
    "must be 10 routes at most",
    "a second service",
    "a list of 11",
  ),
  [
    "routes that mean nothing, or two things at once",
    shop({
      routes: [
        { to: { web: 1 } },
        { path: {}, to: { web: 1 } },
        { path: { prefix: "/a", exact: "/a" }, to: { web: 1 } },
        { headers: [], to: { web: 1 } },
        { headers: [{ name: "x-a" }, { name: "x-b", exact: "1", prefix: "1" }, { exact: "1" }], to: { web: 1 } },
        { method: "get", path: { exact: "v1" }, headers: [{ name: "x a", exact: "" }] },
      ],
    }),
    ["lattice.services.shop.routes[0]", "says of no request that it is meant", "or write it as defaultTo"],
    ["lattice.services.shop.routes[1].path.prefix", "is missing: a path", '"/v1"'],
    ["lattice.services.shop.routes[2].path.prefix", "is not a field of this section", "the fields here are exact"],
    ["lattice.services.shop.routes[3].headers", "must be 1 to 5 headers", "leave 'headers' out", "an empty list"],
    ["lattice.services.shop.routes[4].headers[0]", "exactly one of exact, prefix and contains", 'exact: "yes"'],
    ["lattice.services.shop.routes[4].headers[1]", "exactly one of exact, prefix and contains", 'exact: "yes"'],
    ["lattice.services.shop.routes[4].headers[2].name", "is missing: the name of a header", '"x-canary"'],
    ["lattice.services.shop.routes[5].method", 'must be "GET"', '"POST"', '"get"'],
    ["lattice.services.shop.routes[5].path.exact", "begins with a slash", '"/v1"', '"v1"'],
    ["lattice.services.shop.routes[5].headers[0].name", "the name of a header", '"x-canary"', '"x a"'],
    ["lattice.services.shop.routes[5].headers[0].exact", "1 to 200 characters", '"yes"', '""'],
    ["lattice.services.shop.routes[5].to", "is missing: an object of groups", "{ web: 90"],
  ],
  [
    "weights that send nothing, or are none",
    shop({
      routes: [
        { method: "GET", to: {} },
        { method: "PUT", to: { web: 0 } },
      ],
      defaultTo: { web: 1000 },
    }),
    ["lattice.services.shop.defaultTo.web", "a whole number from 0 to 999", "from 0 to 999", "1000"],
    ["lattice.services.shop.routes[0].to", "sends requests nowhere", "{ web: 1 }"],
    ["lattice.services.shop.routes[1].to", "sends requests nowhere", "{ web: 1 }"],
  ],
  ofShop("a group by its name alone", "defaultTo", "web", "an object of groups and their weights", "{ web: 90"),
  [
    "a status of its own, and one beside weights",
    lattice({
      services: {
        shop: { ...SHOP, defaultTo: { status: 403 } },
        mail: { ...SHOP, defaultTo: { status: 404, web: 1 } },
      },
    }),
    ["lattice.services.shop.defaultTo.status", "must be 404, which is all", "{ status: 404 }", "403"],
    ["lattice.services.mail.defaultTo.web", "is not a field of this section", "the fields here are status"],
  ],
  [
    "eleven groups at once",
    shop({
      targets: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`web-${index}`, WEB])),
      defaultTo: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`web-${index}`, 1])),
    }),
    ["lattice.services.shop.defaultTo", "names 11 groups, and VPC Lattice shares requests among 10", "name fewer"],
  ],
];

const HOST = "a host name, in which only the first label may be *";

/** A key under which no host may stand. */
const hostName = (name: string, problem: string, remedy: string): Row => [
  `a host by the name ${name}`,
  lattice({ hosts: { [name]: { service: "shop" } } }),
  [/^[a-z]\w*$/i.test(name) ? `lattice.hosts.${name}` : `lattice.hosts["${name}"]`, problem, remedy],
];

export const LATTICE_HOSTS: readonly Row[] = [
  bad("hosts a list", "hosts", ["shop.example.com"], "must be an object of hosts", "{ service:", "a list of 1"),
  [
    "a host by the name of its service",
    lattice({ hosts: { "shop.example.com": "shop" } }),
    ['lattice.hosts["shop.example.com"]', "must be an object", '{ service: "shop" }', '"shop"'],
  ],
  hostName("shop", `is not ${HOST}`, '"*.shop.example.com"'),
  hostName("https://shop.example.com", `is not ${HOST}`, '"shop.example.com"'),
  hostName("shop.example.com:443", `is not ${HOST}`, '"shop.example.com"'),
  hostName("shop.*.example.com", `is not ${HOST}`, '"shop.example.com"'),
  hostName("*", `is not ${HOST}`, '"shop.example.com"'),
  hostName("192.0.2.1", `is not ${HOST}`, '"shop.example.com"'),
  hostName("Shop.Example.com", "in lower case, without a dot at its end", "write shop.example.com"),
  hostName("*.shop.example.com.", "in lower case, without a dot at its end", "write *.shop.example.com"),
  [
    "a host three times, as DNS compares names",
    lattice({
      hosts: {
        "shop.example.com": { service: "shop" },
        "Shop.example.com": { service: "shop" },
        "shop.example.com.": { service: "shop" },
      },
    }),
    ['lattice.hosts["Shop.example.com"]', "is the host shop.example.com a second time", "keep one"],
    ['lattice.hosts["shop.example.com."]', "is the host shop.example.com a second time", "keep one"],
  ],
  [
    "51 hosts",
    lattice({
      hosts: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`h${n}.example.com`, { service: "shop" }])),
    }),
    ['lattice.hosts["h50.example.com"]', "is one host too many", "keep 50"],
  ],
  [
    "a host that leads nowhere",
    lattice({ hosts: { "shop.example.com": {} } }),
    ['lattice.hosts["shop.example.com"].service', "is missing: the name of one of lattice.services", '"shop"'],
  ],
  ofHost("a protocol of TCP", "protocol", "https", 'must be "http" or "grpc"', '"grpc"', '"https"'),
  ofHost("a path by its word", "paths", "/", "must be a list of paths", '["/"]', '"/"'),
  ofHost("no path", "paths", [], "must be 1 to 10 paths", '["/"]', "an empty list"),
  ofHost(
    "eleven paths",
    "paths",
    Array.from({ length: 11 }, (_, index) => `/v${index}`),
    "must be 1 to 10 paths",
    '["/"]',
    "a list of 11",
  ),
  [
    "paths and methods that are none",
    lattice({
      "hosts/shop.example.com": {
        service: "shop",
        paths: ["v1", "/v1*", "/a//b", "/a/.", "/a%2fb", "/a%"],
        methods: ["FETCH"],
      },
    }),
    ['lattice.hosts["shop.example.com"].paths[0]', "a path that begins with a slash", '"/v1"', '"v1"'],
    ['lattice.hosts["shop.example.com"].paths[1]', "a path that begins with a slash", '"/v1"', '"/v1*"'],
    ['lattice.hosts["shop.example.com"].paths[2]', "empty part, dots and", '"/v1"', '"/a//b"'],
    ['lattice.hosts["shop.example.com"].paths[3]', "empty part, dots and", '"/v1"', '"/a/."'],
    ['lattice.hosts["shop.example.com"].paths[4]', "and encoded slash", '"/v1"', '"/a%2fb"'],
    ['lattice.hosts["shop.example.com"].paths[5]', "a path that begins with a slash", '"/v1"', '"/a%"'],
    ['lattice.hosts["shop.example.com"].methods[0]', 'must be "GET"', '"OPTIONS"', '"FETCH"'],
  ],
  ofHost("no method", "methods", [], "must name a method", "leave 'methods' out", "an empty list"),
  ofHost("a signature by its name", "sign", "sigv4", "must be true or false", "without quotes", '"sigv4"'),
  ofHost("an endless wait", "timeoutSeconds", 61, "from 1 to 60", "from 1 to 60", "61"),
  ofHost("four tries more", "retries", 4, "from 0 to 3", "from 0 to 3", "4"),
];

export const LATTICE_INGRESS: readonly Row[] = [
  bad("a word", "ingress", "fleet", "must be an object", '{ kind: "fleet"'),
  [
    "no kind",
    lattice({ "ingress/kind": GONE }),
    ["lattice.ingress.kind", 'is missing: "fleet" or "lambda"', 'write "fleet"'],
  ],
  bad("another kind", "ingress/kind", "envoy", 'must be "fleet" or "lambda"', 'write "fleet"'),
  bad("a certificate of IAM", "ingress/certificateArn", KEY, "the ARN of an ACM certificate", ":certificate/"),
  bad("a zone by its name", "ingress/zoneId", "example.com", "a Route 53 hosted zone", '"Z'),
  bad("an unknown scheme", "ingress/scheme", "private", '"public" or "internal"', '"internal"'),
  bad("an idle timeout too short", "ingress/idleTimeoutSeconds", 9, "from 10 to 3600", "from 10 to 3600"),
  ...["v1.39", "1.39.3", "latest", "v1.38.9", "v2.0.0", "distroless-v1.39.3"].map((version) =>
    bad(`the version ${version}`, "ingress/image/version", version, "one exact release of Envoy from v1.39", '"v1.39'),
  ),
  [
    "a size that Fargate has not",
    lattice({ "ingress/size": { cpu: 1024, memoryMb: 1024 } }),
    ["lattice.ingress.size.memoryMb", "a task of 1024 CPU units can have", "2048 to 8192", "1024"],
  ],
  bad("requests by the second", "ingress/scaling/requestsPerTargetPerMinute", 0, "from 1 to 1000000", "from 1 to"),
  ...[
    "Authorization",
    "authorization",
    "x-amz-date",
    "x-amzn-oidc-data",
    "x-forwarded-for",
    "x-real-ip",
    "host",
    "content-length",
    "a header",
    "-x",
    "x".repeat(65),
  ].map((name) =>
    bad(`the header ${name}`, "ingress/bearerHeader", name, "that requests have for nothing else", '"x-forwarded-auth'),
  ),
  bad("a login by its kind", "ingress/login", "oidc", "must be an object", "{ oidc:"),
  [
    "both logins",
    lattice({ "ingress/login": { jwt: JWT, oidc: OIDC } }),
    ["lattice.ingress.login.oidc", "is not a field of this section", "the fields here are jwt"],
  ],
  [
    "an empty login",
    lattice({ "ingress/login": { oidc: {} } }),
    ["lattice.ingress.login.oidc.issuer", "is missing: the HTTPS address of the issuer", '"https://login'],
    ["lattice.ingress.login.oidc.authorizationEndpoint", "is missing: the HTTPS address of where", '"https://login'],
    ["lattice.ingress.login.oidc.tokenEndpoint", "is missing: the HTTPS address of where tokens", '"https://login'],
    ["lattice.ingress.login.oidc.userInfoEndpoint", "is missing: the HTTPS address of where claims", '"https://login'],
    ["lattice.ingress.login.oidc.clientId", "is missing: the id of a client", '"lattice"'],
    ["lattice.ingress.login.oidc.clientSecret", "is missing: an object", "{ revision: 1 }"],
  ],
  [
    "a login without TLS, behind another port, with its secret written out",
    lattice({
      "ingress/login": {
        oidc: {
          ...OIDC,
          tokenEndpoint: "http://login.example.com/token",
          userInfoEndpoint: "https://login.example.com:8443/userinfo",
          clientSecret: "hunter2",
        },
      },
    }),
    ["lattice.ingress.login.oidc.tokenEndpoint", "the HTTPS address", '"https://', '"http://login.example.com/token"'],
    [
      "lattice.ingress.login.oidc.userInfoEndpoint",
      "on port 443",
      '"https://',
      '"https://login.example.com:8443/userinfo"',
    ],
    ["lattice.ingress.login.oidc.clientSecret", "must be an object", "{ revision: 1 }", '"hunter2"'],
  ],
  [
    "claims that no token has, or that all have",
    lattice({
      "ingress/login": {
        jwt: {
          ...JWT,
          claims: {
            "a claim": { values: ["a"] },
            iss: { values: ["a"] },
            scope: { format: "list", values: [] },
            roles: { values: ["a b"] },
          },
        },
      },
    }),
    ['lattice.ingress.login.jwt.claims["a claim"]', "is not the name of a claim", '"scope"'],
    ["lattice.ingress.login.jwt.claims.iss", "is verified in every token", "take it out"],
    ["lattice.ingress.login.jwt.claims.scope.format", 'must be "single-string"', '"string-array"', '"list"'],
    ["lattice.ingress.login.jwt.claims.scope.values", "must be 1 to 10 values", "accepted", "an empty list"],
    ["lattice.ingress.login.jwt.claims.roles.values[0]", "the value of a claim", '"orders.read"', '"a b"'],
  ],
  [
    "eleven claims",
    lattice({
      "ingress/login": {
        jwt: { ...JWT, claims: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`c${n}`, { values: ["a"] }])) },
      },
    }),
    ["lattice.ingress.login.jwt.claims.c10", "is one claim too many", "keep 10"],
  ],
];
