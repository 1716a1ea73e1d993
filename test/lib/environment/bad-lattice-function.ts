import { createHash } from "node:crypto";

import { CERTIFICATE, type Row, WEB_ACL, ZONE } from "./base";
import { FRONTS, JWT, lattice, OIDC, WEB } from "./lattice-base";

type Front = keyof typeof FRONTS;

/** One field of a front that is refused, and shown. */
const bad = (mistake: string, front: Front, field: string, value: unknown, problem: string, remedy: string): Row => [
  mistake,
  lattice({ ingress: { ...FRONTS[front], [field]: value } }),
  [`lattice.ingress.${field}`, problem, remedy, shown(value)],
];

const shown = (value: unknown): string => (typeof value === "object" ? "an object" : JSON.stringify(value));

const HOST = 'lattice.hosts["shop.example.com"]';

/** Text that does not get shorter when it is packed. */
const noise = (seed: number): string => createHash("sha256").update(`${seed}`).digest("hex");

export const LATTICE_FUNCTION: readonly Row[] = [
  [
    "no front",
    lattice({ ingress: { kind: "lambda", certificateArn: CERTIFICATE } }),
    ["lattice.ingress.front", 'is missing: "alb", "httpApi" or "restApi"', 'write "alb"'],
  ],
  [
    "a front that is none",
    lattice({ ingress: { ...FRONTS.alb, front: "nlb" } }),
    ["lattice.ingress.front", 'must be "alb", "httpApi" or "restApi"', 'write "alb"', '"nlb"'],
  ],
  [
    "all that a fleet has and a function has not, in one go",
    lattice({
      ingress: {
        ...FRONTS.alb,
        image: { version: "v1.39.3" },
        architecture: "arm64",
        size: { cpu: 512, memoryMb: 1024 },
        scaling: { minPerZone: 2 },
        exec: true,
        drainSeconds: 60,
      },
    }),
    ...(
      [
        ["image", "an object"],
        ["architecture", '"arm64"'],
        ["size", "an object"],
        ["scaling", "an object"],
        ["exec", "true"],
        ["drainSeconds", "60"],
      ] as const
    ).map(
      ([field, got]) => [`lattice.ingress.${field}`, "is of a fleet: Lambda runs", 'write kind: "fleet"', got] as const,
    ),
  ],
  [
    "all that a load balancer has and an API has not, in one go",
    lattice({
      ingress: {
        ...FRONTS.restApi,
        scheme: "internal",
        ingress: { cidrs: ["10.20.0.0/16"] },
        httpRedirect: false,
        dualStack: true,
        desyncMode: "strictest",
        idleTimeoutSeconds: 30,
        login: { jwt: JWT },
      },
    }),
    ...(
      [
        ["scheme", '"internal"'],
        ["ingress", "an object"],
        ["httpRedirect", "false"],
        ["dualStack", "true"],
        ["desyncMode", '"strictest"'],
        ["idleTimeoutSeconds", "30"],
        ["login", "an object"],
      ] as const
    ).map(
      ([field, got]) => [`lattice.ingress.${field}`, "is of a load balancer, and", 'write front: "alb"', got] as const,
    ),
  ],
  bad("a web ACL before an HTTP API", "httpApi", "webAclArn", WEB_ACL, "protects no HTTP APIs", 'front: "restApi"'),
  bad("a login before an HTTP API", "httpApi", "login", { oidc: OIDC }, "is of a load balancer", 'front: "alb"'),
  bad("a throttle before a balancer", "alb", "throttle", { burst: 1 }, "is of API Gateway", "reservedConcurrency"),
  bad("a fleet's memory", "alb", "memoryMb", 128, "from 256 to 10240", "from 256 to 10240"),
  bad("none kept ready", "httpApi", "provisionedConcurrency", 0, "from 1 to 1000", "from 1 to 1000"),
  bad("no request at once", "restApi", "reservedConcurrency", 0, "from 1 to 10000", "from 1 to 10000"),
  bad("a role by its ARN", "restApi", "accountLogRole", "arn:aws:iam::1:role/a", '"existing" or "made"', '"made"'),
  bad("a header that is taken", "httpApi", "bearerHeader", "authorization", "for nothing else", "x-forwarded-auth"),
  [
    "an unknown field, beside those that are refused by name",
    lattice({ ingress: { ...FRONTS.httpApi, stage: "live" } }),
    [
      "lattice.ingress.stage",
      "is not a field of this section",
      "the fields here are kind, certificateArn, zoneId, bearerHeader, memoryMb, provisionedConcurrency, reservedConcurrency, front, throttle",
    ],
  ],
  [
    "a rate of half a request, and no burst",
    lattice({ ingress: { ...FRONTS.httpApi, throttle: { ratePerSecond: 0.5 } } }),
    ["lattice.ingress.throttle.ratePerSecond", "from 1 to 10000", "from 1 to 10000", "0.5"],
    ["lattice.ingress.throttle.burst", "must be a number of requests at once", "from 1 to 5000"],
  ],
  [
    "more ready than may run",
    lattice({ ingress: { ...FRONTS.alb, provisionedConcurrency: 11, reservedConcurrency: 10 } }),
    ["lattice.ingress.provisionedConcurrency", "more functions ready than may run, 10", "reservedConcurrency", "11"],
  ],
  [
    "neither certificate nor zone",
    lattice({ ingress: { kind: "lambda", front: "httpApi" } }),
    ["lattice.ingress", "has neither certificateArn nor zoneId", "Route 53 zone"],
  ],
  [
    "a certificate of another Region",
    lattice({ ingress: { ...FRONTS.restApi, certificateArn: CERTIFICATE.replace("eu-central-1", "us-east-1") } }),
    [
      "lattice.ingress.certificateArn",
      "an API takes only certificates of its own",
      "account and Region",
      `"${CERTIFICATE.replace("eu-central-1", "us-east-1")}"`,
    ],
  ],
  ...(["alb", "httpApi", "restApi"] as const).map((front): Row => [
    `gRPC before ${front}`,
    lattice({
      ingress: FRONTS[front],
      "services/shop": {
        targets: { web: { ...WEB, protocolVersion: "grpc" } },
        defaultTo: { web: 1 },
      },
      "hosts/shop.example.com/protocol": "grpc",
    }),
    [`${HOST}.protocol`, "a function gets each request by itself", 'kind: "fleet"', '"grpc"'],
  ]),
  [
    "a host that waits longer than an HTTP API",
    lattice({ ingress: FRONTS.httpApi, "hosts/shop.example.com/timeoutSeconds": 26 }),
    [
      `${HOST}.timeoutSeconds`,
      "longer than 25, 5 less than the 30 after which an HTTP API gives up",
      'front: "alb"',
      "26",
    ],
  ],
  [
    "a host that waits longer than a REST API",
    lattice({ ingress: FRONTS.restApi, "hosts/shop.example.com/timeoutSeconds": 25 }),
    [
      `${HOST}.timeoutSeconds`,
      "longer than 24, 5 less than the 29 after which a REST API gives up",
      'front: "alb"',
      "25",
    ],
  ],
  [
    "a host that waits longer than the load balancer",
    lattice({ ingress: { ...FRONTS.alb, idleTimeoutSeconds: 19 } }),
    [`${HOST}.timeoutSeconds`, "longer than 14, 5 less than ingress.idle", "raise ingress.idleTimeoutSeconds", "15"],
  ],
  [
    "more than a function can be told of",
    lattice({
      ingress: FRONTS.httpApi,
      hosts: Object.fromEntries(
        Array.from({ length: 50 }, (_, n) => [
          `h${n}.example.com`,
          { service: "shop", paths: [`/${noise(n)}`, `/${noise(n + 50)}`] },
        ]),
      ),
    }),
    ["lattice.hosts", "bytes when they are packed, and a function can be told of 3800", 'kind: "fleet"'],
  ],
  [
    "27 certificates, which a load balancer before a function has no more than before a fleet",
    lattice({
      ingress: { kind: "lambda", front: "alb", zoneId: ZONE },
      hosts: Object.fromEntries(Array.from({ length: 27 }, (_, n) => [`h${n}.example.com`, { service: "shop" }])),
    }),
    ["lattice.hosts", "need 27 certificates, and a load balancer has 26", "with wildcards"],
  ],
];
