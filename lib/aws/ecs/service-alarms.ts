import { Construct } from "constructs";

import { Alarm, type AlarmProps, MathAlarm } from "../alarm";
import { containerHealthMetric, taskCountMetric, utilizationMetric, type WatchedService } from "./service-metrics";

/** Properties of {@link ServiceAlarms}. */
export interface ServiceAlarmsProps extends WatchedService {
  /** Begins each alarm's name. */
  readonly name: string;
  /** The container whose health check decides about the task. */
  readonly containerName: string;
  /**
   * Percent of CPU, on average over the tasks, that autoscaling should have kept it from. It must lie well above what
   * autoscaling aims at.
   *
   * @default 85
   */
  readonly cpuPercent?: number;
  /** Percent of memory that the fullest task may use. At 100 it is killed. @default 90 */
  readonly memoryPercent?: number;
  /** SNS topics to notify. */
  readonly topicArns: readonly string[];
}

type Spec = Omit<AlarmProps, "name" | "topicArns">;

const DEFAULT_CPU_PERCENT = 85;

const DEFAULT_MEMORY_PERCENT = 90;

/** Three periods of five minutes: autoscaling needs some of them to notice, and a new task some to start. */
const SUSTAINED = { periodSeconds: 300, periods: 3 } as const;

/**
 * Four of six periods of five minutes. Amazon ECS starts the replacement of an unhealthy task before it stops that task, which
 * may touch three periods with a slow start and a drain: a fourth is of the replacement, or of one that never came.
 */
const AGAIN_AND_AGAIN = { periodSeconds: 300, periods: 6, faultyPeriods: 4 } as const;

/**
 * Alarms of a service on Fargate, in a cluster with Container Insights with enhanced observability.
 *
 * There is none for restarts: CloudWatch counts them only for containers with a restart policy. Without one a container that
 * ends takes its task with it, and the tasks that are missing tell.
 */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ServiceAlarmsProps) {
    super(scope, id);
    const { name, topicArns } = props;
    for (const [alarm, spec] of Object.entries(alarmSpecs(props))) {
      new Alarm(this, alarm, { ...spec, name: `${name}-${alarm}`, topicArns });
    }
    new MathAlarm(this, "tasks-missing", {
      name: `${name}-tasks-missing`,
      description:
        "For a quarter of an hour fewer tasks have run than the service wants, or nothing has been heard of any. The service's " +
        "events say why none is started; the stopped tasks say why they ended (image, secret, memory, health check).",
      expression: "desired - running",
      // Only a gap that lasted all through a period counts: growth and releases open and close it within minutes.
      metrics: {
        desired: { metric: taskCountMetric(props, "DesiredTaskCount"), statistic: "Minimum" },
        running: { metric: taskCountMetric(props, "RunningTaskCount"), statistic: "Maximum" },
      },
      threshold: 1,
      // A service without a single task may publish nothing at all.
      missingData: "fault",
      ...SUSTAINED,
      topicArns,
    });
  }
}

/** Use of CPU to be alarmed at: clearly above what autoscaling aims at, where it cannot add enough tasks any more. */
export function alarmingCpuPercent(aimedAt: number): number {
  return Math.min(95, Math.max(85, aimedAt + 15));
}

function alarmSpecs(props: ServiceAlarmsProps): Record<string, Spec> {
  const { cpuPercent = DEFAULT_CPU_PERCENT, memoryPercent = DEFAULT_MEMORY_PERCENT } = props;
  return {
    cpu: {
      description:
        `The tasks have used ${cpuPercent} % of their CPU or more for a quarter of an hour: autoscaling has not kept up. If the ` +
        "service runs the most tasks that it may, raise that number; if it does not, its scaling activities say why.",
      metric: utilizationMetric(props, "CPUUtilization"),
      statistic: "Average",
      threshold: cpuPercent,
      ...SUSTAINED,
    },
    memory: {
      description:
        `The fullest task has used ${memoryPercent} % of its memory or more for a quarter of an hour; at 100 it is killed. More ` +
        "tasks may not help: give each more memory, or replace them one after the other if it is a leak.",
      metric: utilizationMetric(props, "MemoryUtilization"),
      // One task that fills up is lost in the average of many.
      statistic: "Maximum",
      threshold: memoryPercent,
      ...SUSTAINED,
    },
    "container-unhealthy": {
      description:
        `The container ${props.containerName} keeps failing its health check, in one task after another or in one that is not ` +
        "replaced. Read its log; if a release has just gone out, roll it back.",
      metric: containerHealthMetric(props, props.containerName),
      statistic: "Maximum",
      threshold: 1,
      ...AGAIN_AND_AGAIN,
    },
  };
}
