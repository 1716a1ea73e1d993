import type { Metric } from "../alarm";

/** A service of Amazon ECS, as its metrics name it. */
export interface WatchedService {
  readonly clusterName: string;
  readonly serviceName: string;
}

type Utilization = "CPUUtilization" | "MemoryUtilization";

type TaskCount = "DesiredTaskCount" | "PendingTaskCount" | "RunningTaskCount";

const INSIGHTS = "ECS/ContainerInsights";

/**
 * Percent of what the tasks may use; the maximum is that of the fullest task (Amazon ECS Developer Guide, "Amazon ECS service
 * utilization metrics").
 */
export function utilizationMetric(service: WatchedService, name: Utilization): Metric {
  return { namespace: "AWS/ECS", name, dimensions: dimensionsOf(service) };
}

/**
 * A count of tasks, where the cluster has Container Insights (Amazon CloudWatch User Guide, "Amazon ECS Container Insights with
 * enhanced observability metrics").
 */
export function taskCountMetric(service: WatchedService, name: TaskCount): Metric {
  return { namespace: INSIGHTS, name, dimensions: dimensionsOf(service) };
}

/**
 * 1 for a container that fails the health check of its task definition, 0 for one that passes it (same source as
 * {@link taskCountMetric}).
 */
export function containerHealthMetric(service: WatchedService, containerName: string): Metric {
  return {
    namespace: INSIGHTS,
    name: "UnHealthyContainerHealthStatus",
    dimensions: { ...dimensionsOf(service), ContainerName: containerName },
  };
}

function dimensionsOf({ clusterName, serviceName }: WatchedService): Metric["dimensions"] {
  return { ClusterName: clusterName, ServiceName: serviceName };
}
