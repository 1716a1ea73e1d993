import { CERTIFICATE, EDGE, EXISTING_NETWORK, GONE, type Row, TOKEN, WEB_ACL, ZONE } from "./base";
import {
  BILLING,
  FLEET,
  FUNCTION,
  JWT,
  lattice,
  lent,
  NETWORK,
  OIDC,
  ROLE,
  SERVICE,
  SHOP,
  shop,
  WEB,
} from "./lattice-base";

const quoted = JSON.stringify;
const elsewhere = (arn: string): string => arn.replace("central", "west");
const foreign = (arn: string): string => arn.replace("111122223333", "999922223333");
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188";
const DOMAIN = "shop.internal.example.com";
const GENERATED = "vpc-lattice-svcs.eu-central-1.on.aws";
const HOST = 'lattice.hosts["shop.example.com"]';
const GRPC = { ...WEB, protocolVersion: "grpc" };

/** The section without what lets others in, and so without proxies. */
const inside = (fields: Readonly<Record<string, unknown>> = {}) => ({
  lattice: { services: { shop: { ...SHOP, ...fields } } },
});

/** The section with other hosts. */
const hosts = (named: Readonly<Record<string, unknown>>) => lattice({ hosts: named });

/** One host of gRPC before a service whose fields differ in some. */
const grpc = (fields: Readonly<Record<string, unknown>> = {}, host: Readonly<Record<string, unknown>> = {}) => ({
  ...lattice({
    "services/shop": { ...SHOP, targets: { web: GRPC }, ...fields },
    "hosts/shop.example.com": { service: "shop", protocol: "grpc", ...host },
  }),
});

