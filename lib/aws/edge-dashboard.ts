import type { Construct } from "constructs";

import type { AwsPlace } from "../names";
import type { Metric, Statistic } from "./alarm";
import { Dashboard, type Line, type Widget } from "./dashboard";
import { taskCountMetric, utilizationMetric, type WatchedService } from "./ecs/service-metrics";
import { balancerMetric, targetMetric, type WatchedBalancer } from "./load-balancer/balancer-metrics";

/** Properties of {@link EdgeDashboard}. */
export interface EdgeDashboardProps extends WatchedBalancer, WatchedService {
  readonly name: string;
  readonly place: AwsPlace;
  /** What those are that answer: `nodes`. */
  readonly targetsCalled: string;
  /** The targets' other group, which takes gRPC. @default - none */
  readonly grpcTargetGroup?: WatchedBalancer["targetGroup"];
  /** What else there is to see. @default - nothing */
  readonly further?: readonly Widget[];
}

/** An edge at a glance: what comes in, how it is answered and how fast, who answers, and what is left of the capacity. */
export class EdgeDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: EdgeDashboardProps) {
    super(scope, id, { name: props.name, place: props.place, widgets: widgets(props) });
  }
}

function widgets(edge: EdgeDashboardProps): readonly Widget[] {
  const { balancer, targetsCalled, grpcTargetGroup, further = [] } = edge;
  const cpu = utilizationMetric(edge, "CPUUtilization");
  const memory = utilizationMetric(edge, "MemoryUtilization");
  return [
    {
      title: `Requests, and how the ${targetsCalled} answered`,
      metrics: [
        line("requests", targetMetric(edge, "RequestCount")),
        line("2xx", targetMetric(edge, "HTTPCode_Target_2XX_Count")),
        line("3xx", targetMetric(edge, "HTTPCode_Target_3XX_Count")),
        line("4xx", targetMetric(edge, "HTTPCode_Target_4XX_Count")),
        line("5xx", targetMetric(edge, "HTTPCode_Target_5XX_Count")),
      ],
      statistic: "Sum",
    },
    {
      title: "What the load balancer answered or turned away itself",
      metrics: [
        line("5xx", balancerMetric(edge, "HTTPCode_ELB_5XX_Count")),
        line("4xx", balancerMetric(edge, "HTTPCode_ELB_4XX_Count")),
        line("rejected connections", balancerMetric(edge, "RejectedConnectionCount")),
      ],
      statistic: "Sum",
    },
    responseTimes("Seconds until a response begins", edge),
    health(`The ${targetsCalled} in the eyes of the health checks`, edge),
    {
      title: "Tasks",
      metrics: [
        line("desired", taskCountMetric(edge, "DesiredTaskCount")),
        line("running", taskCountMetric(edge, "RunningTaskCount")),
        line("pending", taskCountMetric(edge, "PendingTaskCount")),
      ],
      statistic: "Average",
    },
    {
      title: "CPU and memory of the tasks in percent",
      metrics: [
        line("CPU, average", cpu, "Average"),
        line("CPU, fullest task", cpu, "Maximum"),
        line("memory, average", memory, "Average"),
        line("memory, fullest task", memory, "Maximum"),
      ],
      statistic: "Average",
    },
    {
      title: "Capacity units that the load balancer consumes",
      metrics: [line("LCU", balancerMetric(edge, "ConsumedLCUs"))],
      statistic: "Sum",
    },
    {
      title: "Capacity of the load balancer in use, in percent",
      metrics: [line("in use", balancerMetric(edge, "CapacityUtilization"))],
      statistic: "Maximum",
    },
    ...(grpcTargetGroup === undefined ? [] : grpcWidgets({ balancer, targetGroup: grpcTargetGroup })),
    ...further,
  ];
}

/** A call of gRPC ends with a status of HTTP 200 whatever came of it, so there is nothing to tell apart. */
function grpcWidgets(edge: WatchedBalancer): readonly Widget[] {
  return [
    { title: "Calls of gRPC", metrics: [line("calls", targetMetric(edge, "RequestCount"))], statistic: "Sum" },
    responseTimes("Seconds until a response of gRPC begins", edge),
    health("The port for gRPC in the eyes of the health checks", edge),
  ];
}

function responseTimes(title: string, edge: WatchedBalancer): Widget {
  const seconds = targetMetric(edge, "TargetResponseTime");
  return { title, metrics: [line("p50", seconds, "p50"), line("p99", seconds, "p99")], statistic: "p99" };
}

function health(title: string, edge: WatchedBalancer): Widget {
  return {
    title,
    // Nodes of the load balancer may see different things: the worst of them.
    metrics: [
      line("healthy, at least", targetMetric(edge, "HealthyHostCount"), "Minimum"),
      line("unhealthy, at most", targetMetric(edge, "UnHealthyHostCount"), "Maximum"),
    ],
    statistic: "Maximum",
  };
}

function line(label: string, metric: Metric, statistic?: Statistic): Line {
  return { ...metric, label, statistic };
}
