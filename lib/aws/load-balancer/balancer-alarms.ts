import { Construct } from "constructs";

import { Alarm, type AlarmProps, MathAlarm, type MathAlarmProps } from "../alarm";
import { balancerMetric, targetMetric, type WatchedBalancer } from "./balancer-metrics";

/** Properties of {@link BalancerAlarms}. */
export interface BalancerAlarmsProps extends WatchedBalancer {
  /** Begins each alarm's name. */
  readonly name: string;
  /**
   * Percent of the requests that must not end in a 5xx. Ten minutes of the default spend about one percent of the 43 minutes
   * that a promise of 99.9 % leaves in a month: early enough to act, too much for chance.
   *
   * @default 5
   */
  readonly errorPercent?: number;
  /**
   * Seconds within which 99 of 100 requests must begin to be answered. The default only finds what is plainly broken; set it
   * to what the API promises.
   *
   * @default 5
   */
  readonly p99Seconds?: number;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

type Spec<Props> = Omit<Props, "name" | "topicArns">;

/** What alarms on a 5xx say of it. */
interface StatusTexts {
  /** From whom it comes when it is not the load balancer's, and where to look. */
  readonly target: string;
  /** What each status of the load balancer means. */
  readonly balancer: string;
}

const OF_SERVERS: StatusTexts = {
  target:
    "the targets, or from what is behind them. Ask first whether the upstream is up: a proxy answers 502 or 504 for one that it does not " +
    "reach, and its error log names it.",
  balancer: "503: no target is registered. 502: targets break connections off. 504: they do not answer in time.",
};

const OF_FUNCTION: StatusTexts = {
  target:
    "the function, or from a service behind it. The function's log says which: details is via_upstream for a service's answer, and a " +
    "reason is the function's own.",
  balancer:
    "502: the function failed, was throttled or answered too much. See the alarms function-errors and function-throttles, and " +
    "error_reason in the access log.",
};

const DEFAULT_ERROR_PERCENT = 5;

const DEFAULT_P99_SECONDS = 5;

/**
 * Errors of a period below which their share says nothing: at night one failure of ten requests is no reason to wake somebody.
 * It counts errors, not requests, so that a quiet edge whose every request fails is still noticed.
 */
const ERRORS_THAT_COUNT = 5;

/** Requests of a period below which the 99th percentile is the slowest of them and no more. */
const REQUESTS_FOR_A_PERCENTILE = 100;

/** Two periods of five minutes: a burst ends in the first. */
const SHARE_OF_ERRORS = { periodSeconds: 300, periods: 2 } as const;

/**
 * Ten of fifteen minutes: a target may be unhealthy while it starts, and Amazon ECS replaces one that becomes so. What lasts
 * longer is a replacement that fails as well.
 */
const UNHEALTHY_FOR_LONG = { periodSeconds: 60, periods: 15, faultyPeriods: 10 } as const;

/** Long enough that measurements which arrive a minute or two late do not count as none. */
const NOBODY_FOR_FIVE_MINUTES = { periodSeconds: 60, periods: 5 } as const;

const SLOW_FOR_LONG = { periodSeconds: 300, periods: 3 } as const;

/**
 * Alarms of an Application Load Balancer and its targets.
 *
 * Failed TLS negotiations have none: on the internet they are scanners and clients too old for the policy, they come all day
 * long, and nobody who is woken by them could do anything. A certificate that is about to end is ACM's to announce.
 */
export class BalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BalancerAlarmsProps) {
    super(scope, id);
    raise(this, props, { ...targetAlarms(props), ...balancerAlarms(props) });
    raiseMath(this, props, { ...targetMathAlarms(props), ...statusMathAlarms(props, OF_SERVERS) });
  }
}

/**
 * Alarms of a further group of targets that takes gRPC, behind a load balancer that has its {@link BalancerAlarms} already. Errors are
 * none of theirs: a call of gRPC ends with a status of HTTP 200 whatever came of it.
 */
export class GrpcTargetAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BalancerAlarmsProps) {
    super(scope, id);
    raise(this, props, targetAlarms(props));
    raiseMath(this, props, targetMathAlarms(props));
  }
}

/** Alarms of a load balancer with a function behind it, which has no health to be asked for. */
export class FunctionBalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BalancerAlarmsProps) {
    super(scope, id);
    raise(this, props, balancerAlarms(props));
    raiseMath(this, props, statusMathAlarms(props, OF_FUNCTION));
  }
}

function raise(scope: Construct, { name, topicArns }: BalancerAlarmsProps, alarms: Record<string, Spec<AlarmProps>>) {
  for (const [alarm, spec] of Object.entries(alarms)) {
    new Alarm(scope, alarm, { ...spec, name: `${name}-${alarm}`, topicArns });
  }
}

