import { Ec2TransitGateway } from "@cdktf/provider-aws/lib/ec2-transit-gateway";
import { Ec2TransitGatewayVpcAttachment } from "@cdktf/provider-aws/lib/ec2-transit-gateway-vpc-attachment";
import { Construct } from "constructs";

import { guarded } from "../../terraform";
import type { ClosedTier } from "./closed-tier";
import type { WayOut } from "./zone-network";

/** Properties of {@link SpokeTransit}. */
export interface SpokeTransitProps {
  /** Name tag of the transit gateway and the attachment. */
  readonly name: string;
  readonly vpcId: string;
  /** One subnet in each zone; the gateway reaches only zones in which it has one. */
  readonly tier: ClosedTier;
  /** An existing transit gateway of this account and Region. @default - one is made */
  readonly transitGatewayId?: string;
  /** Keeps a gateway that is made here, through which other VPCs may leave too, from being destroyed. */
  readonly protect: boolean;
}

/**
 * A VPC as the spoke of a transit gateway. Which route table the attachment is associated with is for whoever owns the
 * gateway's route tables: until it is, nothing that is sent to the gateway arrives.
 */
export class SpokeTransit extends Construct {
  readonly transitGatewayId: string;
  readonly attachmentId: string;
  /** For the routes that lead to the gateway: AWS takes them only once the VPC is attached. */
  readonly wayOut: WayOut;

  constructor(scope: Construct, id: string, props: SpokeTransitProps) {
    super(scope, id);
    this.transitGatewayId = props.transitGatewayId ?? this.#makeGateway(props);
    const attachment = new Ec2TransitGatewayVpcAttachment(this, "attachment", {
      transitGatewayId: this.transitGatewayId,
      vpcId: props.vpcId,
      subnetIds: [...props.tier.subnetIds],
      dnsSupport: "enable",
      // Keeps a flow in one zone where a stateful appliance stands behind the attachment, which is not here but in the
      // inspection VPC. On the spoke's side it would give up the gateway's failover between zones for nothing.
      applianceModeSupport: "disable",
      // A gateway's default tables join every attachment with every other, past any inspection.
      transitGatewayDefaultRouteTableAssociation: false,
      transitGatewayDefaultRouteTablePropagation: false,
      tags: { Name: props.name },
    });
    this.attachmentId = attachment.id;
    this.wayOut = { transitGatewayId: this.transitGatewayId, dependsOn: [attachment] };
  }

  #makeGateway({ name, protect }: SpokeTransitProps): string {
    const gateway = new Ec2TransitGateway(this, "Resource", {
      description: `Joins ${name} with what inspects its traffic`,
      autoAcceptSharedAttachments: "disable",
      defaultRouteTableAssociation: "disable",
      defaultRouteTablePropagation: "disable",
      dnsSupport: "enable",
      tags: { Name: name },
      lifecycle: guarded(protect),
    });
    return gateway.id;
  }
}
