import { ServiceAlarms, type ServiceAlarmsProps } from "../../../../lib/aws/ecs/service-alarms";
import { alarmNamed, alarmsOf, built, isFaulty, unpublished, watchedBy } from "../cloudwatch";

const TOPICS = ["arn:aws:sns:eu-central-1:111122223333:alarms"];
const SERVICE = { clusterName: "edges", serviceName: "nodes" };

const alarms = (props: Partial<ServiceAlarmsProps> = {}) =>
  built(
    (stack) =>
      new ServiceAlarms(stack, "alarms", {
        ...SERVICE,
        name: "edge",
        containerName: "node",
        topicArns: TOPICS,
        ...props,
      }),
  );
const template = alarms();

test("each is named after the edge, tells the topics, and says what to do", () => {
  const all = [...alarmsOf(template)];
  expect(all.length).toBeGreaterThan(0);
  for (const [name, alarm] of all) {
    expect(name).toMatch(/^edge-[a-z0-9-]+$/);
    expect(alarm).toMatchObject({ alarm_actions: TOPICS, ok_actions: TOPICS });
    expect(alarm.alarm_description).toMatch(/^[\x20-\x7e]{80,1024}$/);
  }
});

test("each looks at metrics that are published with exactly these dimensions, of this service", () => {
  const metrics = [...alarmsOf(template).values()].flatMap(watchedBy);
  expect(unpublished(metrics)).toEqual([]);
  for (const { dimensions } of metrics) {
    expect(dimensions).toMatchObject({ ClusterName: "edges", ServiceName: "nodes" });
  }
});

test("CPU is that of the tasks together, which autoscaling answers for", () => {
  const alarm = alarmNamed(template, "edge-cpu");
  expect(watchedBy(alarm)).toEqual([expect.objectContaining({ name: "CPUUtilization", statistic: "Average" })]);
  expect(Number(alarm.threshold)).toBeGreaterThanOrEqual(80);
  expect(alarmNamed(alarms({ cpuPercent: 95 }), "edge-cpu")).toMatchObject({
    threshold: 95,
    alarm_description: expect.stringContaining("95 %") as unknown,
  });
});

test("memory is that of the fullest task, which an average would hide", () => {
  const alarm = alarmNamed(alarms({ memoryPercent: 75 }), "edge-memory");
  expect(watchedBy(alarm)).toEqual([expect.objectContaining({ name: "MemoryUtilization", statistic: "Maximum" })]);
  expect(alarm).toMatchObject({ threshold: 75, alarm_description: expect.stringContaining("75 %") as unknown });
});

test.each(["edge-cpu", "edge-memory"])("%s must last a quarter of an hour without a break", (name) => {
  const { period, evaluation_periods, datapoints_to_alarm, treat_missing_data } = alarmNamed(template, name);
  expect(Number(period) * Number(evaluation_periods)).toBe(900);
  expect(datapoints_to_alarm).toBeUndefined();
  expect(treat_missing_data).toBe("notBreaching");
});

describe("missing tasks", () => {
  const alarm = alarmNamed(template, "edge-tasks-missing");

  it.each([
    ["all run", { desired: 3, running: 3 }, false],
    ["more run than are wanted, as in a release", { desired: 3, running: 6 }, false],
    ["one is missing", { desired: 3, running: 2 }, true],
    ["all are missing", { desired: 3, running: 0 }, true],
    ["nothing is counted that runs", { desired: 3, running: undefined }, true],
    ["nothing is heard of the service", { desired: undefined, running: undefined }, true],
    ["the service is meant to rest", { desired: 0, running: 0 }, false],
  ])("%s", (_, period, expected) => {
    expect(isFaulty(alarm, period)).toBe(expected);
  });

  it("are missing all through a period, or the growth of the service would be a fault", () => {
    expect(watchedBy(alarm).map(({ name, statistic }) => `${statistic} of ${name}`)).toEqual([
      "Minimum of DesiredTaskCount",
      "Maximum of RunningTaskCount",
    ]);
  });

  it("are missing for longer than a task takes to start", () => {
    const [, { metric } = {}] = alarm.metric_query as readonly { readonly metric?: { readonly period: number } }[];
    expect((metric?.period ?? 0) * Number(alarm.evaluation_periods)).toBeGreaterThan(2 * 300);
  });
});

describe("an unhealthy container", () => {
  const alarm = alarmNamed(template, "edge-container-unhealthy");

  it("is that of any task", () => {
    expect(watchedBy(alarm)).toEqual([
      {
        namespace: "ECS/ContainerInsights",
        name: "UnHealthyContainerHealthStatus",
        dimensions: { ClusterName: "edges", ServiceName: "nodes", ContainerName: "node" },
        statistic: "Maximum",
      },
    ]);
    expect(alarm).toMatchObject({ threshold: 1, comparison_operator: "GreaterThanOrEqualToThreshold" });
    expect(alarm.alarm_description).toContain("node");
  });

  it("is Amazon ECS's to replace; only what keeps coming back is told, with pauses between", () => {
    const { period, evaluation_periods, datapoints_to_alarm } = alarm;
    // A start of five minutes and a drain of two, wherever the periods begin.
    const touched = Math.ceil((300 + 120) / Number(period)) + 1;
    expect(Number(datapoints_to_alarm)).toBeGreaterThan(touched);
    expect(Number(evaluation_periods)).toBeGreaterThan(Number(datapoints_to_alarm));
  });
});