export const LATTICE_PLACES: readonly Row[] = [
  [
    "no AWS",
    { ...lattice(), aws: GONE, allowlist: GONE },
    ["lattice", "the environment has no section 'aws'", "add aws:"],
  ],
  [
    "no network, and an endpoint in it",
    { ...lattice({ reach: "endpoint" }), "aws/network": GONE },
    ["lattice.services.shop.targets.web", "stands in a VPC, and aws has no network", "write its vpcId"],
    ["lattice.ingress", "aws has no network", "add network:"],
    ["lattice.reach", "how aws.network reaches the services", "add network:", '"endpoint"'],
  ],
  ["hosts without an ingress", lattice({ ingress: GONE }), ["lattice.hosts", "lead nowhere", "add ingress:"]],
  ["an ingress without hosts", lattice({ hosts: GONE }), ["lattice.ingress", "has no hosts", "add hosts:"]],
  ["an ingress with an empty list of hosts", hosts({}), ["lattice.ingress", "has no hosts", "add hosts:"]],
  [
    "an ingress that lacks all that an entry needs",
    lattice({
      ingress: {
        ...FLEET,
        certificateArn: undefined,
        scheme: "internal",
        dualStack: true,
        ingress: { cidrs: [] },
        scaling: { minPerZone: 9 },
      },
    }),
    ["lattice.ingress", "has neither certificateArn nor zoneId", "Route 53 zone"],
    ["lattice.ingress.dualStack", "is for public load balancers only", "leave it out", "true"],
    ["lattice.ingress.ingress", "admits nobody", "leave ingress out"],
    ["lattice.ingress.scaling", "a maxPerZone of 4, less than its minPerZone, 9", "raise maxPerZone"],
  ],
  [
    "parts of the ingress from another Region, account and address family",
    lattice({
      ingress: {
        ...FLEET,
        certificateArn: elsewhere(CERTIFICATE),
        webAclArn: foreign(WEB_ACL),
        ingress: { cidrs: ["0.0.0.0/0", "::/0", "0.0.0.0/0"] },
        login: { oidc: { ...OIDC, clientSecret: { existing: { secretArn: elsewhere(TOKEN) } } } },
      },
    }),
    [
      "lattice.ingress.certificateArn",
      "only certificates of its own",
      "account and Region",
      quoted(elsewhere(CERTIFICATE)),
    ],
    ["lattice.ingress.webAclArn", "only web ACLs of its own", "account and Region", quoted(foreign(WEB_ACL))],
    ["lattice.ingress.ingress.cidrs[1]", "is an IPv6 range", "dualStack: true", '"::/0"'],
    ["lattice.ingress.ingress.cidrs[2]", "a second time", "once", '"0.0.0.0/0"'],
    [
      "lattice.ingress.login.oidc.clientSecret.existing.secretArn",
      "another Region than aws.region, eu-central-1",
      "replica",
      quoted(elsewhere(TOKEN)),
    ],
  ],
  [
    "a share of nothing",
    lent({ "services/shop": BILLING, share: { principals: ["444455556666"] } }),
    ["lattice.share", "the network exists already, and no service is made here", "who made the network shares it"],
  ],
  [
    "a share with one account twice",
    lattice({ share: { principals: ["444455556666", "444455556666"] } }),
    ["lattice.share.principals[1]", "a second time", "once", '"444455556666"'],
  ],
  [
    "501 services",
    lattice({ services: { shop: SHOP, ...Object.fromEntries(numbers(500).map((n) => [`s${n}`, SHOP])) } }),
    ["lattice.services", "are 501, and a service network holds 500", "another environment"],
  ],
  [
    "networks, services, certificates and targets of another Region or account",
    lattice({
      network: { existing: { serviceNetworkArn: elsewhere(NETWORK) } },
      services: {
        shop: {
          ...SHOP,
          domain: DOMAIN,
          certificateArn: foreign(CERTIFICATE),
          targets: {
            web: { kind: "alb", ids: [foreign(BALANCER)] },
            mail: { kind: "lambda", ids: [elsewhere(FUNCTION)] },
          },
        },
        billing: { existing: { ...BILLING.existing, serviceArn: elsewhere(SERVICE) } },
      },
    }),
    ["lattice.services.shop.targets.web.ids[0]", "only targets of its own", "this account", quoted(foreign(BALANCER))],
    [
      "lattice.services.shop.targets.mail.ids[0]",
      "only targets of its own",
      "this account",
      quoted(elsewhere(FUNCTION)),
    ],
    [
      "lattice.services.shop.certificateArn",
      "only certificates of its own",
      "this account",
      quoted(foreign(CERTIFICATE)),
    ],
    [
      "lattice.services.billing.existing.serviceArn",
      "lies in another Region than aws.region, eu-central-1",
      "one of that Region",
      quoted(elsewhere(SERVICE)),
    ],
    [
      "lattice.network.existing.serviceNetworkArn",
      "lies in another Region than aws.region, eu-central-1",
      "one of that Region",
      quoted(elsewhere(NETWORK)),
    ],
  ],
  [
    "an endpoint in a VPC too small",
    {
      ...lattice({ reach: "endpoint", "services/shop/targets/web/ids": ["10.40.0.10"] }),
      "aws/network": { existing: { ...EXISTING_NETWORK, cidr: "10.40.0.0/26" } },
    },
    ["lattice.reach", "takes 16 contiguous addresses in each zone", 'write "association"', '"endpoint"'],
  ],
  [
    "services behind an endpoint, by names that lead nowhere from there",
    lent({
      reach: "endpoint",
      services: {
        shop: { existing: { serviceArn: SERVICE, domain: `shop-0123.7d67968.${GENERATED}` } },
        mail: {
          existing: { serviceArn: `${SERVICE.slice(0, -1)}1`, domain: `vpce-0123-snsa-0123.7d67968.${GENERATED}` },
        },
      },
    }),
    [
      "lattice.services.shop.existing.domain",
      "leads nowhere from an endpoint",
      'or reach: "association"',
      quoted(`shop-0123.7d67968.${GENERATED}`),
    ],
  ],
  [
    "records that edges and services make already",
    {
      wallarm: { api: { ...EDGE, domain: "shop.example.com", zoneId: ZONE } },
      ...lattice({
        "ingress/zoneId": ZONE,
        hosts: { "shop.example.com": { service: "shop" }, [DOMAIN]: { service: "shop" } },
        "services/shop": { ...SHOP, domain: DOMAIN, certificateArn: CERTIFICATE, zoneId: ZONE },
      }),
    },
    [HOST, "the record shop.example.com, which the edge api makes in the same zone", "another name, or another zone"],
    [
      `lattice.hosts["${DOMAIN}"]`,
      `the record ${DOMAIN}, which the service shop makes`,
      "another name, or another zone",
    ],
  ],
];

