import { z } from "zod";

import { arn, expected, hostedZoneId, hostName, oneOf, says, text, wholeNumber } from "../fields";
import { ABOUT_THE_KEY, eitherOf, listOf, madeOrExisting, mapOf, section } from "../shapes";
import { isPlainObject } from "../values";
import { certificateArn } from "./balancer";
import { absolutePath, method, statements } from "./lattice-callers";
import { targets, weights } from "./lattice-targets";

const protocol = z.enum(["https", "http"], {
  error: ({ input }) =>
    input === "tls"
      ? says(
          "passes TLS through, where no caller can sign, no route can choose and no Lambda function can answer: not part of this version",
          'write "https", and a certificateArn for the domain',
        )
      : expected('"https" or "http"', 'write "https" or "http"')({ input }),
});

const listener = section('{ protocol: "https", port: 443 }', {
  /** @default "https" */
  protocol: protocol.default("https"),
  /** @default - 443, or 80 with `protocol: "http"` */
  port: wholeNumber("a port", 1, 65_535).optional(),
}).prefault({});

/** VPC Lattice API Reference, "HeaderMatch" and "HeaderMatchType". */
const headerName = text({
  pattern: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/,
  what: "the name of a header, 40 characters at most",
  example: '"x-canary"',
});

const headerValue = text({
  pattern: /^[\x20-\x7e]{1,200}$/,
  what: "1 to 200 characters as a header has them",
  example: '"yes"',
}).optional();

/** A check of a whole object, made even when a field of it is wrong. */
const WHENEVER_OBJECT = { when: ({ value }: { readonly value: unknown }) => isPlainObject(value) };

const header = section('{ name: "x-canary", exact: "yes" }', {
  name: headerName,
  /** The whole value. */
  exact: headerValue,
  /** How the value begins. */
  prefix: headerValue,
  /** What is in the value. */
  contains: headerValue,
}).superRefine(({ exact, prefix, contains }, context) => {
  if ([exact, prefix, contains].filter((value) => value !== undefined).length === 1) return;
  const message = says("must say exactly one of exact, prefix and contains", 'write for example exact: "yes"');
  context.addIssue({ code: "custom", path: [], message, params: ABOUT_THE_KEY });
}, WHENEVER_OBJECT);

/** VPC Lattice API Reference, "HttpMatch". */
const MOST_HEADERS = 5;

const prefixed = section('{ prefix: "/v2" }', {
  /** How the path begins. */
  prefix: absolutePath,
});

const whole = section('{ exact: "/health" }', {
  /** The whole path. */
  exact: absolutePath,
});

const route = section('{ path: { prefix: "/v2" }, to: { canary: 1 } }', {
  /** Path of the request, upper and lower case apart. @default - any */
  path: eitherOf(prefixed, whole, (value) => isPlainObject(value) && "exact" in value).optional(),
  /** @default - any */
  method: method.optional(),
  /** Headers that the request has, all of them. @default - any */
  headers: listOf(header, "a list of headers", '[{ name: "x-canary", exact: "yes" }]', {
    min: 1,
    max: MOST_HEADERS,
    fault: says(`must be 1 to ${MOST_HEADERS} headers`, "ask for fewer, or leave 'headers' out for any"),
  }).optional(),
  /** Groups that share the requests, by weight. */
  to: weights,
}).superRefine(({ path, method: only, headers }, context) => {
  if (path !== undefined || only !== undefined || headers !== undefined) return;
  const message = says(
    "says of no request that it is meant",
    "add a path, a method or headers, or write it as defaultTo",
  );
  context.addIssue({ code: "custom", path: [], message, params: ABOUT_THE_KEY });
}, WHENEVER_OBJECT);

/** VPC Lattice User Guide, "Quotas": rules for each listener. */
const MOST_ROUTES = 10;

/** VPC Lattice User Guide, "Listener rules". */
const FIXED = says("must be 404, which is all that VPC Lattice answers by itself", "write { status: 404 }");

const answered = section("{ status: 404 }", {
  /** Status that VPC Lattice answers. */
  status: z.literal(404, { error: FIXED }),
});

const answersByStatus = (value: unknown): boolean => isPlainObject(value) && "status" in value;

const made = section(
  "{ targets: { web: … }, defaultTo: { web: 1 } } or { existing: { … } }",
  {
    /**
     * Name that callers use besides VPC Lattice's own. It never changes: another one makes another service.
     * @default - VPC Lattice's own name, which has a certificate
     */
    domain: hostName("the domain of the service", "shop.internal.example.com").optional(),
    /** The domain's certificate, of ACM in this account and Region. @default - none: needed for HTTPS by a domain of one's own */
    certificateArn: certificateArn.optional(),
    /** Private Route 53 zone of the domain, associated with the callers' VPCs: its record is made there. @default - the record is yours to make */
    zoneId: hostedZoneId.optional(),
    /** `iam`: only signed requests that `allow` names. `none`: the network's own policy decides alone. @default "iam" */
    auth: oneOf(["iam", "none"]).default("iam"),
    /** Who may call what; all else is refused. @default - the proxies, everything */
    allow: statements.optional(),
    /** What callers connect to. @default - HTTPS, 443 */
    listener,
    /** What requests go to. */
    targets,
    /** Where requests go that something tells apart, in this order, the first that fits. @default - all as `defaultTo` says */
    routes: listOf(route, "a list of routes", '[{ path: { prefix: "/v2" }, to: { canary: 1 } }]', {
      max: MOST_ROUTES,
      fault: says(
        `must be ${MOST_ROUTES} routes at most`,
        "make a second service, or let one prefix stand for several",
      ),
    }).default([]),
    /** Where all other requests go: groups by weight, or a status that VPC Lattice answers. */
    defaultTo: eitherOf(weights, answered, answersByStatus),
  },
  ["existing"],
);

const SERVICE = "arn:aws:vpc-lattice:eu-central-1:444455556666:service/svc-0123456789abcdef0";

const existing = section(`{ serviceArn: "${SERVICE}", domain: "billing.internal.example.com" }`, {
  /** The service, of this account or shared with it, in this Region; whoever made it has put it into the network. */
  serviceArn: arn(
    "the ARN of a VPC Lattice service",
    /vpc-lattice:[a-z0-9-]+:\d{12}:service\/svc-[0-9a-f]{17}/,
    SERVICE,
  ),
  /** Name that the proxies call it by: its own domain, or with an association the one that VPC Lattice gave it. */
  domain: hostName("the domain of the service", "billing.internal.example.com"),
  /** What it listens on. @default - HTTPS, 443 */
  listener,
});

/**
 * VPC Lattice API Reference, "CreateService": 40 characters, of which the environment's name takes 17 at most, and no two hyphens in a
 * row.
 */
const SERVICE_NAME = /^(?=.{1,23}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Services of VPC Lattice, by name. */
export const services = mapOf(
  madeOrExisting("a service", made, existing),
  (name) =>
    SERVICE_NAME.test(name)
      ? undefined
      : says(
          "is not the name of a service: lower-case letters and digits, single hyphens between them, a letter first, 23 in all at most",
          "rename the service",
        ),
  "an object of services",
  '{ shop: { targets: { web: { kind: "ip", ids: ["10.20.30.40"] } }, defaultTo: { web: 1 } } }',
);
