import type { ContainerProps } from "../ecs/container";
import type { PolicyStatement } from "../iam";

/** Properties of {@link nodeSidecar}. */
export interface NodeSidecarProps {
  /** Value of the metrics' only dimension, `Edge`. */
  readonly edge: string;
  readonly region: string;
  /** Where the metrics are written to on their way to CloudWatch. */
  readonly logGroup: { readonly name: string; readonly arn: string };
}

/** A container beside the node, and what it needs. */
export interface NodeSidecar {
  readonly container: ContainerProps;
  /** For the task's role. */
  readonly statements: readonly PolicyStatement[];
}

/** Where CloudWatch shows the metrics of nodes. */
export const NODE_METRICS_NAMESPACE = "Ringfence/Wallarm";

/** The metrics' only dimension. */
export const NODE_METRICS_DIMENSION = "Edge";

/**
 * What is taken of all that a node tells; each is a custom metric and costs as one. Most count since the node's start, so a chart
 * shows their difference (Wallarm, "Traffic and Attack Metrics of the NGINX Node" and "Wallarm Daemon (wd) Metrics of the NGINX
 * Node").
 */
export const NODE_METRICS = [
  "wallarm_requests",
  "wallarm_attacks",
  "wallarm_blocked",
  "wallarm_blocked_by_acl",
  "wallarm_requests_lost",
  "wallarm_abnormal",
  "wallarm_tnt_errors",
  "wallarm_api_errors",
  "wallarm_overlimits_time",
  "wallarm_segfaults",
  "wallarm_stalled_workers",
  "wallarm_proton_instances_failed",
  "wallarm_proton_instances_fallback",
  "wallarm_custom_ruleset_apply_time",
  "wallarm_wd_up",
] as const;

/** AWS Distro for OpenTelemetry Collector, release of 2026-08-25. It stands in Amazon's public registry only. */
const IMAGE = "public.ecr.aws/aws-observability/aws-otel-collector:v0.50.0";

/** The node's aggregated metrics, from 7.1 on (Wallarm, "Monitoring the NGINX Node Metrics and Health"). */
const METRICS_ADDRESS = "127.0.0.1:9445";

const MEBIBYTES = 128;

/**
 * Brings a node's own metrics, which nobody outside its task can read, to CloudWatch. The collector may fail: the node then goes on
 * without metrics.
 */
export function nodeSidecar(props: NodeSidecarProps): NodeSidecar {
  return {
    container: {
      name: "metrics",
      image: { uri: IMAGE },
      environment: { AOT_CONFIG_CONTENT: JSON.stringify(collectorConfiguration(props)) },
      healthCheck: {
        command: ["CMD", "/healthcheck"],
        intervalSeconds: 30,
        timeoutSeconds: 5,
        retries: 3,
        startPeriodSeconds: 60,
      },
      user: "65534:65534",
      readonlyRootFilesystem: true,
      essential: false,
    },
    statements: [
      {
        sid: "WriteNodeMetrics",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [`${props.logGroup.arn}:*`],
      },
    ],
  };
}

/** JSON, which is YAML too. The collector reads `$` as the beginning of a variable, so none stands in it. */
function collectorConfiguration({ edge, region, logGroup }: NodeSidecarProps): object {
  return {
    extensions: { health_check: {} },
    receivers: {
      prometheus: {
        config: {
          scrape_configs: [
            {
              job_name: "wallarm-node",
              scrape_interval: "60s",
              scrape_timeout: "10s",
              static_configs: [{ targets: [METRICS_ADDRESS], labels: { [NODE_METRICS_DIMENSION]: edge } }],
              metric_relabel_configs: [
                { source_labels: ["__name__"], regex: NODE_METRICS.join("|"), action: "keep" },
                // The sum over all applications has no such label; each application's own part would be a metric more.
                { source_labels: ["app_id"], regex: ".+", action: "drop" },
              ],
            },
          ],
        },
      },
    },
    processors: { memory_limiter: { check_interval: "5s", limit_mib: MEBIBYTES }, batch: { timeout: "60s" } },
    exporters: {
      awsemf: {
        region,
        namespace: NODE_METRICS_NAMESPACE,
        log_group_name: logGroup.name,
        log_stream_name: "node-metrics",
        dimension_rollup_option: "NoDimensionRollup",
        // What matches none of these, such as the collector's own account of its scrapes, becomes no metric.
        metric_declarations: [{ dimensions: [[NODE_METRICS_DIMENSION]], metric_name_selectors: ["^wallarm_"] }],
      },
    },
    service: {
      extensions: ["health_check"],
      pipelines: {
        metrics: { receivers: ["prometheus"], processors: ["memory_limiter", "batch"], exporters: ["awsemf"] },
      },
    },
  };
}
