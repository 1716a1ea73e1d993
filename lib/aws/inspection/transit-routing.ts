import { Ec2TransitGatewayRoute } from "@cdktf/provider-aws/lib/ec2-transit-gateway-route";
import { Ec2TransitGatewayRouteTable } from "@cdktf/provider-aws/lib/ec2-transit-gateway-route-table";
import { Ec2TransitGatewayRouteTableAssociation } from "@cdktf/provider-aws/lib/ec2-transit-gateway-route-table-association";
import { Ec2TransitGatewayRouteTablePropagation } from "@cdktf/provider-aws/lib/ec2-transit-gateway-route-table-propagation";
import { Ec2TransitGatewayVpcAttachment } from "@cdktf/provider-aws/lib/ec2-transit-gateway-vpc-attachment";
import { Ec2TransitGatewayVpcAttachmentAccepter } from "@cdktf/provider-aws/lib/ec2-transit-gateway-vpc-attachment-accepter";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** A VPC whose traffic is inspected. */
export interface Spoke {
  /** Its name among the spokes. */
  readonly name: string;
  readonly attachmentId: string;
  /** IPv4 ranges of the VPC. */
  readonly cidrs: readonly string[];
  /** Accepts the attachment, which is another account's. @default false */
  readonly accept?: boolean;
}

/** Properties of {@link TransitRouting}. */
export interface TransitRoutingProps {
  /** Begins name tags. */
  readonly name: string;
  readonly transitGatewayId: string;
  /** The inspection VPC and its subnets for the attachment, one in each zone. */
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly spokes: readonly Spoke[];
  /** Whether what spokes send each other is dropped at the gateway, or passes the appliances. */
  readonly betweenSpokes: "blocked" | "inspected";
  /**
   * What the attachment needs in each of its zones. In appliance mode the gateway sends connections of all zones into each zone of the
   * attachment, also into one that was added a moment ago.
   */
  readonly after: readonly ITerraformDependable[];
}

/**
 * The transit gateway's two route tables. Spokes send everything to the inspection VPC and know nothing of each other; the inspection
 * VPC knows every spoke. The gateway's default tables stay unused.
 */
export class TransitRouting extends Construct {
  /** The attachment of the inspection VPC. */
  readonly attachment: Ec2TransitGatewayVpcAttachment;

  constructor(scope: Construct, id: string, props: TransitRoutingProps) {
    super(scope, id);
    const { name, transitGatewayId, spokes } = props;
    this.attachment = new Ec2TransitGatewayVpcAttachment(this, "attachment", {
      transitGatewayId,
      vpcId: props.vpcId,
      subnetIds: [...props.subnetIds],
      dnsSupport: "enable",
      // Both directions of a connection in one zone, or an appliance sees half of it (Amazon VPC Transit Gateways, "Appliance in a shared services VPC").
      applianceModeSupport: "enable",
      transitGatewayDefaultRouteTableAssociation: false,
      transitGatewayDefaultRouteTablePropagation: false,
      tags: { Name: name },
      dependsOn: [...props.after],
    });
    const fromSpokes = this.#table("spoke", props);
    const fromInspection = this.#table("inspection", props);
    new Ec2TransitGatewayRouteTableAssociation(this, "inspection-association", {
      transitGatewayAttachmentId: this.attachment.id,
      transitGatewayRouteTableId: fromInspection.id,
    });
    new Ec2TransitGatewayRoute(this, "spoke-default-route", {
      transitGatewayRouteTableId: fromSpokes.id,
      destinationCidrBlock: "0.0.0.0/0",
      transitGatewayAttachmentId: this.attachment.id,
    });
    for (const spoke of spokes) {
      const dependsOn = spoke.accept ? [this.#accept(spoke, name)] : undefined;
      new Ec2TransitGatewayRouteTableAssociation(this, `spoke-${spoke.name}-association`, {
        transitGatewayAttachmentId: spoke.attachmentId,
        transitGatewayRouteTableId: fromSpokes.id,
        dependsOn,
      });
      new Ec2TransitGatewayRouteTablePropagation(this, `spoke-${spoke.name}-propagation`, {
        transitGatewayAttachmentId: spoke.attachmentId,
        transitGatewayRouteTableId: fromInspection.id,
        dependsOn,
      });
      // A VPC reaches its own ranges past the gateway: one spoke alone has nobody to be closed off from.
      if (props.betweenSpokes === "inspected" || spokes.length === 1) continue;
      for (const destinationCidrBlock of spoke.cidrs) {
        new Ec2TransitGatewayRoute(this, `spoke-${spoke.name}-closed-${destinationCidrBlock.replace(/\W/g, "-")}`, {
          transitGatewayRouteTableId: fromSpokes.id,
          destinationCidrBlock,
          blackhole: true,
        });
      }
    }
  }

  #accept({ name, attachmentId }: Spoke, prefix: string): Ec2TransitGatewayVpcAttachmentAccepter {
    return new Ec2TransitGatewayVpcAttachmentAccepter(this, `spoke-${name}-accepter`, {
      transitGatewayAttachmentId: attachmentId,
      transitGatewayDefaultRouteTableAssociation: false,
      transitGatewayDefaultRouteTablePropagation: false,
      tags: { Name: `${prefix}-${name}` },
    });
  }

  #table(of: "spoke" | "inspection", { name, transitGatewayId }: TransitRoutingProps): Ec2TransitGatewayRouteTable {
    return new Ec2TransitGatewayRouteTable(this, `${of}-table`, { transitGatewayId, tags: { Name: `${name}-${of}` } });
  }
}
