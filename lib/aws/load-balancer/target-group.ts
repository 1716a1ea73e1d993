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
  readonly healthCheck: {
    /** Absolute path; asked on the targets' port, past all listener rules. */
    readonly path: string;
    /** Status codes of a healthy target: `200`, `200-299`. */
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
 * Targets by IP address, spoken to over HTTP/1.1 inside the VPC: one protocol version serves a group, and HTTP/2 would take no
 * HTTP/1.1 requests, hence no WebSocket.
 *
 * A request goes to the target with the fewest in hand, which spares one that is slow or has just started. Slow start exists only for
 * round robin ("Edit target group attributes for your Application Load Balancer"), and stays off.
 *
 * Another port makes a new group under a new name, because the port is part of it. The new one exists and has its listener before the
 * old one goes, if what registers targets depends on the listener. A group belongs to one VPC and so does its load balancer: moving
 * to another VPC means destroying both.
 */
export class TargetGroup extends Construct {
  readonly arn: string;
  /** Names the group in metrics: `targetgroup/<name>/<id>`. */
  readonly arnSuffix: string;

  constructor(scope: Construct, id: string, props: TargetGroupProps) {
    super(scope, id);
    const { name, port } = props;
    const group = new LbTargetGroup(this, "Resource", {
      name: fitName(`${name}-http-${port}`, NAME_RULES.targetGroup),
      vpcId: props.vpcId,
      targetType: "ip",
      protocol: "HTTP",
      protocolVersion: "HTTP1",
      port,
      loadBalancingAlgorithmType: "least_outstanding_requests",
      slowStart: 0,
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      healthCheck: {
        enabled: true,
        protocol: "HTTP",
        port: "traffic-port",
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
