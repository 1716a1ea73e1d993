import {
  BalancerAlarms,
  type BalancerAlarmsProps,
  GrpcTargetAlarms,
} from "../../../../lib/aws/load-balancer/balancer-alarms";
import { objectsOf } from "../../../support/json";
import { alarmNamed, alarmsOf, balancerIn, built, isFaulty, resultOf, unpublished, watchedBy } from "../cloudwatch";

const TOPICS = ["arn:aws:sns:eu-central-1:111122223333:alarms"];

const alarms = (props: Partial<BalancerAlarmsProps> = {}) =>
  built(
    (stack) => new BalancerAlarms(stack, "alarms", { ...balancerIn(stack), name: "edge", topicArns: TOPICS, ...props }),
  );
const template = alarms();

/** Seconds that a fault must last before the alarm fires. */
function secondsUntil(name: string): number {
  const { period, evaluation_periods, datapoints_to_alarm, metric_query } = alarmNamed(template, name);
  const [, measured] = metric_query === undefined ? [] : objectsOf(metric_query);
  const seconds = measured === undefined ? period : (measured.metric as { period: number }).period;
  return Number(seconds) * Number(datapoints_to_alarm ?? evaluation_periods);
}

test("each is named after the edge, tells the topics, and says what to do", () => {
  const all = [...alarmsOf(template)];
  expect(all.length).toBeGreaterThan(0);
  for (const [name, alarm] of all) {
    expect(name).toMatch(/^edge-[a-z0-9-]+$/);
    expect(alarm).toMatchObject({ alarm_actions: TOPICS, ok_actions: TOPICS });
    expect(alarm.alarm_description).toMatch(/^[\x20-\x7e]{80,1024}$/);
  }
});

test("each looks at metrics that are published with exactly these dimensions, of this balancer and these targets", () => {
  const metrics = [...alarmsOf(template).values()].flatMap(watchedBy);
  expect(unpublished(metrics)).toEqual([]);
  const kinds = metrics.flatMap(({ dimensions }) =>
    Object.entries(dimensions).map(([dimension, value]) => {
      const { block, attribute } = template.follow(value);
      return `${dimension} ${block.type} ${attribute}`;
    }),
  );
  expect(new Set(kinds)).toEqual(
    new Set(["LoadBalancer aws_lb arn_suffix", "TargetGroup aws_lb_target_group arn_suffix"]),
  );
});

test("nobody is woken by clients that fail to negotiate TLS", () => {
  const names = [...alarmsOf(template).values()].flatMap(watchedBy).map(({ name }) => name);
  expect(names).not.toContain("ClientTLSNegotiationErrorCount");
});

describe.each([
  ["edge-target-5xx", "HTTPCode_Target_5XX_Count"],
  ["edge-balancer-5xx", "HTTPCode_ELB_5XX_Count"],
])("%s", (name, errorCount) => {
  const alarm = alarmNamed(template, name);

  it("relates the errors to the requests, each counted", () => {
    const watched = watchedBy(alarm).map((metric) => `${metric.statistic} of ${metric.name}`);
    expect(watched.sort()).toEqual([`Sum of ${errorCount}`, "Sum of RequestCount"]);
  });

  it.each([
    ["a busy edge with the failures that never end", { errors: 400, requests: 100_000 }, false],
    ["a busy edge of which a tenth fails", { errors: 10_000, requests: 90_000 }, true],
    ["a quiet edge that fails wholly", { errors: 6, requests: 6 }, true],
    ["a few failures at night", { errors: 4, requests: 4 }, false],
    ["no failure", { errors: 0, requests: 1000 }, false],
    ["failures that are reported only when there are some", { errors: undefined, requests: 1000 }, false],
    ["no request", { errors: undefined, requests: undefined }, false],
  ])("%s", (_, period, expected) => {
    expect(isFaulty(alarm, period)).toBe(expected);
  });

  it("takes more than one burst and less than a quarter of an hour", () => {
    expect(secondsUntil(name)).toBeGreaterThan(300);
    expect(secondsUntil(name)).toBeLessThan(900);
  });

  it("has the share that was asked for", () => {
    const strict = alarmNamed(alarms({ errorPercent: 1 }), name);
    const period = { errors: 20, requests: 1000 };
    expect([isFaulty(alarm, period), isFaulty(strict, period)]).toEqual([false, true]);
    expect(strict.alarm_description).toContain("1 %");
  });
});

