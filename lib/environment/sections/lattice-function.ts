import { z } from "zod";

import { expected, oneOf, says, wholeNumber } from "../fields";
import { section, withheld } from "../shapes";
import { isPlainObject } from "../values";
import { frontFields } from "./balancer";
import { entryFields } from "./lattice-entry";
import { login } from "./lattice-login";

const ofFleet = withheld(
  "is of a fleet: Lambda runs as many functions as there are requests at once, and no image",
  'leave it out, or write kind: "fleet"',
);

/** What runs requests one at a time, as often as there are any. */
const functionFields = {
  /** A function that Lambda runs for each request. Bodies are passed on whole, and nothing streams. */
  kind: z.literal("lambda"),
  ...entryFields,
  /** Memory in MB; CPU grows with it, up to one processor at 1769. @default 512 */
  memoryMb: wholeNumber("an amount of memory in MB", 256, 10_240).default(512),
  /** How many are kept ready, so that no request waits for one to start. They are paid for by the hour. @default - none */
  provisionedConcurrency: wholeNumber("a number of functions that are kept ready", 1, 1000).optional(),
  /**
   * How many requests may run at once: set aside for these, and their limit. Others are answered with an error of the front.
   * @default - what the account has left
   */
  reservedConcurrency: wholeNumber("a number of requests at once", 1, 10_000).optional(),
  image: ofFleet,
  architecture: ofFleet,
  size: ofFleet,
  scaling: ofFleet,
  exec: ofFleet,
  drainSeconds: ofFleet,
} as const;

const behindBalancer = section('{ kind: "lambda", front: "alb", zoneId: "Z0123456789ABCDEFGHIJ" }', {
  ...functionFields,
  /** An Application Load Balancer: the least is lost on the way. Bodies and answers of 1 MB at most. */
  front: z.literal("alb"),
  ...frontFields,
  /** Who must sign in, or bring a token. @default - nobody: services see the proxies as their caller */
  login: login.optional(),
  throttle: withheld(
    "is of API Gateway, and a load balancer counts no requests",
    "limit them by reservedConcurrency, or by a rule of the web ACL in webAclArn",
  ),
});

const ofBalancer = withheld(
  "is of a load balancer, and this front is API Gateway, which is open to the internet on HTTPS alone",
  'leave it out, or write front: "alb"',
);

/** What API Gateway has in the place of a load balancer. */
const apiFields = {
  /** Requests that are let through, over all hosts; others are answered 429. @default { ratePerSecond: 200, burst: 400 } */
  throttle: section("{ ratePerSecond: 200, burst: 400 }", {
    /** In each second, over time. */
    ratePerSecond: wholeNumber("a number of requests in a second", 1, 10_000),
    /** At once. */
    burst: wholeNumber("a number of requests at once", 1, 5000),
  }).default({ ratePerSecond: 200, burst: 400 }),
  scheme: ofBalancer,
  ingress: ofBalancer,
  httpRedirect: ofBalancer,
  dualStack: ofBalancer,
  desyncMode: ofBalancer,
  idleTimeoutSeconds: ofBalancer,
  login: ofBalancer,
} as const;

const behindHttpApi = section('{ kind: "lambda", front: "httpApi", zoneId: "Z0123456789ABCDEFGHIJ" }', {
  ...functionFields,
  /** An HTTP API of API Gateway: the cheapest for few requests. Paths arrive decoded; bodies of 6 MB at most. */
  front: z.literal("httpApi"),
  ...apiFields,
  webAclArn: withheld(
    "has no place: AWS WAF protects no HTTP APIs",
    'leave it out, or write front: "restApi" or front: "alb"',
  ),
});

const behindRestApi = section('{ kind: "lambda", front: "restApi", zoneId: "Z0123456789ABCDEFGHIJ" }', {
  ...functionFields,
  /** A REST API of API Gateway: with AWS WAF, and without a load balancer that is paid by the hour. Queries arrive decoded. */
  front: z.literal("restApi"),
  ...apiFields,
  /** Web ACL of AWS WAF on the API's stage, of this account and Region. @default - none */
  webAclArn: frontFields.webAclArn,
  /**
   * The role by which API Gateway writes logs of REST APIs: one for the whole account and Region, whoever sets it. `made` sets it, and takes
   * it from all REST APIs there when the stack goes. @default "existing"
   */
  accountLogRole: oneOf(["existing", "made"]).default("existing"),
});

const FRONTS = '"alb", "httpApi" or "restApi"';

/** A function that passes requests on, and what they reach it by. */
export const latticeFunction = z.discriminatedUnion("front", [behindBalancer, behindHttpApi, behindRestApi], {
  error: ({ input }) =>
    isPlainObject(input)
      ? expected(FRONTS, `write ${FRONTS}`)({ input: input.front })
      : says("must be an object", 'write { kind: "lambda", front: "alb", … }'),
});
