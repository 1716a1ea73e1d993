import { allow, mentioned } from "../scope";
import { EC2, making, onOwnOrNamed, own } from "./ec2";
import { type ActionTable, serviceLinkedRole } from "./table";

const TRANSIT_ROLE = serviceLinkedRole("TransitGatewayRole", "transitgateway.amazonaws.com");

const READS = [allow(EC2, "DescribeTransitGateways", "DescribeTransitGatewayVpcAttachments")];

// The provider keeps to the default tables of a gateway that has any, or leaves them, attachment by attachment.
const TABLES_OF_ATTACHMENT = [
  allow(EC2, "GetTransitGatewayRouteTableAssociations", "GetTransitGatewayRouteTablePropagations"),
];

const OTHERS_ATTACHMENT = mentioned(
  "Ec2Named",
  "ec2",
  /\btgw-attach-[0-9a-f]{8,17}\b/g,
  "ec2:{region}:*:transit-gateway-attachment/$&",
);

/** AWS Transit Gateway: the gateway, its attachments and route tables. */
export const EC2_TRANSIT: ActionTable = {
  aws_ec2_transit_gateway: {
    reads: [allow(EC2, "DescribeTransitGateways")],
    writes: [
      ...making("transit-gateway", "CreateTransitGateway"),
      allow(own("transit-gateway"), "ModifyTransitGateway", "DeleteTransitGateway"),
    ],
  },
  aws_ec2_transit_gateway_vpc_attachment: {
    reads: [...READS, ...TABLES_OF_ATTACHMENT],
    writes: [
      ...making("transit-gateway-attachment", "CreateTransitGatewayVpcAttachment"),
      ...onOwnOrNamed("transit-gateway", "CreateTransitGatewayVpcAttachment"),
      allow(
        own("vpc", "subnet", "transit-gateway-attachment"),
        "CreateTransitGatewayVpcAttachment",
        "ModifyTransitGatewayVpcAttachment",
        "DeleteTransitGatewayVpcAttachment",
      ),
      allow(TRANSIT_ROLE, "CreateServiceLinkedRole"),
    ],
  },
  aws_ec2_transit_gateway_vpc_attachment_accepter: {
    reads: [...READS, ...TABLES_OF_ATTACHMENT],
    writes: [
      // Another account made it: it is named one by one, and tagged by whoever owns the gateway.
      allow(
        OTHERS_ATTACHMENT,
        "AcceptTransitGatewayVpcAttachment",
        "DeleteTransitGatewayVpcAttachment",
        "CreateTags",
        "DeleteTags",
      ),
    ],
  },
  aws_ec2_transit_gateway_route_table: {
    reads: [allow(EC2, "DescribeTransitGatewayRouteTables")],
    writes: [
      ...making("transit-gateway-route-table", "CreateTransitGatewayRouteTable"),
      ...onOwnOrNamed("transit-gateway", "CreateTransitGatewayRouteTable"),
      allow(own("transit-gateway-route-table"), "DeleteTransitGatewayRouteTable"),
    ],
  },
  aws_ec2_transit_gateway_route_table_association: {
    reads: [allow(EC2, "GetTransitGatewayRouteTableAssociations", "DescribeTransitGatewayVpcAttachments")],
    writes: [
      allow(
        own("transit-gateway-route-table"),
        "AssociateTransitGatewayRouteTable",
        "DisassociateTransitGatewayRouteTable",
      ),
      ...onOwnOrNamed(
        "transit-gateway-attachment",
        "AssociateTransitGatewayRouteTable",
        "DisassociateTransitGatewayRouteTable",
      ),
      allow(EC2, "DescribeTransitGatewayAttachments"),
    ],
  },
  aws_ec2_transit_gateway_route_table_propagation: {
    reads: [allow(EC2, "GetTransitGatewayRouteTablePropagations", "DescribeTransitGatewayAttachments")],
    writes: [
      allow(
        own("transit-gateway-route-table"),
        "EnableTransitGatewayRouteTablePropagation",
        "DisableTransitGatewayRouteTablePropagation",
      ),
      ...onOwnOrNamed(
        "transit-gateway-attachment",
        "EnableTransitGatewayRouteTablePropagation",
        "DisableTransitGatewayRouteTablePropagation",
      ),
    ],
  },
  aws_ec2_transit_gateway_route: {
    reads: [allow(own("transit-gateway-route-table"), "SearchTransitGatewayRoutes")],
    writes: [
      allow(own("transit-gateway-route-table"), "CreateTransitGatewayRoute", "DeleteTransitGatewayRoute"),
      ...onOwnOrNamed("transit-gateway-attachment", "CreateTransitGatewayRoute"),
    ],
  },
};
