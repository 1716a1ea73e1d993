import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";

/** Properties of {@link TargetGroup}. */
export interface TargetGroupProps {
  /** Begins the name, which is shortened to fit. */
  readonly name: string;
  readonly vpcId: string;
  /** Where targets listen. */
  readonly port: number;
  /** What targets speak: one group, one protocol. `grpc` needs listeners that speak HTTPS. @default "http1" */
  readonly protocolVersion?: "http1" | "grpc";
  readonly healthCheck: {
    /** Absolute path, asked past all listener rules. Of a `grpc` group: `/<package>.<service>/<method>`. */
    readonly path: string;
    /** @default - the targets' own */
    readonly port?: number;
    /** Status codes of a healthy target: `200`, `200-299`. Of a `grpc` group those of gRPC: `0`, `0-99`. */
    readonly matcher: string;
  };
  /** How long a target that leaves may finish its requests, in seconds. */
  readonly deregistrationDelaySeconds: number;
}

/**
 * How targets are judged; Elastic Load Balancing, Application Load Balancers, "Health checks for Application Load Balancer target
 * groups" has the ranges. A target is out after 30 seconds of failures, and in again after 20 of successes; a new one is in
 * with its first.
 */
const HEALTH_CHECK = {
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
} as const;

/**
 * Elastic Load Balancing, Application Load Balancers, "Target groups for your Application Load Balancers": one protocol version serves a
 * group. HTTP/2 is not among these, for it would take no HTTP/1.1 requests, hence no WebSocket; gRPC takes no others but its own.
 */
const PROTOCOLS = {
  http1: { version: "HTTP1", inName: "http" },
  grpc: { version: "GRPC", inName: "grpc" },
} as const;

/**
 * Targets by IP address, spoken to in the clear inside the VPC.
 *
 * A request goes to the target with the fewest in hand, which spares one that is slow or has just started. Slow start exists only for
 * round robin ("Edit target group attributes for your Application Load Balancer"), and stays off.
 *
 * Another port or protocol makes a new group under a new name, because both are part of it. The new one exists and has its listener before the
 * old one goes, if what registers targets depends on the listener. A group belongs to one VPC and so does its load balancer: moving
 * to another VPC means destroying both.
 */
export class TargetGroup extends Construct {
  readonly arn: string;
  /** Names the group in metrics: `targetgroup/<name>/<id>`. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const { name, port, protocolVersion = "http1" } = props;
    const { version, inName } = PROTOCOLS[protocolVersion];
    const group = new LbTargetGroup(this, "Resource", {
      name: fitName(`${name}-${inName}-${port}`, NAME_RULES.targetGroup),
      vpcId: props.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      protocolVersion: version,
      port,
      loadBalancingAlgorithmType: "least_outstanding_requests",
      slowStart: 0,
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        port: props.healthCheck.port === undefined ? "traffic-port" : String(props.healthCheck.port),
        path: props.healthCheck.path,
        matcher: props.healthCheck.matcher,
        interval: HEALTH_CHECK.intervalSeconds,
        timeout: HEALTH_CHECK.timeoutSeconds,
        healthyThreshold: HEALTH_CHECK.healthyThreshold,
        unhealthyThreshold: HEALTH_CHECK.unhealthyThreshold,
      },
      tags: { Name: name },
      // A listener that points to a group keeps it from being deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    this.arn = group.arn;
    this.arnSuffix = group.arnSuffix;
  }
}
