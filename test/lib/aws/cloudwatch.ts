import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { App, TerraformStack } from "cdktf";

import type { WatchedBalancer } from "../../../lib/aws/load-balancer/balancer-metrics";
import type { JsonObject, JsonValue } from "../../../lib/policy/terraform-json";
import { isList } from "../../../lib/policy/terraform-json";
import { withFolder } from "../../support/folder";
import { objectOf, objectsOf, parsedObject, textOf } from "../../support/json";
import { Template } from "../../support/template";
import { evaluate, type Period } from "./metric-math";

const ALARM = "aws_cloudwatch_metric_alarm";

const ALB = ["LoadBalancer"];
const ALB_TARGETS = ["LoadBalancer", "TargetGroup"];
const SERVICE = ["ClusterName", "ServiceName"];
const ZONE_TARGETS = ["AvailabilityZone", "LoadBalancer", "TargetGroup"];
const GROUP = ["AutoScalingGroupName"];
const FUNCTION = ["FunctionName"];
const HTTP_API = ["ApiId", "Stage"];
const REST_API = ["ApiName", "Stage"];
const CONTAINER = ["ClusterName", "ContainerName", "ServiceName"];

/**
 * The dimensions that AWS publishes each metric with, as the User Guide for Application Load Balancers ("CloudWatch metrics for
 * your Application Load Balancer"), that for Gateway Load Balancers (likewise), the Amazon EC2 User Guide ("CloudWatch metrics that are
 * available for your instances"), the Amazon EC2 Auto Scaling User Guide ("Amazon CloudWatch metrics for Amazon EC2 Auto Scaling"), the
 * Amazon ECS Developer Guide ("Amazon ECS CloudWatch metrics"), the Amazon CloudWatch User Guide ("Amazon ECS Container Insights with
 * enhanced observability metrics"), the AWS Lambda Developer Guide ("Types of metrics for Lambda functions") and the Amazon API Gateway
 * Developer Guide ("Monitor CloudWatch metrics for HTTP APIs", "Amazon API Gateway dimensions and metrics") list them.
 */
const PUBLISHED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "AWS/ApplicationELB CapacityUtilization": [ALB],
  "AWS/ApplicationELB ConsumedLCUs": [ALB],
  "AWS/ApplicationELB HTTPCode_ELB_4XX_Count": [ALB],
  "AWS/ApplicationELB HTTPCode_ELB_5XX_Count": [ALB],
  "AWS/ApplicationELB HTTPCode_Target_2XX_Count": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB HTTPCode_Target_3XX_Count": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB HTTPCode_Target_4XX_Count": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB HTTPCode_Target_5XX_Count": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB HealthyHostCount": [ALB_TARGETS],
  "AWS/ApplicationELB RejectedConnectionCount": [ALB],
  "AWS/ApplicationELB RequestCount": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB TargetResponseTime": [ALB, ALB_TARGETS],
  "AWS/ApplicationELB UnHealthyHostCount": [ALB_TARGETS],
  "AWS/ApiGateway 4XXError": [REST_API],
  "AWS/ApiGateway 4xx": [HTTP_API],
  "AWS/ApiGateway 5XXError": [REST_API],
  "AWS/ApiGateway 5xx": [HTTP_API],
  "AWS/ApiGateway Count": [HTTP_API, REST_API],
  "AWS/ApiGateway Latency": [HTTP_API, REST_API],
  "AWS/ECS CPUUtilization": [SERVICE],
  "AWS/ECS MemoryUtilization": [SERVICE],
  "AWS/GatewayELB ActiveFlowCount": [ALB],
  "AWS/GatewayELB HealthyHostCount": [ALB_TARGETS, ZONE_TARGETS],
  "AWS/GatewayELB NewFlowCount": [ALB],
  "AWS/GatewayELB ProcessedBytes": [ALB],
  "AWS/GatewayELB UnHealthyHostCount": [ALB_TARGETS, ZONE_TARGETS],
  "AWS/Lambda ConcurrentExecutions": [FUNCTION],
  "AWS/Lambda Duration": [FUNCTION],
  "AWS/Lambda Errors": [FUNCTION],
  "AWS/Lambda Invocations": [FUNCTION],
  "AWS/Lambda Throttles": [FUNCTION],
  "AWS/AutoScaling GroupInServiceInstances": [GROUP],
  "AWS/EC2 CPUUtilization": [GROUP],
  "AWS/EC2 NetworkPacketsIn": [GROUP],
  "AWS/EC2 NetworkPacketsOut": [GROUP],
  "ECS/ContainerInsights DesiredTaskCount": [SERVICE],
  "ECS/ContainerInsights PendingTaskCount": [SERVICE],
  "ECS/ContainerInsights RunningTaskCount": [SERVICE],
  "ECS/ContainerInsights UnHealthyContainerHealthStatus": [CONTAINER],
};

