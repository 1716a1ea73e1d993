import type { Construct } from "constructs";

import { type CountedRecords, ProxyLogMetrics, type ProxyLogMetricsProps } from "../lattice/proxy-log-metrics";

export type { CountedRecords } from "../lattice/proxy-log-metrics";

/** Properties of {@link EnvoyLogMetrics}. */
export type EnvoyLogMetricsProps = Pick<ProxyLogMetricsProps, "name" | "logGroupName" | "topicArns">;

/**
 * What only the proxies know of requests, and no metric of AWS tells. The values are Envoy's (Envoy documentation, "Access logging",
 * RESPONSE_CODE_DETAILS and RESPONSE_FLAGS).
 */
export const COUNTED = {
  /** Answered 503 by the script that lets nothing leave without a signature. */
  unsigned: { metric: "UnsignedRequests", field: "details", value: "lua_response" },
  /** The service was not reached, or the connection to it broke: each of these flags begins with U, for upstream. */
  unreached: { metric: "UpstreamFailures", field: "flags", value: "U*" },
  /** Let through by the load balancer for a host that this proxy does not know: one of the two is older. */
  unknownHosts: { metric: "UnknownHosts", field: "status", value: 421 },
} as const satisfies Readonly<Record<string, CountedRecords>>;

/** Metrics out of the proxies' access log, and an alarm for requests that could not be signed. */
export class EnvoyLogMetrics extends ProxyLogMetrics {
  constructor(scope: Construct, id: string, props: EnvoyLogMetricsProps) {
    super(scope, id, {
      ...props,
      unsigned: COUNTED.unsigned,
      further: {
        unreached: { ...COUNTED.unreached, label: "service not reached" },
        "unknown-hosts": { ...COUNTED.unknownHosts, label: "unknown host" },
      },
      unsignedMeans:
        "Proxies had no credentials to sign with, and answered 503 for it: nothing leaves unsigned. Their log names the task " +
        '(details "lua_response") and what came of fetching credentials. Stop such a task, and see whether its role still exists.',
    });
  }
}
