import { Alarm, type AlarmConditions, MathAlarm, type Metric, type Statistic } from "../../../lib/aws/alarm";
import { objectsOf } from "../../support/json";
import { alarmNamed, built, watchedBy } from "./cloudwatch";

const METRIC: Metric = { namespace: "Space", name: "Waiting", dimensions: { Queue: "q" } };
const SERVED: Metric = { namespace: "Space", name: "Served", dimensions: { Queue: "q", Kind: "k" } };
const CONDITIONS: AlarmConditions = {
  name: "alarm",
  description: "What to do.",
  threshold: 7,
  topicArns: ["arn:aws:sns:eu-central-1:111122223333:alarms"],
};

const ofStatistic = (statistic: Statistic) =>
  alarmNamed(
    built((stack) => new Alarm(stack, "alarm", { ...CONDITIONS, metric: METRIC, statistic })),
    "alarm",
  );

const ofMath = (conditions: Partial<AlarmConditions> = {}) =>
  alarmNamed(
    built(
      (stack) =>
        new MathAlarm(stack, "alarm", {
          ...CONDITIONS,
          ...conditions,
          expression: "100 * waiting / served",
          metrics: {
            waiting: { metric: METRIC, statistic: "p99.9" },
            served: { metric: SERVED, statistic: "Sum" },
          },
        }),
    ),
    "alarm",
  );

test.each(["Average", "Maximum", "Minimum", "Sum"] as const)("%s is a statistic of its own", (statistic) => {
  const alarm = ofStatistic(statistic);
  expect(alarm).toMatchObject({ statistic, period: 300 });
  expect(alarm).not.toHaveProperty("extended_statistic");
});

test.each(["p50", "p99", "p99.9"] as const)(
  "%s is an extended statistic, since the two exclude each other",
  (statistic) => {
    const alarm = ofStatistic(statistic);
    expect(alarm).toMatchObject({ extended_statistic: statistic, period: 300 });
    expect(alarm).not.toHaveProperty("statistic");
  },
);

describe("an alarm on metric math", () => {
  it("asks for each metric under the name that the expression uses", () => {
    const queries = objectsOf(ofMath().metric_query).filter(({ metric }) => metric !== undefined);
    expect(queries.map(({ id }) => id)).toEqual(["waiting", "served"]);
    expect(watchedBy(ofMath())).toEqual([
      { namespace: "Space", name: "Waiting", dimensions: { Queue: "q" }, statistic: "p99.9" },
      { namespace: "Space", name: "Served", dimensions: { Queue: "q", Kind: "k" }, statistic: "Sum" },
    ]);
  });

  it("is judged by the expression alone", () => {
    const judged = objectsOf(ofMath().metric_query).filter(({ return_data }) => return_data === true);
    expect(judged).toEqual([expect.objectContaining({ expression: "100 * waiting / served" })]);
    expect(Object.keys(ofMath())).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(metric_name|namespace|dimensions|period|(extended_)?statistic)$/),
      ]),
    );
  });

  it.each([
    [undefined, 300],
    [60, 60],
  ])("measures all metrics over the same period", (periodSeconds, expected) => {
    const metrics = objectsOf(ofMath({ periodSeconds }).metric_query).flatMap(({ metric }) =>
      metric === undefined ? [] : [metric],
    );
    expect(metrics).toHaveLength(2);
    for (const metric of metrics) expect(metric).toMatchObject({ period: expected });
  });

  it("fires and tells like any other", () => {
    const conditions = { below: true, periods: 5, faultyPeriods: 3, missingData: "fault" } as const;
    expect(ofMath(conditions)).toMatchObject({
      comparison_operator: "LessThanThreshold",
      threshold: 7,
      evaluation_periods: 5,
      datapoints_to_alarm: 3,
      treat_missing_data: "breaching",
      alarm_description: "What to do.",
      alarm_actions: CONDITIONS.topicArns,
      ok_actions: CONDITIONS.topicArns,
    });
  });
});
