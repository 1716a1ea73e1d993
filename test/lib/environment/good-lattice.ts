import { type Changes, EXISTING_NETWORK, GONE, WEB_ACL, ZONE } from "./base";
import { BILLING, FLEET, FRONTS, JWT, lattice, lent, OIDC, ROLE, SERVICE, SHOP, shop, WEB } from "./lattice-base";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** What the section may say, at its edges: no rule refuses it. */
export const ACCEPTED: readonly (readonly [what: string, changes: Changes])[] = [
  ["services for callers inside alone", { lattice: { services: { shop: { ...SHOP, allow: [{ callers: [ROLE] }] } } } }],
  [
    "services without a network of AWS",
    {
      lattice: {
        services: {
          shop: {
            ...SHOP,
            allow: [{ callers: "account" }],
            targets: { web: { ...WEB, vpcId: "vpc-0123456789abcdef0" } },
          },
        },
      },
      "aws/network": GONE,
    },
  ],
  ["a network to share, and nothing in it", { lattice: { share: { principals: ["444455556666"] } } }],
  [
    "500 services",
    lattice({ services: { shop: SHOP, ...Object.fromEntries(numbers(499).map((n) => [`s${n}`, SHOP])) } }),
  ],
  ["a service by a name of 23 characters", lattice({ [`services/${"s".repeat(23)}`]: SHOP })],
  ["ten routes", shop({ routes: numbers(10).map((n) => ({ path: { prefix: `/v${n}` }, to: { web: 1 } })) })],
  [
    "routes that differ in one thing",
    shop({
      routes: [
        { method: "GET", to: { web: 1 } },
        { method: "PUT", to: { web: 1 } },
        { path: { exact: "/a" }, to: { web: 1 } },
        { path: { prefix: "/a" }, to: { web: 1 } },
      ],
    }),
  ],
  ["a group that gets nothing yet", shop({ targets: { web: WEB, canary: WEB }, defaultTo: { web: 1, canary: 0 } })],
  ["a service that answers by itself", shop({ defaultTo: { status: 404 } })],
  ["no targets yet", shop({ targets: { web: { kind: "instance", ids: [] } } })],
  ["a domain without TLS", shop({ domain: "shop.internal.example.com", listener: { protocol: "http" } })],
  [
    "a service by the name of its host, with a record of its own",
    shop({ domain: "shop.example.com", certificateArn: FLEET.certificateArn, zoneId: ZONE }),
  ],
  [
    "a certificate for host and service from the zones of both",
    lattice({
      ingress: { kind: "fleet", zoneId: ZONE },
      "services/shop": {
        ...SHOP,
        domain: "shop.example.com",
        certificateArn: FLEET.certificateArn,
        zoneId: `${ZONE}2`,
      },
    }),
  ],
  ["a policy by account for the proxies", shop({ allow: [{ callers: ["arn:aws:iam::111122223333:root"] }] })],
  [
    "a policy without the proxies, where no host leads",
    lattice({ "services/mail": { ...SHOP, allow: [{ callers: [ROLE] }] } }),
  ],
  [
    "a wildcard above hosts of the same service",
    lattice({
      hosts: { "*.example.com": { service: "shop" }, "a.b.example.com": { service: "shop", paths: ["/a%20b/"] } },
    }),
  ],
  [
    "a wildcard beside the name that it does not hold",
    lattice({
      "services/mail": SHOP,
      hosts: {
        "*.example.com": { service: "shop" },
        "example.com": { service: "mail" },
        "mail.example.net": { service: "mail" },
      },
    }),
  ],
  [
    "50 hosts under a certificate of their own",
    lattice({ hosts: Object.fromEntries(numbers(50).map((n) => [`h${n}.example.com`, { service: "shop" }])) }),
  ],
  [
    "26 certificates, of which two are for a name and those below",
    lattice({
      ingress: { kind: "fleet", zoneId: ZONE },
      hosts: Object.fromEntries(
        numbers(26)
          .flatMap((n) => [`h${n}.example.com`, ...(n < 2 ? [`*.h${n}.example.com`] : [])])
          .map((host) => [host, { service: "shop" }]),
      ),
    }),
  ],
  [
    "50 hosts, and a certificate for each, before a function behind an API",
    lattice({
      ingress: { kind: "lambda", front: "httpApi", zoneId: ZONE },
      hosts: Object.fromEntries(numbers(50).map((n) => [`h${n}.example.com`, { service: "shop" }])),
    }),
  ],
  [
    "a host before a REST API that no load balancer would compare, and waits almost as long as that",
    lattice({
      ingress: { ...FRONTS.restApi, webAclArn: WEB_ACL },
      hosts: { "shop.example.xn--p1ai": { service: "shop", timeoutSeconds: 24 } },
    }),
  ],
  [
    "a function behind a load balancer that asks for a login",
    lattice({ ingress: { ...FRONTS.alb, webAclArn: WEB_ACL, scheme: "internal", login: { oidc: OIDC } } }),
  ],
  [
    "all that may run kept ready",
    lattice({ ingress: { ...FRONTS.alb, provisionedConcurrency: 9, reservedConcurrency: 9 } }),
  ],
  ["a host that waits almost as long as the load balancer", lattice({ "hosts/shop.example.com/timeoutSeconds": 55 })],
  [
    "a host without signatures of a service that asks for none",
    lent({ "services/shop/auth": "none", "hosts/shop.example.com/sign": false }),
  ],
  [
    "a host without signatures of a service of somebody else",
    lent({ "services/shop": BILLING, "hosts/shop.example.com/sign": false }),
  ],
  ["services made here to share, in a network of somebody else", lent({ share: { principals: ["444455556666"] } })],
  [
    "gRPC before one group of HTTP/2",
    lattice({
      "services/shop": {
        ...SHOP,
        targets: { web: WEB, api: { ...WEB, protocolVersion: "http2" } },
        defaultTo: { web: 1, api: 1 },
      },
      "hosts/shop.example.com/protocol": "grpc",
    }),
  ],
  [
    "gRPC before a service of somebody else, with tokens",
    lattice({ "services/shop": BILLING, "hosts/shop.example.com/protocol": "grpc", "ingress/login": { jwt: JWT } }),
  ],
  [
    "an endpoint in the smallest VPC that has room",
    {
      ...lattice({ reach: "endpoint", "services/shop/targets/web/ids": ["10.40.0.10"] }),
      "aws/network": { existing: { ...EXISTING_NETWORK, cidr: "10.40.0.0/25" } },
    },
  ],
  [
    "an association with a name that VPC Lattice gave",
    lent({
      "services/shop": {
        existing: { serviceArn: SERVICE, domain: "shop-0123.7d67968.vpc-lattice-svcs.eu-central-1.on.aws" },
      },
    }),
  ],
  [
    "an internal ingress with a login and a web ACL",
    lattice({ ingress: { ...FLEET, scheme: "internal", webAclArn: WEB_ACL, login: { oidc: OIDC } } }),
  ],
  [
    "callers of an organization",
    lattice({ network: { allow: [{ callers: "organization", organization: "o-a1b2c3d4e5" }] } }),
  ],

  ["proxies by name in the network's own policy", lattice({ network: { allow: [{ callers: "proxy" }] } })],
];
