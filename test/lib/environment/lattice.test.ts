import {
  isMade,
  isMadeNetwork,
  type LatticeEnvironment,
  listenerOf,
  type MadeLatticeService,
  networkStatementsOf,
  statementsOf,
} from "../../../lib/environment";
import {
  LATTICE_ADMISSION,
  LATTICE_NO_CASCADE,
  LATTICE_PLACES,
  LATTICE_PUBLIC,
  LATTICE_ROUTING,
} from "./bad-lattice-across";
import {
  LATTICE_FIELDS,
  LATTICE_HOSTS,
  LATTICE_INGRESS,
  LATTICE_POLICIES,
  LATTICE_SERVICES,
} from "./bad-lattice-fields";
import { type Changes, changed, define, EXISTING_NETWORK, GONE, WEB_ACL, ZONE } from "./base";
import { BILLING, FLEET, FUNCTION, JWT, lattice, lent, OIDC, ROLE, SERVICE, SHOP, shop, WEB } from "./lattice-base";
import { testRows } from "./rows";

testRows({
  fields: LATTICE_FIELDS,
  "auth policies": LATTICE_POLICIES,
  services: LATTICE_SERVICES,
  hosts: LATTICE_HOSTS,
  ingress: LATTICE_INGRESS,
  places: LATTICE_PLACES,
  "who is admitted": LATTICE_ADMISSION,
  "where requests go": LATTICE_ROUTING,
  "public hosts": LATTICE_PUBLIC,
  "one mistake, one message": LATTICE_NO_CASCADE,
});

const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188";
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

function sectionOf(changes: Changes): LatticeEnvironment {
  const section = define(changed(changes)).lattice;
  if (section === undefined) throw new Error("the environment has no section lattice");
  return section;
}

/** The service `shop` of the section, which is made here. */
function shopOf(changes: Changes): MadeLatticeService {
  const service = sectionOf(changes).services.shop;
  if (service === undefined || !isMade(service)) throw new Error("the section makes no service shop");
  return service;
}

test("every default of an empty section", () => {
  expect(sectionOf({ lattice: {} })).toEqual({
    network: {},
    reach: "association",
    accessLogs: { cloudwatch: true },
    services: {},
    hosts: {},
  });
});

test("every default of a service, a host and the ingress", () => {
  const { services, hosts, ingress } = sectionOf(
    lattice({ "services/shop/targets": { web: { kind: "ip", ids: [] } } }),
  );
  expect(services.shop).toEqual({
    auth: "iam",
    listener: { protocol: "https" },
    targets: { web: { kind: "ip", protocol: "http", protocolVersion: "http1", ids: [] } },
    routes: [],
    defaultTo: { web: 1 },
  });
  expect(hosts["shop.example.com"]).toEqual({
    service: "shop",
    protocol: "http",
    paths: ["/"],
    sign: true,
    timeoutSeconds: 15,
    retries: 1,
  });
  expect(ingress).toEqual({
    ...FLEET,
    scheme: "public",
    httpRedirect: true,
    dualStack: false,
    desyncMode: "defensive",
    idleTimeoutSeconds: 60,
    drainSeconds: 120,
    image: { version: "v1.39.3" },
    architecture: "x86_64",
    exec: false,
    size: { cpu: 1024, memoryMb: 2048 },
    scaling: { minPerZone: 1, maxPerZone: 4, cpuPercent: 60, requestsPerTargetPerMinute: 30_000, spotPercent: 0 },
    bearerHeader: "x-forwarded-authorization",
  });
});

