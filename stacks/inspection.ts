import type { Construct } from "constructs";

import { cidr, planInspection } from "../lib/addresses";
import { EncryptionKey } from "../lib/aws/encryption-key";
import { GatewayLoadBalancer } from "../lib/aws/inspection/gateway-load-balancer";
import { InspectionRoutes } from "../lib/aws/inspection/inspection-routes";
import { InspectionVpc } from "../lib/aws/inspection/inspection-vpc";
import { type Spoke, TransitRouting } from "../lib/aws/inspection/transit-routing";
import { TransitShare } from "../lib/aws/inspection/transit-share";
import { FlowLogs } from "../lib/aws/network/flow-logs";
import type { AwsEnvironment, Environment, InspectionEnvironment } from "../lib/environment";
import { availabilityZone, stackId } from "../lib/names";
import { RingfenceStack } from "../lib/terraform";
import type { AwsNetworkOutputs, TransitOutputs } from "./aws-network";

/** What other stacks may know of the inspection. */
export interface InspectionOutputs {
  /** What an endpoint in another VPC is made for: `com.amazonaws.vpce.<region>.vpce-svc-…`. */
  readonly endpointServiceName: string;
  /** Endpoints of the inspection VPC, by the letter of the zone. */
  readonly endpointIds: Readonly<Record<string, string>>;
}

/** What the stack needs besides the environment's common sections. */
export interface InspectionProps {
  readonly aws: AwsEnvironment;
  readonly inspection: InspectionEnvironment;
  /** Zone letters of the network. */
  readonly zones: readonly string[];
  readonly network: AwsNetworkOutputs;
}

/**
 * A VPC in the way out of all spokes: what they send comes through the transit gateway, passes an appliance behind a Gateway Load
 * Balancer in the zone it came from, and leaves through a NAT gateway with a fixed address. Replies go the same way back.
 */
export class InspectionStack extends RingfenceStack {
  readonly outputs: InspectionOutputs;

  constructor(scope: Construct, environment: Environment, { aws, inspection, zones, network }: InspectionProps) {
    super(scope, environment, "inspection", { clouds: ["aws"] });
    const { protect } = environment;
    const name = stackId(environment.name, "inspection");
    const transit = transitOf(network);
    const spokes = [
      { name: "own", attachmentId: transit.attachmentId, cidrs: [network.cidr] },
      ...Object.entries(inspection.spokes).map(([spoke, settings]): Spoke => ({ name: `of-${spoke}`, ...settings })),
    ];

    const key = new EncryptionKey(this, "key", {
      alias: name,
      description: `Data and logs of ${name}`,
      place: aws,
      protect,
    });
    const vpc = new InspectionVpc(this, "network", {
      name,
      cidr: inspection.network.cidr,
      plan: planInspection(cidr(inspection.network.cidr), zones),
      availabilityZone: (zone) => availabilityZone(aws.region, zone),
    });
    new FlowLogs(this, "flow-logs", { name, place: aws, vpcId: vpc.vpc.id, kmsKeyArn: key.arn });
    const balancer = new GatewayLoadBalancer(this, "balancer", {
      ...inspection,
      name,
      vpcId: vpc.vpc.id,
      subnetIds: vpc.subnetIds("appliance"),
      deregistrationDelaySeconds: inspection.deregistrationDelaySeconds ?? inspection.tcpIdleTimeoutSeconds,
      protect,
    });
    const transitRouting = new TransitRouting(this, "transit", {
      name,
      transitGatewayId: transit.transitGatewayId,
      vpcId: vpc.vpc.id,
      subnetIds: vpc.subnetIds("attachment"),
      spokes,
      betweenSpokes: inspection.betweenSpokes,
    });
    const { endpointIds } = new InspectionRoutes(this, "routes", {
      name,
      network: vpc,
      internalCidrs: spokes.flatMap(({ cidrs }) => cidrs),
      transit: { gatewayId: transit.transitGatewayId, attachment: transitRouting.attachment },
      egressAllocationIds: transit.egressAllocationIds,
      endpointServiceName: balancer.endpointServiceName,
    });
    if (inspection.share) {
      new TransitShare(this, "share", {
        name,
        place: aws,
        transitGatewayId: transit.transitGatewayId,
        principals: inspection.share.principals,
      });
    }

    this.outputs = { endpointServiceName: balancer.endpointServiceName, endpointIds };
    this.publish("endpoint-service-name", balancer.endpointServiceName, "Make Gateway Load Balancer endpoints for it");
  }
}

/** @throws Error when the network leaves another way */
function transitOf({ transit }: AwsNetworkOutputs): TransitOutputs {
  if (transit === undefined) throw new Error("the network does not leave through inspection");
  return transit;
}
