import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";

import type { InspectionZonePlan } from "../../addresses";
import { Vpc } from "../network/vpc";

/** What each subnet of a zone is for. */
export const TIERS = ["attachment", "endpoint", "appliance", "nat"] as const;

/** One of {@link TIERS}. */
export type Tier = (typeof TIERS)[number];

/** A subnet whose route table is its own. */
export interface RoutedSubnet {
  readonly subnetId: string;
  readonly routeTableId: string;
}

/** The subnets of one zone. */
export interface InspectionZone extends Readonly<Record<Tier, RoutedSubnet>> {
  /** The zone's letter. */
  readonly zone: string;
}

/** Properties of {@link InspectionVpc}. */
export interface InspectionVpcProps {
  /** Name tag of the VPC, and with tier and zone of its subnets. */
  readonly name: string;
  readonly cidr: string;
  /** The subnets to make, by zone. */
  readonly plan: readonly InspectionZonePlan[];
  /** Full name of a zone: `eu-central-1a`. */
  readonly availabilityZone: (zone: string) => string;
}

/**
 * The VPC of the appliances: four tiers in each zone, each with a route table of its own, because in each zone a tier leads to
 * something of that zone. Only what NAT gateways stand in leads to the internet; all other routes are for {@link InspectionRoutes}.
 */
export class InspectionVpc extends Construct {
  readonly vpc: Vpc;
  /** In the order of the plan. */
  readonly zones: readonly InspectionZone[];

  constructor(scope: Construct, id: string, { name, cidr, plan, availabilityZone }: InspectionVpcProps) {
    super(scope, id);
    this.vpc = new Vpc(this, "vpc", { name, cidr });
    this.zones = plan.map((zone) => {
      const subnetOf = (tier: Tier): RoutedSubnet => {
        const tags = { Name: `${name}-${tier}-${zone.zone}` };
        const subnet = new Subnet(this, `${tier}-${zone.zone}`, {
          vpcId: this.vpc.id,
          availabilityZone: availabilityZone(zone.zone),
          cidrBlock: zone[tier].text,
          mapPublicIpOnLaunch: false,
          tags,
        });
        const routes = new RouteTable(this, `${tier}-${zone.zone}-routes`, { vpcId: this.vpc.id, tags });
        new RouteTableAssociation(this, `${tier}-${zone.zone}-association`, {
          subnetId: subnet.id,
          routeTableId: routes.id,
        });
        return { subnetId: subnet.id, routeTableId: routes.id };
      };
      const made = {
        attachment: subnetOf("attachment"),
        endpoint: subnetOf("endpoint"),
        appliance: subnetOf("appliance"),
      };
      const nat = subnetOf("nat");
      new Route(this, `nat-${zone.zone}-default-route`, {
        routeTableId: nat.routeTableId,
        destinationCidrBlock: "0.0.0.0/0",
        gatewayId: this.vpc.internetGateway.id,
      });
      return { zone: zone.zone, ...made, nat };
    });
  }

  /** The subnets of one tier, in the order of the zones. */
  subnetIds(tier: Tier): readonly string[] {
    return this.zones.map((zone) => zone[tier].subnetId);
  }
}
