import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";

/** How many tasks run, where, and when more do. */
export interface TaskScalingOptions {
  /** Never fewer: enough for what comes in when the zone with the most of them fails. */
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Average use of CPU that is aimed at. */
  readonly cpuPercent: number;
  /** Requests a minute for each task that are aimed at. */
  readonly requestsPerTargetPerMinute: number;
  /**
   * Share of the tasks on Fargate Spot, rounded in favour of on-demand capacity. AWS reclaims Spot tasks with two minutes' notice,
   * and nothing takes their place while it has no Spot capacity: 0 where every task counts, 100 where none does.
   */
  readonly spotPercent: number;
}

/** Properties of {@link TaskScaling}. */
export interface TaskScalingProps extends TaskScalingOptions {
  readonly clusterName: string;
  readonly serviceName: string;
  /** What CloudWatch calls the target group behind its load balancer: `app/<name>/<id>/targetgroup/<name>/<id>`. */
  readonly requestLabel: string;
}

/** A burst does not wait: tasks that are still starting count as capacity already asked for. */
const SCALE_OUT_COOLDOWN_SECONDS = 60;

/** Gives a new task time to take its share before another one is taken away. */
const SCALE_IN_COOLDOWN_SECONDS = 300;

/**
 * Keeps CPU and requests per task at their targets. The policy that asks for more tasks wins, and tasks go only when both agree
 * (Application Auto Scaling User Guide, "How target tracking scaling works").
 */
export class TaskScaling extends Construct {
  constructor(scope: Construct, id: string, props: TaskScalingProps) {
    super(scope, id);
    const target = new AppautoscalingTarget(this, "Resource", {
      serviceNamespace: "ecs",
      scalableDimension: "ecs:service:DesiredCount",
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      minCapacity: props.minTasks,
      maxCapacity: props.maxTasks,
    });
    const keep = (name: string, targetValue: number, metric: PredefinedMetric): void => {
      new AppautoscalingPolicy(this, name, {
        name,
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          targetValue,
          predefinedMetricSpecification: metric,
          scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
          scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
        },
      });
    };
    keep("cpu", props.cpuPercent, { predefinedMetricType: "ECSServiceAverageCPUUtilization" });
    keep("requests", props.requestsPerTargetPerMinute, {
      predefinedMetricType: "ALBRequestCountPerTarget",
      resourceLabel: props.requestLabel,
    });
  }
}

interface PredefinedMetric {
  readonly predefinedMetricType: "ECSServiceAverageCPUUtilization" | "ALBRequestCountPerTarget";
  readonly resourceLabel?: string;
}

/** A part of a service's tasks, as `capacity_provider_strategy` says it. */
export interface CapacityShare {
  readonly capacityProvider: "FARGATE" | "FARGATE_SPOT";
  /** Tasks that are placed there before any share counts. */
  readonly base?: number;
  readonly weight: number;
}

/** Where tasks run. Always a strategy, also without Spot: a service can change it in place, but not come from a launch type to it. */
export function capacityStrategy({ minTasks, spotPercent }: TaskScalingOptions): CapacityShare[] {
  if (spotPercent === 0) return [{ capacityProvider: "FARGATE", weight: 1 }];
  const onDemandPercent = 100 - spotPercent;
  const spot: CapacityShare = { capacityProvider: "FARGATE_SPOT", weight: spotPercent };
  if (onDemandPercent === 0) return [spot];
  const base = Math.ceil((minTasks * onDemandPercent) / 100);
  return [{ capacityProvider: "FARGATE", base, weight: onDemandPercent }, spot];
}
