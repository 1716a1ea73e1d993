import { Construct } from "constructs";

import { MathAlarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";

/** What API Gateway counts of an API, whatever it calls it. */
export interface ApiMetrics {
  readonly requests: Metric;
  readonly clientErrors: Metric;
  readonly serverErrors: Metric;
  /** Milliseconds from a request's coming to its answer. */
  readonly latency: Metric;
}

/** Properties of {@link ApiAlarms}. */
export interface ApiAlarmsProps {
  /** Begins each alarm's name. */
  readonly name: string;
  readonly metrics: ApiMetrics;
  readonly topicArns: readonly string[];
}

/** As before a fleet: early enough to act on a promise of 99.9 %, too much for chance. */
const ERROR_PERCENT = 5;

/** Errors of a period below which their share says nothing. */
const ERRORS_THAT_COUNT = 5;

/** Alarms of an API. */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, { name, metrics, topicArns }: ApiAlarmsProps) {
    super(scope, id);
    new MathAlarm(this, "api-5xx", {
      name: `${name}-api-5xx`,
      description:
        `At least ${ERROR_PERCENT} % of the requests are answered with a 5xx, by the services, the function or API Gateway. The function's ` +
        "log says which: a reason is its own, via_upstream a service's. What is not in it is API Gateway's: see error in its access log.",
      expression: `IF(errors >= ${ERRORS_THAT_COUNT}, 100 * errors / requests, 0)`,
      metrics: {
        errors: { metric: metrics.serverErrors, statistic: "Sum" },
        requests: { metric: metrics.requests, statistic: "Sum" },
      },
      threshold: ERROR_PERCENT,
      periodSeconds: 300,
      periods: 2,
      topicArns,
    });
  }
}

/** An API at a glance. */
export function apiWidgets({ requests, clientErrors, serverErrors, latency }: ApiMetrics): readonly Widget[] {
  return [
    {
      title: "Requests, and how they were answered",
      metrics: [
        { ...requests, label: "requests" },
        { ...clientErrors, label: "4xx, 429 of the throttle among them" },
        { ...serverErrors, label: "5xx" },
      ],
      statistic: "Sum",
    },
    {
      title: "Milliseconds until an answer",
      metrics: [
        { ...latency, label: "p50", statistic: "p50" },
        { ...latency, label: "p99", statistic: "p99" },
      ],
      statistic: "p99",
    },
  ];
}