test("503s of a balancer without targets count although they are not among its requests", () => {
  const alarm = alarmNamed(template, "edge-balancer-5xx");
  expect(isFaulty(alarm, { errors: 50, requests: undefined })).toBe(true);
  expect(isFaulty(alarm, { errors: 50, requests: 0 })).toBe(true);
});

describe("unhealthy hosts", () => {
  const alarm = alarmNamed(template, "edge-unhealthy-hosts");

  it("are seen when a single node of the balancer, in a single zone, sees one", () => {
    expect(watchedBy(alarm)).toEqual([expect.objectContaining({ name: "UnHealthyHostCount", statistic: "Maximum" })]);
    expect(alarm).toMatchObject({ threshold: 1, comparison_operator: "GreaterThanOrEqualToThreshold" });
  });

  it("are none while a release starts or Amazon ECS replaces a task, five minutes and a drain at most", () => {
    expect(secondsUntil("edge-unhealthy-hosts")).toBeGreaterThan(300 + 120);
  });

  it("are none when nothing is registered: that is another alarm's", () => {
    expect(alarm).toMatchObject({ treat_missing_data: "notBreaching" });
  });
});

describe("no healthy host", () => {
  const alarm = alarmNamed(template, "edge-no-healthy-host");

  it("is what no node of the balancer sees, in any zone", () => {
    expect(watchedBy(alarm)).toEqual([expect.objectContaining({ name: "HealthyHostCount", statistic: "Maximum" })]);
    expect(isFaulty(alarm, { healthy: 0 })).toBe(true);
    expect(isFaulty(alarm, { healthy: 1 })).toBe(false);
  });

  it("is a 0 of its own when the last target is deregistered and the count ends, not the values from before", () => {
    expect(resultOf(alarm, { healthy: undefined })).toBe(0);
  });

  it("is a fault too when the count has ended so long ago that there is nothing to fill", () => {
    expect(alarm).toMatchObject({ treat_missing_data: "breaching" });
  });

  it("outlasts measurements that come late, and is told within ten minutes", () => {
    expect(secondsUntil("edge-no-healthy-host")).toBeGreaterThanOrEqual(4 * 60);
    expect(secondsUntil("edge-no-healthy-host")).toBeLessThanOrEqual(10 * 60);
    expect(alarm).not.toHaveProperty("datapoints_to_alarm");
  });
});

describe("slow responses", () => {
  const alarm = alarmNamed(alarms({ p99Seconds: 2 }), "edge-slow-responses");

  it("are those of the slowest in a hundred", () => {
    const watched = watchedBy(alarm).map(({ name, statistic }) => `${statistic} of ${name}`);
    expect(watched.sort()).toEqual(["Sum of RequestCount", "p99 of TargetResponseTime"]);
    expect(isFaulty(alarm, { requests: 1000, seconds: 1.9 })).toBe(false);
    expect(isFaulty(alarm, { requests: 1000, seconds: 2 })).toBe(true);
    expect(alarm.alarm_description).toContain("2 seconds");
  });

  it("are not a single request of a quiet edge", () => {
    expect(isFaulty(alarm, { requests: 10, seconds: 30 })).toBe(false);
    expect(isFaulty(alarm, { requests: undefined, seconds: undefined })).toBe(false);
  });
});

test("a single rejected connection is one too many", () => {
  const alarm = alarmNamed(template, "edge-rejected-connections");
  expect(alarm).toMatchObject({ threshold: 1, evaluation_periods: 1, treat_missing_data: "notBreaching" });
  expect(watchedBy(alarm)).toEqual([expect.objectContaining({ name: "RejectedConnectionCount", statistic: "Sum" })]);
});

test("a group that takes gRPC has alarms of health and time, and none of errors, which it does not tell", () => {
  const grpc = built((stack) => {
    const { balancer } = balancerIn(stack);
    const targetGroup = { arnSuffix: "targetgroup/grpc/3" };
    new GrpcTargetAlarms(stack, "alarms", { balancer, targetGroup, name: "edge-grpc", topicArns: TOPICS });
  });
  const all = [...alarmsOf(grpc)];
  expect(all.map(([name]) => name)).toEqual([
    "edge-grpc-no-healthy-host",
    "edge-grpc-slow-responses",
    "edge-grpc-unhealthy-hosts",
  ]);
  const metrics = all.flatMap(([, alarm]) => watchedBy(alarm));
  expect(unpublished(metrics)).toEqual([]);
  expect(new Set(metrics.map(({ dimensions }) => dimensions.TargetGroup))).toEqual(new Set(["targetgroup/grpc/3"]));
});
