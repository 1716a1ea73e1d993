import {
  AppautoscalingPolicy,
  type AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
} from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import { Construct } from "constructs";

/** How many tasks run, where, and when more do. */
export interface TaskScalingOptions {
  /** Never fewer: enough for what comes in when the zone with the most of them fails. */
  readonly minTasks: number;
  readonly maxTasks: number;
  /** Average use of CPU that is aimed at. */
  readonly cpuPercent: number;
  /** Requests a minute for each task that are aimed at, from wherever they come. */
  readonly requestsPerTargetPerMinute: number;
  /**
   * Share of the tasks on Fargate Spot, rounded in favour of on-demand capacity. AWS reclaims Spot tasks with two minutes' notice,
   * and nothing takes their place while it has no Spot capacity: 0 where every task counts, 100 where none does.
   */
  readonly spotPercent: number;
}

/** Where a service's requests are counted, as CloudWatch names it. */
export interface ServiceRequests {
  /** `app/<name>/<id>`. */
  readonly balancer: { readonly arnSuffix: string };
  /** `targetgroup/<name>/<id>`. */
  readonly targetGroup: { readonly arnSuffix: string };
}

/** Properties of {@link TaskScaling}. */
export interface TaskScalingProps extends TaskScalingOptions {
  readonly clusterName: string;
  readonly serviceName: string;
  /** One for each target group that the tasks are in. */
  readonly requests: readonly ServiceRequests[];
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
    const keep = (name: string, targetValue: number, metric: TrackedMetric): void => {
      new AppautoscalingPolicy(this, name, {
        name,
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        scalableDimension: target.scalableDimension,
        resourceId: target.resourceId,
        targetTrackingScalingPolicyConfiguration: {
          targetValue,
          ...metric,
          scaleOutCooldown: SCALE_OUT_COOLDOWN_SECONDS,
          scaleInCooldown: SCALE_IN_COOLDOWN_SECONDS,
        },
      });
    };
    keep("cpu", props.cpuPercent, {
      predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
    });
    keep("requests", props.requestsPerTargetPerMinute, requestsPerTask(props.requests));
  }
}

type TrackedMetric = Pick<
  AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration,
  "predefinedMetricSpecification" | "customizedMetricSpecification"
>;

/**
 * Requests that a task gets in a minute. Each group's own count is what its targets get on average; where tasks stand in several, what
 * one of them gets is the sum, and a policy for each group would let every one of them come up to the target alone.
 */
function requestsPerTask(requests: readonly ServiceRequests[]): TrackedMetric {
  const [only, ...others] = requests;
  if (only !== undefined && others.length === 0) {
    const resourceLabel = `${only.balancer.arnSuffix}/${only.targetGroup.arnSuffix}`;
    return { predefinedMetricSpecification: { predefinedMetricType: "ALBRequestCountPerTarget", resourceLabel } };
  }
  const counts = requests.map((group, index) => requestCount(`requests${index + 1}`, group));
  // A group that nobody asks anything of publishes nothing, and the sum takes that for 0.
  const expression = counts.map(({ id }) => id).join(" + ");
  return { customizedMetricSpecification: { metrics: [...counts, { id: "total", expression, returnData: true }] } };
}

/** Elastic Load Balancing, Application Load Balancers, "CloudWatch metrics for your Application Load Balancer". */
function requestCount(id: string, { balancer, targetGroup }: ServiceRequests) {
  const dimensions = [
    { name: "LoadBalancer", value: balancer.arnSuffix },
    { name: "TargetGroup", value: targetGroup.arnSuffix },
  ];
  const metric = { namespace: "AWS/ApplicationELB", metricName: "RequestCountPerTarget", dimensions };
  return { id, metricStat: { metric, stat: "Sum" }, returnData: false };
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
