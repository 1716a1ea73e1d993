import { Dashboard, type LogTable, type Widget } from "../../../lib/aws/dashboard";
import { objectsOf, parsedObject } from "../../support/json";
import { balancerIn, built, chartsOf } from "./cloudwatch";

const PLACE = { accountId: "111122223333", region: "eu-central-1" };
const LINE = { namespace: "Space", name: "Waiting", dimensions: { Queue: "q", Kind: "k" } };

const dashboard = (...widgets: readonly (Widget | LogTable)[]) =>
  built((stack) => new Dashboard(stack, "dashboard", { name: "glance", place: PLACE, widgets }));

const widget = (title: string): Widget => ({ title, metrics: [LINE], statistic: "Sum" });

test("charts fill rows of the console's 24 columns and never lie on each other", () => {
  const template = dashboard(...["a", "b", "c", "d", "e"].map(widget));
  const { dashboard_body } = template.resource("aws_cloudwatch_dashboard", { dashboard_name: "glance" }).attributes;
  const cells = objectsOf(parsedObject(dashboard_body).widgets).flatMap(({ x, y, width, height }) =>
    Array.from({ length: Number(width) }, (_, column) => Number(x) + column).flatMap((column) =>
      Array.from({ length: Number(height) }, (_, row) => `${column}/${Number(y) + row}`),
    ),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...cells.map((cell) => Number.parseInt(cell)))).toBe(23);
});

test("a chart shows its metrics over time, in the Region where they are", () => {
  const { dashboard_body } = dashboard(widget("a")).resource("aws_cloudwatch_dashboard").attributes;
  expect(parsedObject(dashboard_body).widgets).toEqual([
    expect.objectContaining({
      type: "metric",
      properties: {
        title: "a",
        region: "eu-central-1",
        view: "timeSeries",
        period: 300,
        stat: "Sum",
        metrics: [["Space", "Waiting", "Queue", "q", "Kind", "k"]],
      },
    }),
  ]);
});

test("a table shows what a query finds in a log group, beside charts", () => {
  const table: LogTable = { title: "t", logGroup: "/logs/here", query: ["filter ispresent(a)", "stats count(*) by a"] };
  const { dashboard_body } = dashboard(widget("a"), table).resource("aws_cloudwatch_dashboard").attributes;
  const [chart, shown] = objectsOf(parsedObject(dashboard_body).widgets);
  expect(chart?.type).toBe("metric");
  expect(shown).toEqual({
    type: "log",
    x: 12,
    y: 0,
    width: 12,
    height: 6,
    properties: {
      title: "t",
      region: "eu-central-1",
      view: "table",
      query: "SOURCE '/logs/here' | filter ispresent(a) | stats count(*) by a",
    },
  });
});

test("a line may have a statistic and a label of its own", () => {
  const metrics = [LINE, { ...LINE, statistic: "p99" }, { ...LINE, label: "here" }] as const;
  const lines = chartsOf(dashboard({ title: "a", metrics, statistic: "Sum" })).get("a");
  expect(lines?.map(({ statistic, label }) => [statistic, label])).toEqual([
    ["Sum", undefined],
    ["p99", undefined],
    ["Sum", "here"],
  ]);
});

test("what is known only after apply is still a reference in the text", () => {
  const template = built((stack) => {
    const dimensions = { LoadBalancer: balancerIn(stack).balancer.arnSuffix };
    const widgets: Widget[] = [{ title: "a", metrics: [{ ...LINE, dimensions }], statistic: "Sum" }];
    new Dashboard(stack, "dashboard", { name: "glance", place: PLACE, widgets });
  });
  const [line] = chartsOf(template).get("a") ?? [];
  expect(template.follow(line?.dimensions.LoadBalancer)).toMatchObject({
    attribute: "arn_suffix",
    block: { type: "aws_lb" },
  });
});