/** A metric that an alarm or a chart looks at. */
export interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: JsonObject;
  readonly statistic: string;
  /** What the legend of a chart calls it. */
  readonly label?: string;
}

/** A stack that holds what a test puts into it. */
export function built(build: (stack: TerraformStack) => void): Template {
  return withFolder((outdir) => {
    const stack = new TerraformStack(new App({ outdir, stackTraces: false }), "test");
    build(stack);
    return Template.of(stack);
  });
}

/** A load balancer `edge` and its targets, whose suffixes are known only after apply. */
export function balancerIn(stack: TerraformStack): WatchedBalancer {
  return {
    balancer: new Lb(stack, "edge", { name: "edge" }),
    targetGroup: new LbTargetGroup(stack, "nodes", { name: "nodes" }),
  };
}

/** The alarm of this name. */
export function alarmNamed(template: Template, name: string): JsonObject {
  return template.resource(ALARM, { alarm_name: name }).attributes;
}

/** All alarms, by their names. */
export function alarmsOf(template: Template): ReadonlyMap<string, JsonObject> {
  return new Map(template.resources(ALARM).map(({ attributes }) => [textOf(attributes.alarm_name), attributes]));
}

/** What an alarm looks at. */
export function watchedBy(alarm: JsonObject): readonly Watched[] {
  if (alarm.metric_query === undefined) {
    const { namespace, metric_name, dimensions, statistic, extended_statistic } = alarm;
    return [watched(namespace, metric_name, dimensions, statistic ?? extended_statistic)];
  }
  return objectsOf(alarm.metric_query)
    .filter(({ metric }) => metric !== undefined)
    .map((query) => objectOf(query.metric))
    .map(({ namespace, metric_name, dimensions, stat }) => watched(namespace, metric_name, dimensions, stat));
}

/** What an alarm on metric math is judged by in a period in which these values were measured; `undefined` for nothing. */
export function resultOf(alarm: JsonObject, period: Period): number | undefined {
  const [result] = objectsOf(alarm.metric_query).filter(({ expression }) => expression !== undefined);
  return evaluate(textOf(result?.expression), period);
}

/** Whether such a period counts against it. */
export function isFaulty(alarm: JsonObject, period: Period): boolean {
  const value = resultOf(alarm, period);
  if (value === undefined) return alarm.treat_missing_data === "breaching";
  return alarm.comparison_operator === "LessThanThreshold"
    ? value < Number(alarm.threshold)
    : value >= Number(alarm.threshold);
}

/** The charts of the one dashboard: what they look at, by their titles. */
export function chartsOf(template: Template): ReadonlyMap<string, readonly Watched[]> {
  const { dashboard_body } = template.resource("aws_cloudwatch_dashboard").attributes;
  const charts = objectsOf(parsedObject(dashboard_body).widgets).map(({ properties }) => objectOf(properties));
  return new Map(
    charts.map(({ title, stat, metrics }) => [
      textOf(title),
      (isList(metrics) ? metrics : []).filter(isList).map((line) => chartLine(line, stat)),
    ]),
  );
}

/** Those of the metrics that AWS does not publish with exactly these dimensions. */
export function unpublished(metrics: readonly Watched[]): readonly Watched[] {
  return metrics.filter(({ namespace, name, dimensions }) => {
    const names = Object.keys(dimensions).sort().join();
    return !(PUBLISHED[`${namespace} ${name}`] ?? []).some((published) => published.join() === names);
  });
}

function chartLine(line: readonly JsonValue[], statistic: JsonValue | undefined): Watched {
  const texts = line.filter((item) => typeof item === "string");
  const [namespace, name, ...pairs] = texts;
  const own = line.length > texts.length ? objectOf(line.at(-1)) : {};
  const dimensions = Object.fromEntries(
    pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1] ?? ""] as const] : [])),
  );
  return {
    ...watched(namespace, name, dimensions, own.stat ?? statistic),
    label: own.label === undefined ? undefined : textOf(own.label),
  };
}

function watched(
  namespace: JsonValue | undefined,
  name: JsonValue | undefined,
  dimensions: JsonValue | undefined,
  statistic: JsonValue | undefined,
): Watched {
  return {
    namespace: textOf(namespace),
    name: textOf(name),
    dimensions: objectOf(dimensions),
    statistic: textOf(statistic),
  };
}
