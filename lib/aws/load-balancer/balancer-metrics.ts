import type { Metric } from "../alarm";

/** A load balancer and the group of targets behind it, as their metrics name them. */
export interface WatchedBalancer {
  /** `app/<name>/<id>`. */
  readonly balancer: { readonly arnSuffix: string };
  /** `targetgroup/<name>/<id>`. */
  readonly targetGroup: { readonly arnSuffix: string };
}

type OfBalancer =
  | "CapacityUtilization"
  | "ConsumedLCUs"
  | "HTTPCode_ELB_4XX_Count"
  | "HTTPCode_ELB_5XX_Count"
  | "RejectedConnectionCount"
  | "RequestCount";

type OfTargets =
  | "HTTPCode_Target_2XX_Count"
  | "HTTPCode_Target_3XX_Count"
  | "HTTPCode_Target_4XX_Count"
  | "HTTPCode_Target_5XX_Count"
  | "HealthyHostCount"
  | "RequestCount"
  | "TargetResponseTime"
  | "UnHealthyHostCount";

const NAMESPACE = "AWS/ApplicationELB";

/**
 * A metric of the load balancer itself (User Guide for Application Load Balancers, "CloudWatch metrics for your Application
 * Load Balancer").
 */
export function balancerMetric({ balancer }: WatchedBalancer, name: OfBalancer): Metric {
  return { namespace: NAMESPACE, name, dimensions: { LoadBalancer: balancer.arnSuffix } };
}

/** A metric of the targets (same source as {@link balancerMetric}). Health is published with both dimensions only. */
export function targetMetric({ balancer, targetGroup }: WatchedBalancer, name: OfTargets): Metric {
  const dimensions = { LoadBalancer: balancer.arnSuffix, TargetGroup: targetGroup.arnSuffix };
  return { namespace: NAMESPACE, name, dimensions };
}
