import { z } from "zod";

import { expected, hostedZoneId, says, text } from "../fields";
import { LATTICE_DEFAULTS } from "../lattice-defaults";
import { section } from "../shapes";
import { balancerFields, certificateArn } from "./balancer";
import { imageFields, requestsPerMinute, scalingFields, size, taskFields } from "./fargate";
import { login } from "./lattice-login";

const kind = z.literal("fleet", {
  error: ({ input }) =>
    input === "lambda"
      ? says("proxies by a Lambda function, which this version does not implement yet", 'write "fleet"')
      : expected('"fleet"', 'write "fleet"')({ input }),
});

/** Headers that requests have for other reasons, or that the proxies write or take away. */
const TAKEN =
  /^(x-amzn?-|x-envoy-|sec-|proxy-)|^(authorization|host|cookie|set-cookie|connection|keep-alive|te|trailer|transfer-encoding|upgrade|content-(length|type|encoding)|expect|forwarded|x-real-ip|x-request-id|x-forwarded-(for|proto|port|host|client-cert))$/;

const HEADER = says(
  "must be a header that requests have for nothing else, in lower case: letters, digits and hyphens, 64 in all at most",
  'write for example "x-forwarded-authorization"',
);

const bearerHeader = z
  .string({ error: HEADER })
  .refine((name) => /^[a-z]([a-z0-9-]{0,62}[a-z0-9])?$/.test(name) && !TAKEN.test(name), { error: HEADER });

/** What people and machines outside of VPC Lattice connect to. */
export const ingress = section('{ kind: "fleet", zoneId: "Z0123456789ABCDEFGHIJ" }', {
  /** `fleet`: Envoy proxies on Fargate behind an Application Load Balancer, which sign what they pass on. */
  kind,
  /** The certificate for HTTPS, of ACM in this account and Region, with all hosts. @default - one is made for each host in the zone */
  certificateArn: certificateArn.optional(),
  /**
   * Route 53 zone of all hosts. Their records are made there, and so is a validated certificate for each unless `certificateArn` is given;
   * ACM validates only in a public zone. @default - the records are yours to make, and `certificateArn` is needed
   */
  zoneId: hostedZoneId.optional(),
  ...balancerFields,
  /** Who must sign in, or bring a token. @default - nobody: services see the proxies as their caller */
  login: login.optional(),
  /** Image of the proxies. @default { version: "v1.39.3" } */
  image: section('{ version: "v1.39.3" }', {
    /** One exact release of Envoy, as its tag says it: `v1.39.3`. A tag that moves is refused. */
    version: text({
      pattern: /^v1\.(39|[4-9]\d)\.\d{1,2}$/,
      what: "one exact release of Envoy from v1.39.0 on: proxies would change by themselves when the tag moves",
      example: '"v1.39.3"',
    }),
    ...imageFields("envoyproxy/envoy"),
  }).default(LATTICE_DEFAULTS.image),
  ...taskFields,
  /** CPU and memory of a proxy. Only pairs that Fargate has are accepted. @default { cpu: 1024, memoryMb: 2048 } */
  size: size.default(LATTICE_DEFAULTS.size),
  /** How many proxies run, and when there are more. @default - one to four in each zone */
  scaling: section("{ minPerZone: 1, maxPerZone: 4 }", {
    ...scalingFields,
    /** Requests that one proxy is to get in a minute: 500 a second. @default 30000 */
    requestsPerTargetPerMinute: requestsPerMinute.default(30_000),
  }).prefault({}),
  /**
   * Header in which services find what a client sent in `Authorization`: the signature takes that one's place.
   * @default "x-forwarded-authorization"
   */
  bearerHeader: bearerHeader.default("x-forwarded-authorization"),
});