function raiseMath(
  scope: Construct,
  { name, topicArns }: BalancerAlarmsProps,
  alarms: Record<string, Spec<MathAlarmProps>>,
) {
  for (const [alarm, spec] of Object.entries(alarms)) {
    new MathAlarm(scope, alarm, { ...spec, name: `${name}-${alarm}`, topicArns });
  }
}

function targetAlarms(props: BalancerAlarmsProps): Record<string, Spec<AlarmProps>> {
  return {
    "unhealthy-hosts": {
      description:
        "For most of a quarter of an hour at least one target has failed its health checks, and so have its replacements if " +
        "there were any. The target group's list of targets gives the reason; then read that target's log. If a release has " +
        "just gone out, roll it back.",
      metric: targetMetric(props, "UnHealthyHostCount"),
      // Each node of the load balancer reports for itself. The minimum, which AWS suggests, is above 0 only when every node in
      // every zone sees a fault: while a single zone is at fault it stays 0.
      statistic: "Maximum",
      threshold: 1,
      ...UNHEALTHY_FOR_LONG,
    },
  };
}

function balancerAlarms(props: BalancerAlarmsProps): Record<string, Spec<AlarmProps>> {
  return {
    "rejected-connections": {
      description:
        "The load balancer had reached its limit and turned connections away. Compare its new and active connections with those " +
        "of other days: a flood is for a web ACL or AWS Shield, growth for a reservation of capacity units.",
      metric: balancerMetric(props, "RejectedConnectionCount"),
      statistic: "Sum",
      threshold: 1,
    },
  };
}

function statusMathAlarms(props: BalancerAlarmsProps, texts: StatusTexts): Record<string, Spec<MathAlarmProps>> {
  const { errorPercent = DEFAULT_ERROR_PERCENT } = props;
  return {
    "target-5xx": {
      description: `At least ${errorPercent} % of the requests get a 5xx from ${texts.target}`,
      expression: `IF(errors >= ${ERRORS_THAT_COUNT}, 100 * errors / requests, 0)`,
      metrics: {
        errors: { metric: targetMetric(props, "HTTPCode_Target_5XX_Count"), statistic: "Sum" },
        requests: { metric: targetMetric(props, "RequestCount"), statistic: "Sum" },
      },
      threshold: errorPercent,
      ...SHARE_OF_ERRORS,
    },
    "balancer-5xx": {
      description:
        `At least ${errorPercent} % of the requests get a 5xx from the load balancer itself. The access log tells which, in ` +
        `elb_status_code. ${texts.balancer}`,
      // The count of requests leaves out those for which there was no target: when all fail so, there is none to divide by.
      expression: `IF(errors >= ${ERRORS_THAT_COUNT}, 100 * errors / (errors + requests), 0)`,
      metrics: {
        errors: { metric: balancerMetric(props, "HTTPCode_ELB_5XX_Count"), statistic: "Sum" },
        requests: { metric: balancerMetric(props, "RequestCount"), statistic: "Sum" },
      },
      threshold: errorPercent,
      ...SHARE_OF_ERRORS,
    },
  };
}

function targetMathAlarms(props: BalancerAlarmsProps): Record<string, Spec<MathAlarmProps>> {
  const { p99Seconds = DEFAULT_P99_SECONDS } = props;
  return {
    "no-healthy-host": {
      description:
        "No target has been healthy for five minutes: everything is down. The load balancer tries those that are registered all " +
        "the same, and answers 503 if none is. The service's events say why its tasks stop or fail their checks.",
      // The count is published only while targets are registered. Once the last has gone, an alarm goes on judging by values from
      // before (Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data"), unless gaps are filled.
      expression: "FILL(healthy, 0)",
      // The most that any node sees: one zone without a healthy target is not yet an outage.
      metrics: { healthy: { metric: targetMetric(props, "HealthyHostCount"), statistic: "Maximum" } },
      threshold: 1,
      below: true,
      missingData: "fault",
      ...NOBODY_FOR_FIVE_MINUTES,
    },
    "slow-responses": {
      description:
        `One request in a hundred waits ${p99Seconds} seconds or longer until its response begins. If the targets are short of ` +
        "CPU, see why they are not more; if they are not, it is what they forward to that is slow: compare its own figures.",
      expression: `IF(requests >= ${REQUESTS_FOR_A_PERCENTILE}, seconds, 0)`,
      metrics: {
        seconds: { metric: targetMetric(props, "TargetResponseTime"), statistic: "p99" },
        requests: { metric: targetMetric(props, "RequestCount"), statistic: "Sum" },
      },
      threshold: p99Seconds,
      ...SLOW_FOR_LONG,
    },
  };
}
