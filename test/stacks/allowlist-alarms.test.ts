import example from "../../environments/example";
import * as contract from "../../lambda/allowlist-sync/contract";
import { isList, type JsonObject } from "../../lib/policy/terraform-json";
import hosted from "../environments/hosted";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { objectOf, objectsOf, parsedObject, textOf } from "../support/json";
import { stackTemplates } from "../support/stacks";
import type { Template } from "../support/template";

const ALARM = "aws_cloudwatch_metric_alarm";
const templates = [
  ["example", stackTemplates(example).template("example-allowlist")],
  ["wide", stackTemplates(wide).template("wide-allowlist")],
  ["hosted", stackTemplates(hosted).template("hosted-allowlist")],
] as const;
const [[, small], [, full], [, slow]] = templates;

/** Metrics of AWS that alarms and dashboard use, with their dimensions, as the Lambda and WAF developer guides list them. */
const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
  "AWS/Lambda Errors": ["FunctionName"],
  "AWS/Lambda IteratorAge": ["FunctionName"],
  "AWS/Lambda Throttles": ["FunctionName"],
  "AWS/Lambda OnFailureDestinationDeliveredEventCount": ["EventSourceMappingUUID"],
  "AWS/WAFV2 AllowedRequests": ["Region", "Rule", "WebACL"],
  "AWS/WAFV2 BlockedRequests": ["Region", "Rule", "WebACL"],
  "AWS/WAFV2 CountedRequests": ["Region", "Rule", "WebACL"],
};

/** The dimensions that a metric is published with; `undefined` when nobody publishes it. */
function dimensionsOf(namespace: string, name: string): readonly string[] | undefined {
  const { DIMENSIONS, METRICS } = contract;
  if (namespace !== contract.METRIC_NAMESPACE) return AWS_METRICS[`${namespace} ${name}`];
  if (!Object.values<string>(METRICS).includes(name)) return undefined;
  const byFamily: readonly string[] = [METRICS.addresses, METRICS.setFillPercent];
  return [DIMENSIONS.environment, ...(byFamily.includes(name) ? [DIMENSIONS.family] : [])];
}

const alarm = (template: Template, name: string): JsonObject =>
  template.resource(ALARM, { alarm_name: new RegExp(`-allowlist-${name}$`) }).attributes;

describe.each(templates)("the alarms of %s", (environment, template) => {
  const alarms = template.resources(ALARM).map(({ attributes }) => attributes);
  const onMetrics = alarms.filter(({ metric_query }) => metric_query === undefined);

  it.each(onMetrics)(
    "$alarm_name watches a metric that somebody publishes",
    ({ namespace, metric_name, dimensions }) => {
      const expected = dimensionsOf(textOf(namespace), textOf(metric_name));
      expect(Object.keys(objectOf(dimensions)).sort()).toEqual(expected);
      if (namespace === contract.METRIC_NAMESPACE) {
        expect(dimensions).toMatchObject({ [contract.DIMENSIONS.environment]: environment });
      }
    },
  );

  it("name this function and this stream", () => {
    const named = onMetrics.flatMap(({ dimensions }) => Object.entries(objectOf(dimensions)));
    const typesOf = (dimension: string): readonly string[] =>
      named.filter(([name]) => name === dimension).map(([, value]) => template.follow(value).block.type);
    expect(new Set(typesOf("FunctionName"))).toEqual(new Set(["aws_lambda_function"]));
    expect(new Set(typesOf("EventSourceMappingUUID"))).toEqual(new Set(["aws_lambda_event_source_mapping"]));
  });
});

it("tell every topic when they fire and when they end", () => {
  const topics = wide.notify.alarmTopicArns;
  expect(topics).toHaveLength(2);
  const told = full.resources(ALARM, { alarm_actions: [...topics], ok_actions: [...topics] });
  expect(told).toHaveLength(full.count(ALARM));
  expect(small.resources(ALARM, { alarm_actions: [], ok_actions: [] })).toHaveLength(small.count(ALARM));
});

it("there is one for whatever the allowlist cannot heal by itself", () => {
  const watched = small.resources(ALARM).map(({ attributes }) => attributes.metric_name);
  const { METRICS } = contract;
  expect(watched).toEqual(
    expect.arrayContaining([
      "IteratorAge",
      "Errors",
      "OnFailureDestinationDeliveredEventCount",
      METRICS.rejectedEntries,
      METRICS.removalsHeld,
      METRICS.addressesRefused,
      METRICS.drift,
      METRICS.syncLagSeconds,
      METRICS.passSucceeded,
      METRICS.setFillPercent,
    ]),
  );
});

describe.each(templates)("the alarm about waiting plans of %s", (environment, template) => {
  const { METRICS, DIMENSIONS } = contract;
  const waiting = alarm(template, "waiting-plan");
  const [query = {}, ...others] = objectsOf(waiting.metric_query);

  it("asks for the held removals of each plan of this environment", () => {
    const [, ...names] =
      /^SELECT MAX\("(.*?)"\) FROM SCHEMA\("(.*?)", "(.*?)", "(.*?)"\) WHERE "(.*?)" = '(.*?)' GROUP BY "(.*?)"$/.exec(
        textOf(query.expression),
      ) ?? [];
    const dimensions = [DIMENSIONS.environment, DIMENSIONS.plan];
    const where = [DIMENSIONS.environment, environment, DIMENSIONS.plan];
    expect(names).toEqual([METRICS.removalsHeld, contract.METRIC_NAMESPACE, ...dimensions, ...where]);
  });

  it("is the one query's alone", () => {
    expect(others).toEqual([]);
    expect(query).toMatchObject({ return_data: true, id: expect.stringMatching(/^[a-z]\w*$/) as unknown });
    const ofMetrics = ["namespace", "metric_name", "dimensions", "statistic", "period"];
    expect(Object.keys(waiting).filter((argument) => ofMetrics.includes(argument))).toEqual([]);
  });

  it("says where the plan stands, and by which item it is approved", () => {
    const description = textOf(waiting.alarm_description);
    const [, bucket, key] = /s3:\/\/(\$\{.*?\})\/(\S+\.txt)/.exec(description) ?? [];
    expect(template.follow(bucket).block.attributes.bucket).toMatch(/-knowledge-/);
    expect(key).toBe(contract.KNOWLEDGE_KEYS.plan("<digest>"));
    expect(description).toContain(contract.APPROVAL.id);
  });
});