test("what is left out of a part takes its own default", () => {
  const { accessLogs, ingress } = sectionOf(
    lattice({
      "accessLogs/s3BucketArn": "arn:aws:s3:::acme-logs",
      "ingress/login": { jwt: { ...JWT, claims: { scope: { values: ["a"] } } } },
      "ingress/scaling": { maxPerZone: 9 },
    }),
  );
  expect(accessLogs).toEqual({ cloudwatch: true, s3BucketArn: "arn:aws:s3:::acme-logs" });
  expect(ingress?.login).toEqual({ jwt: { ...JWT, claims: { scope: { format: "single-string", values: ["a"] } } } });
  expect(ingress?.scaling).toMatchObject({ minPerZone: 1, maxPerZone: 9 });
  expect(shopOf(shop({ targets: { web: { ...WEB, healthCheck: {} } } })).targets.web).toMatchObject({
    healthCheck: { path: "/", matcher: "200", protocolVersion: "http1" },
  });
});

test("what a service says is kept", () => {
  const service = {
    domain: "shop.internal.example.com",
    certificateArn: FLEET.certificateArn,
    zoneId: ZONE,
    auth: "iam",
    allow: [
      { callers: "proxy", methods: ["GET"], paths: ["/v1/*"] },
      { callers: [ROLE], organization: "o-a1b2c3d4e5" },
    ],
    listener: { protocol: "https", port: 8443 },
    targets: {
      web: {
        kind: "instance",
        port: 8443,
        protocol: "https",
        protocolVersion: "http2",
        vpcId: "vpc-0123456789abcdef0",
        ids: ["i-0123456789abcdef0"],
        healthCheck: { path: "/health", matcher: "200,204", port: 8080, protocolVersion: "http2" },
      },
      api: { kind: "alb", port: 443, protocol: "https", protocolVersion: "grpc", ids: [BALANCER] },
      mail: { kind: "lambda", ids: [FUNCTION] },
    },
    routes: [
      {
        path: { exact: "/mail" },
        method: "POST",
        headers: [
          { name: "x-a", exact: "1" },
          { name: "x-b", prefix: "1" },
          { name: "x-c", contains: "1" },
        ],
        to: { mail: 1 },
      },
    ],
    defaultTo: { web: 90, api: 10 },
  };
  expect(sectionOf(lattice({ "services/shop": service })).services.shop).toEqual(service);
});

describe("what is accepted", () => {
  test.each<[string, Changes]>([
    [
      "services for callers inside alone",
      { lattice: { services: { shop: { ...SHOP, allow: [{ callers: [ROLE] }] } } } },
    ],
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
  ])("%s", (_, changes) => {
    expect(() => define(changed(changes))).not.toThrow();
  });
});

describe("what the section means", () => {
  test("the proxies may call what says nothing else, and nobody is named where the network decides", () => {
    const allow = [{ callers: [ROLE] }, { callers: "proxy" }];
    expect(statementsOf(shopOf(lattice()))).toEqual([{ callers: "proxy" }]);
    expect(statementsOf(shopOf(shop({ allow })))).toEqual(allow);
    expect(statementsOf(shopOf(shop({ auth: "none" })))).toEqual([]);
  });

  test("a network made here admits the account, or whom it names", () => {
    const allow = [{ callers: "organization", organization: "o-a1b2c3d4e5" }];
    const statements = [{}, { network: { allow } }].map((changes) => {
      const { network } = sectionOf(lattice(changes));
      return isMadeNetwork(network) ? networkStatementsOf(network) : undefined;
    });
    expect(statements).toEqual([[{ callers: "account" }], allow]);
    expect(isMadeNetwork(sectionOf(lent()).network)).toBe(false);
  });

  test.each([
    [{}, { tls: true, port: 443 }],
    [{ protocol: "http" }, { tls: false, port: 80 }],
    [{ port: 8443 }, { tls: true, port: 8443 }],
    [
      { protocol: "http", port: 8080 },
      { tls: false, port: 8080 },
    ],
  ])("a listener of %j, whoever made the service", (listener, expected) => {
    const { shop: made, billing } = sectionOf(
      lattice({
        "services/shop/listener": listener,
        "services/billing": { existing: { ...BILLING.existing, listener } },
      }),
    ).services;
    expect([made, billing].map((service) => service && listenerOf(service))).toEqual([expected, expected]);
  });
});
