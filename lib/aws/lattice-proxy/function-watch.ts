import { Construct } from "constructs";

import { Alarm, MathAlarm, type Metric } from "../alarm";
import type { Widget } from "../dashboard";
import type { ProxyFunction } from "./proxy-function";

/** Properties of {@link FunctionAlarms}. */
export interface FunctionAlarmsProps {
  /** Begins each alarm's name. */
  readonly name: string;
  readonly proxy: Pick<ProxyFunction, "name" | "timeoutSeconds">;
  readonly topicArns: readonly string[];
}

/** Left of the timeout. The function answers a second before it, whatever services do, so no run that ends by itself takes longer. */
const NEAR_SECONDS = 1.5;

/** As before a fleet: what is plainly broken, and requests of a period below which a percentile is the slowest of them and no more. */
const SLOW = { milliseconds: 5_000, requests: 100 } as const;

type OfFunction = "ConcurrentExecutions" | "Duration" | "Errors" | "Invocations" | "Throttles";

/** AWS Lambda Developer Guide, "Types of metrics for Lambda functions". */
const metricOf = ({ name: FunctionName }: FunctionAlarmsProps["proxy"], name: OfFunction): Metric => ({
  namespace: "AWS/Lambda",
  name,
  dimensions: { FunctionName },
});

/** Alarms of a function that answers requests. */
export class FunctionAlarms extends Construct {
  constructor(scope: Construct, id: string, { name, proxy, topicArns }: FunctionAlarmsProps) {
    super(scope, id);
    new Alarm(this, "errors", {
      name: `${name}-function-errors`,
      description:
        "Runs of the function ended without an answer, for ten minutes: it answers whatever services do, so this is a fault of its own, " +
        "its memory or its role. Its log has the error. If a release has just gone out, point the alias live to the version before.",
      metric: metricOf(proxy, "Errors"),
      statistic: "Sum",
      threshold: 1,
      periods: 2,
      topicArns,
    });
    new Alarm(this, "throttles", {
      name: `${name}-function-throttles`,
      description:
        "Lambda ran no function for some requests, for ten minutes, and clients got a 5xx: as many run as may. Raise reservedConcurrency, " +
        "or what the account may run; a flood is for a web ACL or the throttle of the API.",
      metric: metricOf(proxy, "Throttles"),
      statistic: "Sum",
      threshold: 1,
      periods: 2,
      topicArns,
    });
    new Alarm(this, "near-timeout", {
      name: `${name}-function-near-timeout`,
      description:
        `Runs of the function took all of the ${proxy.timeoutSeconds} seconds that it has but ${NEAR_SECONDS}: services trickle their answers, or ` +
        "the function has too little memory, and with it CPU. Its log names host and service of what took long (milliseconds).",
      metric: metricOf(proxy, "Duration"),
      statistic: "Maximum",
      threshold: (proxy.timeoutSeconds - NEAR_SECONDS) * 1000,
      periods: 2,
      topicArns,
    });
    new MathAlarm(this, "slow-responses", {
      name: `${name}-slow-responses`,
      description:
        `One request in a hundred takes ${SLOW.milliseconds / 1000} seconds or longer. The function's log says where: if milliseconds are ` +
        "many and first_byte_milliseconds too, it is the service; compare its own figures.",
      expression: `IF(requests >= ${SLOW.requests}, milliseconds, 0)`,
      metrics: {
        milliseconds: { metric: metricOf(proxy, "Duration"), statistic: "p99" },
        requests: { metric: metricOf(proxy, "Invocations"), statistic: "Sum" },
      },
      threshold: SLOW.milliseconds,
      periodSeconds: 300,
      periods: 3,
      topicArns,
    });
  }
}

/** A function at a glance. */
export function functionWidgets(proxy: FunctionAlarmsProps["proxy"]): readonly Widget[] {
  const duration = metricOf(proxy, "Duration");
  return [
    {
      title: "Runs of the function",
      metrics: [
        { ...metricOf(proxy, "Invocations"), label: "runs" },
        { ...metricOf(proxy, "Errors"), label: "without an answer" },
        { ...metricOf(proxy, "Throttles"), label: "not run, for as many run as may" },
      ],
      statistic: "Sum",
    },
    {
      title: "Milliseconds of the function for a request",
      metrics: [
        { ...duration, label: "p50", statistic: "p50" },
        { ...duration, label: "p99", statistic: "p99" },
        { ...duration, label: "longest", statistic: "Maximum" },
      ],
      statistic: "p99",
    },
    {
      title: "Functions at once",
      metrics: [{ ...metricOf(proxy, "ConcurrentExecutions"), label: "at once" }],
      statistic: "Maximum",
    },
  ];
}