export const LATTICE_ADMISSION: readonly Row[] = [
  [
    "a host of a service that is not there",
    lattice({ "hosts/shop.example.com": { service: "shopp" } }),
    [`${HOST}.service`, "is none of lattice.services", "write one of shop", '"shopp"'],
  ],
  [
    "a host, and no service",
    lattice({ services: GONE }),
    [`${HOST}.service`, "is none of lattice.services", "add shop to lattice.services", '"shop"'],
  ],
  [
    "proxies that there are none of",
    {
      lattice: {
        network: { allow: [{ callers: "proxy" }] },
        services: { shop: { ...SHOP, allow: [{ callers: "account" }, { callers: "proxy" }] } },
      },
    },
    ["lattice.network.allow[0].callers", "the section has no ingress", "add an ingress", '"proxy"'],
    ["lattice.services.shop.allow[1].callers", "the section has no ingress", "by ARN", '"proxy"'],
  ],
  [
    "a service that the default allows to nobody",
    inside(),
    ["lattice.services.shop", "allows nobody", 'allow: [{ callers: "account" }]'],
  ],
  [
    "organizations without a name, and where they mean nothing",
    shop({
      allow: [
        { callers: "organization" },
        { callers: "account", organization: "o-a1b2c3d4e5" },
        { callers: "proxy", organization: "o-a1b2c3d4e5" },
        { callers: [ROLE], organization: "o-a1b2c3d4e5" },
      ],
    }),
    [
      "lattice.services.shop.allow[0].callers",
      "are an organization that is not named",
      "add organization:",
      '"organization"',
    ],
    [
      "lattice.services.shop.allow[1].organization",
      'has no effect beside callers: "account"',
      "leave it",
      '"o-a1b2c3d4e5"',
    ],
    [
      "lattice.services.shop.allow[2].organization",
      'has no effect beside callers: "proxy"',
      "leave it",
      '"o-a1b2c3d4e5"',
    ],
  ],
  [
    "callers, methods and paths twice",
    shop({
      allow: [
        { callers: "proxy" },
        { callers: [ROLE, ROLE], methods: ["GET", "PUT", "GET"], paths: ["/v1/*", "/v1/*"] },
      ],
    }),
    ["lattice.services.shop.allow[1].callers[1]", "a second time", "once", quoted(ROLE)],
    ["lattice.services.shop.allow[1].methods[2]", "a second time", "once", '"GET"'],
    ["lattice.services.shop.allow[1].paths[1]", "a second time", "once", '"/v1/*"'],
  ],
  [
    "policies of more than 10 KB",
    lattice({
      network: {
        allow: [{ callers: "account", paths: numbers(300).map((n) => `/a-rather-long-path/of-version/v${n}/*`) }],
      },
      "services/shop": {
        ...SHOP,
        allow: [{ callers: "proxy" }, { callers: numbers(200).map((n) => `${ROLE}-of-the-team-number-${n}`) }],
      },
    }),
    ["lattice.services.shop.allow", "bytes, and VPC Lattice takes 10000", "account or organization for many"],
    ["lattice.network.allow", "bytes, and VPC Lattice takes 10000", "one path with * for many"],
  ],
  [
    "statements that nobody asks",
    shop({ auth: "none", allow: [{ callers: "proxy" }] }),
    ["lattice.services.shop.allow", 'has no effect with auth: "none"', 'write auth: "iam"'],
  ],
  [
    "policies that leave out the proxies",
    lattice({
      network: { allow: [{ callers: [ROLE] }] },
      "services/shop": { ...SHOP, allow: [{ callers: [ROLE, "arn:aws:iam::111122223333:role/orders"] }] },
      "services/mail": { ...SHOP, allow: [{ callers: [ROLE] }] },
    }),
    ["lattice.services.shop.allow", "does not name the proxies, and hosts lead here", 'add { callers: "proxy" }'],
    ["lattice.network.allow", "the network refuses", 'add { callers: "proxy" }'],
  ],
  [
    "a host without signatures in a network made here",
    lattice({ "hosts/shop.example.com/sign": false, "services/shop/auth": "none" }),
    [`${HOST}.sign`, "the service network refuses all that nobody signed", "leave it out", "false"],
  ],
  [
    "a host without signatures of a service that asks for them",
    lent({ "hosts/shop.example.com/sign": false }),
    [`${HOST}.sign`, "the service shop refuses all that nobody signed", "leave it out", "false"],
  ],
];

