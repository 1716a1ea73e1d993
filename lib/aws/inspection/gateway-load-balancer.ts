import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { VpcEndpointService } from "@cdktf/provider-aws/lib/vpc-endpoint-service";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../../names";
import { guarded } from "../../terraform";
import { GENEVE_PORT, HEALTH_PATH, HEALTH_PORT } from "./appliance-contract";

/** Properties of {@link GatewayLoadBalancer}. */
export interface GatewayLoadBalancerProps {
  /** Begins names, which are shortened to fit. */
  readonly name: string;
  readonly vpcId: string;
  /** One subnet in each zone. None can be taken away again. */
  readonly subnetIds: readonly string[];
  /** After how long an idle TCP connection is forgotten, 60 to 6,000 seconds. */
  readonly tcpIdleTimeoutSeconds: number;
  /** How long an appliance that goes keeps its connections, up to 3,600 seconds. */
  readonly deregistrationDelaySeconds: number;
  /** What becomes of connections whose appliance fails or goes. */
  readonly targetFailover: "no_rebalance" | "rebalance";
  readonly endpointService: {
    readonly acceptance: "automatic" | "manual";
    /** ARNs of who may make endpoints. */
    readonly allowedPrincipals: readonly string[];
  };
  /** Keeps the load balancer from being deleted, and the service, whose name all who have endpoints know. */
  readonly protect: boolean;
}

/**
 * How appliances are judged; Elastic Load Balancing User Guide for Gateway Load Balancers, "Health checks for Gateway Load Balancer
 * target groups" has the ranges. One is out after 40 seconds of failures, in which Suricata can restart with all of its rules while packets are forwarded as ever, and in
 * again after 20 of successes.
 */
const HEALTH_CHECK = { intervalSeconds: 10, timeoutSeconds: 5, healthyThreshold: 2, unhealthyThreshold: 4 } as const;

/**
 * A Gateway Load Balancer with one group of appliances, offered as a service that VPCs reach through endpoints.
 *
 * Packets of a connection, of both directions, go to one appliance: by the five parts that name a connection, which is also the only way
 * for which AWS lets the idle timeout be set. They stay in their zone: across zones one zone's failure would become another's load.
 */
export class GatewayLoadBalancer extends Construct {
  readonly targetGroupArn: string;
  /** Without it nobody asks the targets how they are. */
  readonly listener: ITerraformDependable;
  /** Names the balancer in metrics: `gateway/<name>/<id>`. */
  readonly arnSuffix: string;
  /** Names the group in metrics: `targetgroup/<name>/<id>`. */
  readonly targetGroupArnSuffix: string;
  /** What an endpoint is made for: `com.amazonaws.vpce.<region>.vpce-svc-…`. */
  readonly endpointServiceName: string;

  constructor(scope: Construct, id: string, props: GatewayLoadBalancerProps) {
    super(scope, id);
    const { name, endpointService, targetFailover } = props;
    const balancer = new Lb(this, "Resource", {
      name: fitName(name, NAME_RULES.loadBalancer),
      loadBalancerType: "gateway",
      subnets: [...props.subnetIds],
      enableCrossZoneLoadBalancing: false,
      enableDeletionProtection: props.protect,
      tags: { Name: name },
    });
    const group = new LbTargetGroup(this, "appliances", {
      name: fitName(`${name}-geneve`, NAME_RULES.targetGroup),
      vpcId: props.vpcId,
      targetType: "instance",
      protocol: "GENEVE",
      port: GENEVE_PORT,
      deregistrationDelay: String(props.deregistrationDelaySeconds),
      healthCheck: {
        protocol: "HTTP",
        // Unless it is named, AWS asks on port 80.
        port: String(HEALTH_PORT),
        path: HEALTH_PATH,
        matcher: "200",
        interval: HEALTH_CHECK.intervalSeconds,
        timeout: HEALTH_CHECK.timeoutSeconds,
        healthyThreshold: HEALTH_CHECK.healthyThreshold,
        unhealthyThreshold: HEALTH_CHECK.unhealthyThreshold,
      },
      // AWS takes the two only when they are the same.
      targetFailover: [{ onDeregistration: targetFailover, onUnhealthy: targetFailover }],
      tags: { Name: name },
    });
    this.listener = new LbListener(this, "listener", {
      loadBalancerArn: balancer.arn,
      tcpIdleTimeoutSeconds: props.tcpIdleTimeoutSeconds,
      defaultAction: [{ type: "forward", targetGroupArn: group.arn }],
    });
    const service = new VpcEndpointService(this, "service", {
      acceptanceRequired: endpointService.acceptance === "manual",
      allowedPrincipals: [...endpointService.allowedPrincipals],
      gatewayLoadBalancerArns: [balancer.arn],
      supportedIpAddressTypes: ["ipv4"],
      tags: { Name: name },
      lifecycle: guarded(props.protect),
    });

    this.targetGroupArn = group.arn;
    this.arnSuffix = balancer.arnSuffix;
    this.targetGroupArnSuffix = group.arnSuffix;
    this.endpointServiceName = service.serviceName;
  }
}
