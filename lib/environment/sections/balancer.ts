import { arn, openCidr, oneOf, text, trueOrFalse, wholeNumber } from "../fields";
import { ENTRY_DEFAULTS } from "../entry-defaults";
import { listOf, section } from "../shapes";

const CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012";

/** The ARN of a certificate. */
export const certificateArn = arn(
  "the ARN of an ACM certificate",
  /acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+/,
  CERTIFICATE,
);

const WEB_ACL = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/edge/12345678-1234-1234-1234-123456789012";

const webAclArn = arn(
  "the ARN of a regional web ACL of AWS WAF",
  /wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]+\/[\w-]+/,
  WEB_ACL,
);

const prefixListId = text({
  pattern: /^pl-[0-9a-f]{8,17}$/,
  what: "the id of a managed prefix list",
  example: '"pl-0123456789abcdef0"',
});

/** The load balancer that clients connect to, whatever stands behind it. */
export const frontFields = {
  /** `public` stands in public subnets; `internal` has private addresses only. @default "public" */
  scheme: oneOf(["public", "internal"]).default(ENTRY_DEFAULTS.scheme),
  /** Who may connect. @default - public: everybody; internal: the VPC's own range */
  ingress: section('{ cidrs: ["203.0.113.0/24"], prefixListIds: [] }', {
    /** Address ranges; IPv6 only with `dualStack`. @default - none */
    cidrs: listOf(openCidr, "a list of address ranges", '["203.0.113.0/24"]').default([]),
    /**
     * Managed prefix lists, those of AWS too: `com.amazonaws.global.cloudfront.origin-facing`. That one counts as 55 of the 60 rules of
     * a security group, for each port: it goes with `httpRedirect: false` (Amazon VPC User Guide, "AWS-managed prefix lists").
     * @default - none
     */
    prefixListIds: listOf(prefixListId, "a list of prefix lists", '["pl-0123456789abcdef0"]').default([]),
  }).optional(),
  /** Whether port 80 answers with a redirect to HTTPS. `false`: nothing listens there. @default true */
  httpRedirect: trueOrFalse.default(true),
  /**
   * Whether clients reach a public load balancer over IPv6 too. The public subnets of a network made here get IPv6 ranges for it; those of
   * an existing one must have them. @default false
   */
  dualStack: trueOrFalse.default(ENTRY_DEFAULTS.dualStack),
  /**
   * What happens to requests that two servers could read differently: `defensive` closes the connection after them, `strictest`
   * refuses all that break RFC 7230 (Elastic Load Balancing User Guide, "Edit attributes for your Application Load Balancer").
   * @default "defensive"
   */
  desyncMode: oneOf(["defensive", "strictest"]).default("defensive"),
  /** After how many seconds without a byte a connection is closed. @default 60 */
  idleTimeoutSeconds: wholeNumber("a number of seconds", 10, 3600).default(60),
  /** Web ACL of AWS WAF on the load balancer, of this account and Region. @default - none */
  webAclArn: webAclArn.optional(),
} as const;

/** The load balancer that clients connect to, with tasks behind it. */
export const balancerFields = {
  ...frontFields,
  /** How many seconds a task that is taken out may finish its requests in. @default 120 */
  drainSeconds: wholeNumber("a number of seconds", 10, 3600).default(120),
} as const;