export const LATTICE_ROUTING: readonly Row[] = [
  [
    "what belongs to a domain, without one",
    shop({ certificateArn: CERTIFICATE, zoneId: ZONE }),
    ["lattice.services.shop.certificateArn", "belongs to a domain", "add the domain", quoted(CERTIFICATE)],
    ["lattice.services.shop.zoneId", "belongs to a domain", "add the domain", quoted(ZONE)],
  ],
  [
    "a domain without a certificate",
    shop({ domain: DOMAIN }),
    ["lattice.services.shop.domain", "callers by HTTPS verify one", "add the certificateArn", quoted(DOMAIN)],
  ],
  [
    "a certificate that no listener shows",
    shop({ domain: DOMAIN, certificateArn: CERTIFICATE, listener: { protocol: "http" } }),
    ["lattice.services.shop.certificateArn", "a listener without TLS", 'write protocol: "https"', quoted(CERTIFICATE)],
  ],
  [
    "a domain and a service twice",
    lattice({
      "services/shop": { ...SHOP, domain: BILLING.existing.domain, certificateArn: CERTIFICATE },
      "services/billing": BILLING,
      "services/bills": { existing: { serviceArn: SERVICE, domain: "bills.internal.example.com" } },
    }),
    [
      "lattice.services.billing.existing.domain",
      "is also that of the service shop",
      "one of the two",
      quoted(BILLING.existing.domain),
    ],
    [
      "lattice.services.bills.existing.serviceArn",
      "is also that of the service billing",
      "one of the two",
      quoted(SERVICE),
    ],
  ],
  [
    "a service by the name of its host",
    shop({ domain: "shop.example.com", certificateArn: CERTIFICATE }),
    ["lattice.services.shop.domain", "go round in a circle", "a private zone", '"shop.example.com"'],
  ],
  [
    "addresses outside of the VPC, and of the internet",
    shop({
      targets: {
        web: { ...WEB, ids: ["10.20.0.1", "10.21.0.1"] },
        api: { kind: "ip", vpcId: "vpc-0123456789abcdef0", ids: ["172.32.0.1", "100.64.0.1", "172.31.0.1"] },
      },
    }),
    ["lattice.services.shop.targets.web.ids[1]", "lies outside of aws.network, 10.20.0.0/16", "vpcId", '"10.21.0.1"'],
    ["lattice.services.shop.targets.api.ids[0]", "is a public address", "its private address", '"172.32.0.1"'],
  ],
  [
    "HTTP/2 of a load balancer without TLS",
    shop({ targets: { web: { kind: "alb", protocolVersion: "http2", ids: [BALANCER] } } }),
    ["lattice.services.shop.targets.web.protocolVersion", "only over HTTPS", 'add protocol: "https"', '"http2"'],
  ],
  [
    "a target twice",
    shop({ targets: { web: { ...WEB, ids: ["10.20.30.40", "10.20.30.40"] } } }),
    ["lattice.services.shop.targets.web.ids[1]", "a second time", "once", '"10.20.30.40"'],
  ],
  [
    "groups that are not there",
    shop({ routes: [{ method: "GET", to: { canary: 10, web: 90 } }], defaultTo: { wbe: 1 } }),
    ["lattice.services.shop.defaultTo.wbe", "is none of the service's target groups", "write one of web", "1"],
    ["lattice.services.shop.routes[0].to.canary", "is none of the service's target groups", "one of web", "10"],
  ],
  [
    "a route twice",
    shop({
      routes: [
        { path: { prefix: "/a" }, method: "GET", to: { web: 1 } },
        { path: { prefix: "/a" }, to: { web: 1 } },
        { path: { prefix: "/a" }, method: "GET", to: { web: 2 } },
      ],
    }),
    ["lattice.services.shop.routes[2]", "means the requests of routes[0], and never gets one", "by weights"],
  ],
];

