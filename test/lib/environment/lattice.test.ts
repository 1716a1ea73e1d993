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
import { LATTICE_FUNCTION } from "./bad-lattice-function";
import { type Changes, changed, define, ZONE } from "./base";
import { ACCEPTED } from "./good-lattice";
import { BILLING, FLEET, FUNCTION, JWT, lattice, lent, ROLE, shop, WEB } from "./lattice-base";
import { testRows } from "./rows";

testRows({
  fields: LATTICE_FIELDS,
  "auth policies": LATTICE_POLICIES,
  services: LATTICE_SERVICES,
  hosts: LATTICE_HOSTS,
  ingress: LATTICE_INGRESS,
  "a function in the place of the fleet": LATTICE_FUNCTION,
  places: LATTICE_PLACES,
  "who is admitted": LATTICE_ADMISSION,
  "where requests go": LATTICE_ROUTING,
  "public hosts": LATTICE_PUBLIC,
  "one mistake, one message": LATTICE_NO_CASCADE,
});

const BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188";

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
  test.each(ACCEPTED)("%s", (_, changes) => {
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
