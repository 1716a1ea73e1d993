import type { Construct } from "constructs";

import { ProxyLogMetrics, type ProxyLogMetricsProps } from "../lattice/proxy-log-metrics";

/** Properties of {@link EnvoyLogMetrics}. */
export type EnvoyLogMetricsProps = Pick<ProxyLogMetricsProps, "name" | "logGroupName" | "topicArns">;

/** Records of the access log that one metric counts: those whose field has this value, in which `*` at the end is anything. */
export interface CountedRecords {
  readonly field: string;
  readonly value: string | number;
}

/**
 * What only the proxies know of requests, and no metric of AWS tells. The values are Envoy's (Envoy documentation, "Access logging",
 * RESPONSE_CODE_DETAILS and RESPONSE_FLAGS).
 */
export const COUNTED = {
  /** Answered 503 by the script that lets nothing leave without a signature. */
  unsigned: { field: "details", value: "lua_response" },
  /** The service was not reached, or the connection to it broke: each of these flags begins with U, for upstream. */
  unreached: { field: "flags", value: "U*" },
  /** Let through by the load balancer for a host that this proxy does not know: one of the two is older. */
  unknownHosts: { field: "status", value: 421 },
} as const satisfies Readonly<Record<string, CountedRecords>>;

/** Metrics out of the proxies' access log, and an alarm for requests that could not be signed. */
export class EnvoyLogMetrics extends ProxyLogMetrics {
  constructor(scope: Construct, id: string, props: EnvoyLogMetricsProps) {
    super(scope, id, {
      ...props,
      patterns: {
        unsigned: patternOf(COUNTED.unsigned),
        unreached: patternOf(COUNTED.unreached),
        unknownHosts: patternOf(COUNTED.unknownHosts),
      },
      unsignedMeans:
        "Proxies had no credentials to sign with, and answered 503 for it: nothing leaves unsigned. Their log names the task " +
        '(details "lua_response") and what came of fetching credentials. Stop such a task, and see whether its role still exists.',
    });
  }
}

const patternOf = ({ field, value }: CountedRecords): string => `{ $.${field} = ${JSON.stringify(value)} }`;