export const LATTICE_PUBLIC: readonly Row[] = [
  [
    "wildcards that hold hosts of others",
    lattice({
      "services/mail": SHOP,
      hosts: {
        "*.example.com": { service: "shop" },
        "example.com": { service: "mail" },
        "mail.example.com": { service: "mail" },
        "*.shop.example.com": { service: "shop" },
      },
    }),
    ['lattice.hosts["*.example.com"]', "holds mail.example.com too, which leads to another service", "are meant"],
  ],
  [
    "a wildcard that holds hosts of another protocol, several labels below",
    lattice({
      "services/shop": { ...SHOP, targets: { web: WEB, api: GRPC }, defaultTo: { web: 1, api: 1 } },
      hosts: {
        "*.example.com": { service: "shop" },
        "a.b.example.com": { service: "shop", protocol: "grpc" },
      },
    }),
    ['lattice.hosts["*.example.com"]', "holds a.b.example.com too, which speaks another protocol", "are meant"],
  ],
  [
    "hosts that load balancers do not compare",
    hosts({
      "shop.example.xn--p1ai": { service: "shop" },
      [`${"a".repeat(58)}.${"b".repeat(58)}.example.com`]: { service: "shop" },
    }),
    ['lattice.hosts["shop.example.xn--p1ai"]', "do not compare", "letters only"],
    [`lattice.hosts["${"a".repeat(58)}.${"b".repeat(58)}.example.com"]`, "do not compare", "a shorter name"],
  ],
  [
    "hosts for whose certificates there is no room",
    lattice({
      ingress: { kind: "fleet", zoneId: ZONE },
      hosts: {
        ...Object.fromEntries(numbers(26).map((n) => [`h${n}.example.com`, { service: "shop" }])),
        [`${"h".repeat(53)}.example.com`]: { service: "shop" },
      },
    }),
    ["lattice.hosts", "need 27 certificates, and a load balancer has 26", "ingress.certificateArn, with wildcards"],
    [`lattice.hosts["${"h".repeat(53)}.example.com"]`, "more than the 64 characters that ACM takes", "shorten it"],
  ],
  [
    "a host that waits longer than the load balancer",
    lattice({ "ingress/idleTimeoutSeconds": 10 }),
    [
      `${HOST}.timeoutSeconds`,
      "is longer than 5, 5 less than ingress.idleTimeoutSeconds",
      "raise ingress.idleTimeout",
      "15",
    ],
  ],
  [
    "more than the proxies can be told of",
    hosts({
      ...Object.fromEntries(
        numbers(10).map((n) => [
          `h${n}.example.com`,
          { service: "shop", paths: numbers(10).map((path) => `/${path}${"a".repeat(198)}`) },
        ]),
      ),
    }),
    ["lattice.hosts", "have 21140 characters in names and paths, and proxies can be told of 20000", "shorter paths"],
  ],
  [
    "gRPC before targets that speak HTTP/1.1",
    grpc({ targets: { web: WEB } }),
    [`${HOST}.protocol`, "the targets of shop speak HTTP/1.1", 'protocolVersion: "grpc"', '"grpc"'],
  ],
  [
    "gRPC before a function",
    grpc({ targets: { web: { kind: "lambda", ids: [FUNCTION] } } }),
    [`${HOST}.protocol`, "the targets of shop speak HTTP/1.1", 'protocolVersion: "grpc"', '"grpc"'],
  ],
  [
    "HTTP before targets of gRPC",
    grpc({}, { protocol: undefined }),
    [`${HOST}.protocol`, 'is "http", and the targets of shop take only gRPC', 'write protocol: "grpc"'],
  ],
  [
    "gRPC without TLS, without POST, behind a login",
    { ...grpc({ listener: { protocol: "http" } }, { methods: ["GET"] }), "lattice/ingress/login": { oidc: OIDC } },
    [`${HOST}.protocol`, "shop listens without TLS", 'listener: { protocol: "https" }', '"grpc"'],
    [`${HOST}.protocol`, "follow no login in a browser", "login: { jwt:", '"grpc"'],
    [`${HOST}.methods`, "gRPC calls by POST", "leave it out"],
  ],
  [
    "paths and methods twice",
    lattice({ "hosts/shop.example.com": { service: "shop", paths: ["/a", "/a"], methods: ["GET", "GET"] } }),
    [`${HOST}.paths[1]`, "a second time", "once", '"/a"'],
    [`${HOST}.methods[1]`, "a second time", "once", '"GET"'],
  ],
];

