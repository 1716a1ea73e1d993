import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";

import type { AwsPlace } from "../names";
import type { Metric, Statistic } from "./alarm";

/** One line of a chart. */
export interface Line extends Metric {
  /** @default - the widget's */
  readonly statistic?: Statistic;
  /** What the legend calls it. @default - CloudWatch tells the lines apart by what differs between them */
  readonly label?: string;
}

/** A chart over time. */
export interface Widget {
  readonly title: string;
  readonly metrics: readonly Line[];
  readonly statistic: Statistic;
}

/** What is found in a log group within the time that the dashboard shows, as a table. Each look at it is a query that is charged by what it reads. */
export interface LogTable {
  readonly title: string;
  readonly logGroup: string;
  /** Commands of CloudWatch Logs Insights, in their order. */
  readonly query: readonly string[];
}

/** Properties of a {@link Dashboard}. */
export interface DashboardProps {
  /** Letters, digits, hyphens and underscores. */
  readonly name: string;
  /** Where the metrics are. */
  readonly place: AwsPlace;
  /** From left to right, then downwards. */
  readonly widgets: readonly (Widget | LogTable)[];
}

/** Width and height of a widget; the console's grid is 24 wide. */
const SIZE = { width: 12, height: 6 };

const WIDGETS_PER_ROW = 2;

const PERIOD_SECONDS = 300;

/** Charts of metrics and tables of logs, two in a row. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, "Resource", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({
        widgets: props.widgets.map((widget, index) => ({
          ...SIZE,
          x: (index % WIDGETS_PER_ROW) * SIZE.width,
          y: Math.floor(index / WIDGETS_PER_ROW) * SIZE.height,
          ...("query" in widget ? renderTable(widget, props.place) : renderChart(widget, props.place)),
        })),
      }),
    });
  }
}

const renderChart = ({ title, metrics, statistic }: Widget, { region }: AwsPlace) => ({
  type: "metric",
  properties: {
    title,
    region,
    view: "timeSeries",
    period: PERIOD_SECONDS,
    stat: statistic,
    metrics: metrics.map(renderLine),
  },
});

const renderTable = ({ title, logGroup, query }: LogTable, { region }: AwsPlace) => ({
  type: "log",
  properties: { title, region, view: "table", query: [`SOURCE '${logGroup}'`, ...query].join(" | ") },
});

/**
 * As a list of texts, with what is the line's own at the end (Amazon CloudWatch API Reference, "Dashboard Body Structure and
 * Syntax").
 */
function renderLine({ namespace, name, dimensions, statistic, label }: Line): readonly unknown[] {
  const own = { ...(statistic && { stat: statistic }), ...(label && { label }) };
  return [namespace, name, ...Object.entries(dimensions).flat(), ...(Object.keys(own).length > 0 ? [own] : [])];
}