it.each([
  [small, 5],
  [full, 1],
  [slow, 15],
  [stackTemplates(environmentWith({ allowlist: { scheduleMinutes: 60 } })).template("test-allowlist"), 60],
])(
  "a plan that waits is not taken for gone between two passes, and one that is gone ends the alarm",
  (template, minutes) => {
    const waiting = alarm(template, "waiting-plan");
    const [query] = objectsOf(waiting.metric_query);
    const seconds = Number(query?.period) * Number(waiting.evaluation_periods);
    // The last period may just have begun: those before it hold a pass for certain.
    expect(seconds - Number(query?.period)).toBeGreaterThanOrEqual(2 * minutes * 60);
    // Amazon CloudWatch User Guide, "Limits that apply to alarms based on Metrics Insights queries": the latest three hours.
    expect(seconds).toBeLessThanOrEqual(3 * 60 * 60);
    expect(waiting).toMatchObject({ datapoints_to_alarm: 1, treat_missing_data: "notBreaching", threshold: 1 });
  },
);

it.each([
  [small, 2],
  [full, 96],
])("a change is slow when it takes minutes, beside twice the second that AWS asks for each set", (template, sets) => {
  const { threshold } = alarm(template, "sync-lag");
  expect(Number(threshold)).toBeGreaterThanOrEqual(2 * sets + 60);
  expect(Number(threshold)).toBeLessThanOrEqual(2 * sets + 180);
});

it("set fill is watched for each family", () => {
  for (const family of contract.FAMILIES) {
    expect(alarm(small, `set-fill-${family}`)).toMatchObject({
      dimensions: { [contract.DIMENSIONS.family]: family },
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 80,
    });
  }
});

it.each([
  [small, 300],
  [full, 60],
  [slow, 900],
])("silence is a fault after three periods of the schedule", (template, period) => {
  expect(alarm(template, "no-pass")).toMatchObject({
    statistic: "Sum",
    comparison_operator: "LessThanThreshold",
    threshold: 1,
    period,
    evaluation_periods: 3,
    treat_missing_data: "breaching",
  });
});

it("an alarm about a state stays until a pass finds it ended", () => {
  const states = ["rejected-entries", "removals-held", "addresses-refused", "set-fill-ipv4", "set-fill-ipv6"];
  for (const state of states) expect(alarm(slow, state)).toMatchObject({ treat_missing_data: "ignore" });
});

it("an alarm about an event ends when no more come", () => {
  for (const event of ["errors", "iterator-age", "failure-destination", "sync-lag", "drift"]) {
    expect(alarm(slow, event)).toMatchObject({ treat_missing_data: "notBreaching" });
  }
});

it("failures in a row are seen even if only the schedule runs", () => {
  for (const [template, minutes] of [
    [small, 5],
    [full, 1],
    [slow, 15],
  ] as const) {
    const { period, evaluation_periods } = alarm(template, "errors");
    expect(evaluation_periods).toBe(3);
    expect(period).toBeGreaterThanOrEqual(minutes * 60);
  }
});

describe.each(templates)("the dashboard of %s", (environment, template) => {
  const { dashboard_body } = template.resource("aws_cloudwatch_dashboard").attributes;
  const widgets = objectsOf(parsedObject(dashboard_body).widgets);

  it("is named after the stack", () => {
    template.resource("aws_cloudwatch_dashboard", { dashboard_name: `${environment}-allowlist` });
  });

  it("shows only metrics that somebody publishes", () => {
    const metrics = widgets.flatMap(({ properties }) => {
      const { metrics: shown } = objectOf(properties);
      return isList(shown) ? shown.filter(isList) : [];
    });
    expect(metrics.length).toBeGreaterThan(10);
    for (const [namespace, name, ...pairs] of metrics) {
      const dimensions = pairs.filter((_, index) => index % 2 === 0);
      expect([name, dimensions.sort()]).toEqual([name, dimensionsOf(textOf(namespace), textOf(name))]);
    }
  });

  it("shows every metric of the function", () => {
    for (const metric of Object.values(contract.METRICS)) {
      expect(JSON.stringify(widgets)).toContain(`"${contract.METRIC_NAMESPACE}","${metric}"`);
    }
  });

  it("lays its widgets out side by side within the grid of 24 columns", () => {
    const places = widgets.map(({ x, y, width, height }) => [x, y, width, height].map(Number));
    for (const [x = 0, , width = 0] of places) expect(x + width).toBeLessThanOrEqual(24);
    expect(new Set(places.map(([x, y]) => `${x} ${y}`)).size).toBe(places.length);
  });

  it("reads the web ACL under the names that its metrics carry", () => {
    const acl = template.resource("aws_wafv2_web_acl").attributes;
    expect(acl).toMatchObject({ visibility_config: { metric_name: acl.name } });
    expect(JSON.stringify(widgets)).toContain("${aws_wafv2_web_acl.web-acl.name}");
  });
});