export const LATTICE_NO_CASCADE: readonly Row[] = [
  [
    "the ingress refused, and what speaks of its proxies",
    {
      lattice: {
        services: { shop: { ...SHOP, allow: [{ callers: "proxy" }] } },
        ingress: "fleet",
        hosts: { "a.example.com": { service: "shop" } },
      },
    },
    ["lattice.ingress", "must be an object", '{ kind: "fleet"', '"fleet"'],
  ],
  [
    "the kind of the ingress refused, and the default of a service",
    lattice({ "ingress/kind": "envoy" }),
    ["lattice.ingress.kind", 'must be "fleet" or "lambda"', 'write "fleet"', '"envoy"'],
  ],
  [
    "the service of a host refused",
    lattice({ "services/shop": "web" }),
    ["lattice.services.shop", "must be an object", "{ existing:", '"web"'],
  ],
  [
    "the only host refused",
    lattice({ "hosts/shop.example.com": null }),
    [HOST, "must be an object", '{ service: "shop" }', "null"],
  ],
  [
    "the hosts refused",
    lattice({ hosts: "shop.example.com" }),
    ["lattice.hosts", "must be an object of hosts", "{ service:", '"shop.example.com"'],
  ],
  [
    "a statement refused in part, and its callers twice",
    shop({ allow: [{ callers: ["*", ROLE, ROLE], methods: ["FETCH"] }] }),
    ["lattice.services.shop.allow[0].callers[0]", "the ARN of", ":root", '"*"'],
    ["lattice.services.shop.allow[0].callers[2]", "a second time", "once", quoted(ROLE)],
    ["lattice.services.shop.allow[0].methods[0]", 'must be "GET"', '"HEAD"', '"FETCH"'],
  ],
  [
    "an organization refused",
    shop({ allow: [{ callers: "proxy" }, { callers: "organization", organization: "acme" }] }),
    ["lattice.services.shop.allow[1].organization", "the id of an organization", '"o-', '"acme"'],
  ],
  [
    "the certificate of a domain refused",
    shop({ domain: DOMAIN, certificateArn: "x" }),
    ["lattice.services.shop.certificateArn", "an ACM certificate", ":certificate/", '"x"'],
  ],
  [
    "the domain refused, and what belongs to it",
    shop({ domain: "Shop", certificateArn: CERTIFICATE, zoneId: ZONE }),
    ["lattice.services.shop.domain", "the domain of the service", '"shop.internal', '"Shop"'],
  ],
  [
    "a group refused, and requests that go there",
    shop({ targets: { web: "10.20.30.40" } }),
    ["lattice.services.shop.targets.web", "must be an object", '{ kind: "instance"', '"10.20.30.40"'],
  ],
  [
    "the targets refused, and gRPC",
    grpc({ targets: "web" }),
    ["lattice.services.shop.targets", "must be an object of target groups", "{ web:", '"web"'],
  ],
  [
    "the version of the targets refused, and gRPC",
    grpc({ targets: { web: { ...WEB, protocolVersion: "h2" } } }),
    ["lattice.services.shop.targets.web.protocolVersion", 'must be "http1"', '"grpc"', '"h2"'],
  ],
  [
    "the protocol of a host refused, before targets of gRPC",
    grpc({}, { protocol: "h2" }),
    [`${HOST}.protocol`, 'must be "http" or "grpc"', '"grpc"', '"h2"'],
  ],
  [
    "the idle timeout refused",
    lattice({ "ingress/idleTimeoutSeconds": "10", "hosts/shop.example.com/timeoutSeconds": 60 }),
    ["lattice.ingress.idleTimeoutSeconds", "a number of seconds", "without quotes", '"10"'],
  ],
  [
    "the network of AWS refused",
    { ...lattice({ reach: "endpoint" }), "aws/network": "10.20.0.0/16" },
    ["aws.network", "must be an object", "{ existing:", '"10.20.0.0/16"'],
  ],
  [
    "the service network refused, and a host without signatures",
    lattice({ network: "x", "hosts/shop.example.com/sign": false }),
    ["lattice.network", "must be an object", "{ existing:", '"x"'],
  ],
  [
    "the auth of a service refused, and a host without signatures",
    lent({ "services/shop/auth": "IAM", "hosts/shop.example.com/sign": false }),
    ["lattice.services.shop.auth", 'must be "iam" or "none"', '"none"', '"IAM"'],
  ],
  [
    "a share with the services refused",
    lent({ services: "x", share: { principals: ["444455556666"] } }),
    ["lattice.services", "must be an object of services", "{ shop:", '"x"'],
  ],
  [
    "a token by JWT for gRPC, with a claim refused",
    { ...grpc(), "lattice/ingress/login": { jwt: { ...JWT, claims: { scope: [] } } } },
    ["lattice.ingress.login.jwt.claims.scope", "must be an object", "values:", "an empty list"],
  ],
];
