import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";

/** The subnet of a tier in one zone. */
export interface TierSubnet {
  /** The zone's letter. */
  readonly zone: string;
  /** Full name of the zone: `eu-central-1a`. */
  readonly availabilityZone: string;
  readonly cidr: string;
}

/** Properties of {@link ClosedTier}. */
export interface ClosedTierProps {
  /** Name tag of the route table, and with the zone of each subnet. */
  readonly name: string;
  readonly vpcId: string;
  readonly subnets: readonly TierSubnet[];
}

/**
 * Subnets for network interfaces that AWS places, one in each zone. Their one route table knows only the VPC; without it they
 * would follow the VPC's main table, to which somebody may add a way out.
 */
export class ClosedTier extends Construct {
  /** In the order of the zones. */
  readonly subnetIds: readonly string[];

  constructor(scope: Construct, id: string, { name, vpcId, subnets }: ClosedTierProps) {
    super(scope, id);
    const routes = new RouteTable(this, "routes", { vpcId, tags: { Name: name } });
    this.subnetIds = subnets.map(({ zone, availabilityZone, cidr }) => {
      const subnet = new Subnet(this, `zone-${zone}`, {
        vpcId,
        availabilityZone,
        cidrBlock: cidr,
        mapPublicIpOnLaunch: false,
        tags: { Name: `${name}-${zone}` },
      });
      new RouteTableAssociation(this, `zone-${zone}-association`, { subnetId: subnet.id, routeTableId: routes.id });
      return subnet.id;
    });
  }
}
