import { z } from "zod";

import { text } from "../fields";
import { LATTICE_DEFAULTS } from "../lattice-defaults";
import { section } from "../shapes";
import { balancerFields } from "./balancer";
import { imageFields, requestsPerMinute, scalingFields, size, taskFields } from "./fargate";
import { entryFields } from "./lattice-entry";
import { login } from "./lattice-login";

/** Proxies that always run, behind a load balancer. */
export const fleet = section('{ kind: "fleet", zoneId: "Z0123456789ABCDEFGHIJ" }', {
  /** Envoy proxies on Fargate behind an Application Load Balancer, which sign what they pass on. */
  kind: z.literal("fleet"),
  ...entryFields,
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
});
