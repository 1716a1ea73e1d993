import { z } from "zod";

import { arn, expected, oneOf, says, text, wholeNumber } from "../fields";
import { ABOUT_THE_KEY, listOf, mapOf, section } from "../shapes";
import { isPlainObject } from "../values";
import { isIpv4Address } from "../upstream";
import { absolutePath } from "./lattice-callers";

const port = wholeNumber("a port", 1, 65_535);

const vpcId = text({ pattern: /^vpc-[0-9a-f]{8,17}$/, what: "the id of a VPC", example: '"vpc-0123456789abcdef0"' });

/** VPC Lattice User Guide, "Quotas": targets in a target group. */
const MOST_TARGETS = 1000;

const many = <const Item extends z.ZodType>(item: Item, what: string, example: string) =>
  listOf(item, what, example, {
    max: MOST_TARGETS,
    fault: says(`must be ${MOST_TARGETS} targets at most`, "split them into groups, with weights"),
  });

const one = <const Item extends z.ZodType>(item: Item, what: string, example: string) =>
  listOf(item, `a list of one: ${what}`, example, {
    min: 1,
    max: 1,
    fault: says(`must be exactly one: ${what}`, `write ${example}, and a group with a weight for each other`),
  });

const INSTANCE = '"i-0123456789abcdef0"';
const BALANCER = '"arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188"';
const FUNCTION = '"arn:aws:lambda:eu-central-1:111122223333:function:shop"';

const instanceId = text({ pattern: /^i-[0-9a-f]{8,17}$/, what: "the id of an instance", example: INSTANCE });

const ADDRESS = says("must be an IPv4 address in the VPC", 'write for example "10.20.30.40", without a prefix length');

const address = z.string({ error: ADDRESS }).refine(isIpv4Address, { error: ADDRESS });

const balancerArn = text({
  pattern: /^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:loadbalancer\/app\/[\w-]+\/[0-9a-f]+$/,
  what: "the ARN of an Application Load Balancer",
  example: BALANCER,
});

const functionArn = arn(
  "the ARN of a Lambda function",
  /lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:[\w$-]{1,128})?/,
  FUNCTION.slice(1, -1),
);

/** How requests reach what listens on a port. */
const listening = {
  /** @default - 80, or 443 with `protocol: "https"` */
  port: port.optional(),
  /** With `https`, VPC Lattice does not verify what certificate the target has. @default "http" */
  protocol: oneOf(["http", "https"]).default("http"),
  /** What the targets speak. gRPC needs `grpc`, or `http2` for what it has without its own status. @default "http1" */
  protocolVersion: oneOf(["http1", "http2", "grpc"]).default("http1"),
  /** VPC of the targets. @default - `aws.network` */
  vpcId: vpcId.optional(),
};

const MATCHER = /^([2-4]\d\d)([,-][2-4]\d\d)*$/;

/** @default for what targets are asked */
const healthCheck = section('{ path: "/health", matcher: "200" }', {
  /** @default "/" */
  path: absolutePath.default("/"),
  /** Statuses of a healthy target: one, several between commas, or a range. @default "200" */
  matcher: text({
    pattern: MATCHER,
    what: "statuses of HTTP from 200 to 499, between commas or as a range",
    example: '"200-299"',
  }).default("200"),
  /** @default - the port of the requests */
  port: port.optional(),
  /** What the check speaks: gRPC has none of its own. @default "http1" */
  protocolVersion: oneOf(["http1", "http2"]).default("http1"),
});

const checked = {
  ...listening,
  /**
   * How VPC Lattice learns which targets answer.
   * @default - with `http1`: `/` with 200 every 10 seconds; otherwise none, and every target counts as healthy
   */
  healthCheck: healthCheck.optional(),
};

const EXAMPLE = `{ kind: "instance", port: 8080, ids: [${INSTANCE}] }`;

const group = z.discriminatedUnion(
  "kind",
  [
    section(EXAMPLE, {
      /** EC2 instances. */
      kind: z.literal("instance"),
      ...checked,
      /** Instances; with none, others register them: an Auto Scaling group. */
      ids: many(instanceId, "a list of instances", `[${INSTANCE}]`),
    }),
    section('{ kind: "ip", port: 8080, ids: ["10.20.30.40"] }', {
      /** Addresses in the VPC: tasks, pods, what is reached through it. */
      kind: z.literal("ip"),
      ...checked,
      /** IPv4 addresses; with none, others register them: Amazon ECS, a controller. */
      ids: many(address, "a list of addresses", '["10.20.30.40"]'),
    }),
    section(`{ kind: "alb", ids: [${BALANCER}] }`, {
      /** An internal Application Load Balancer, which has health checks of its own. */
      kind: z.literal("alb"),
      ...listening,
      /** Its ARN. */
      ids: one(balancerArn, "an Application Load Balancer", `[${BALANCER}]`),
    }),
    section(`{ kind: "lambda", ids: [${FUNCTION}] }`, {
      /** A function of this account and Region. */
      kind: z.literal("lambda"),
      /** Its ARN, of an alias or version where requests shall not follow each deployment. */
      ids: one(functionArn, "a Lambda function", `[${FUNCTION}]`),
    }),
  ],
  {
    error: ({ input }) =>
      isPlainObject(input)
        ? expected('"instance", "ip", "alb" or "lambda"', `write for example ${EXAMPLE}`)({ input: input.kind })
        : says("must be an object", `write for example ${EXAMPLE}`),
  },
);

/** VPC Lattice API Reference, "CreateTargetGroup": no two hyphens in a row; and short, so that it is read in a whole name. */
const GROUP_NAME = /^(?=.{1,32}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** `{ status: 404 }` in the place of weights must not mean a group. */
const RESERVED = "status";

/** What requests go to, by the names of the groups. */
export const targets = mapOf(
  group,
  (name) => {
    if (name === RESERVED) return says("is not the name of a group: it would be read as a status", "rename the group");
    return GROUP_NAME.test(name)
      ? undefined
      : says(
          "is not the name of a group: lower-case letters and digits, single hyphens between them, a letter first, 32 in all at most",
          "rename the group",
        );
  },
  "an object of target groups",
  `{ web: ${EXAMPLE} }`,
);

/** VPC Lattice API Reference, "ForwardAction". */
const MOST_SHARES = 10;

/** Why requests cannot be shared so, as {@link says} writes it. */
function sharesFault(shares: readonly unknown[]): string | undefined {
  if (shares.length > MOST_SHARES) {
    return says(`names ${shares.length} groups, and VPC Lattice shares requests among ${MOST_SHARES}`, "name fewer");
  }
  return shares.every((share) => share === 0)
    ? says("sends requests nowhere: no group has a weight above 0", "write for example { web: 1 }")
    : undefined;
}

/** Shares of the requests by group (VPC Lattice API Reference, "WeightedTargetGroup"). */
export const weights = mapOf(
  wholeNumber("a weight", 0, 999),
  () => undefined,
  "an object of groups and their weights",
  "{ web: 90, canary: 10 }",
).superRefine(
  (shares, context) => {
    const message = sharesFault(Object.values(shares));
    if (message !== undefined) context.addIssue({ code: "custom", path: [], message, params: ABOUT_THE_KEY });
  },
  { when: ({ value }) => isPlainObject(value) },
);
