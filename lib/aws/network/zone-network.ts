import { Eip } from "@cdktf/provider-aws/lib/eip";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Construct } from "constructs";

import { guarded } from "../../terraform";
import type { Vpc } from "./vpc";

/** Properties of {@link ZoneNetwork}. */
export interface ZoneNetworkProps {
  /** Name tag of what belongs to the zone. */
  readonly name: string;
  readonly vpc: Vpc;
  /** Full name of the zone: `eu-central-1a`. */
  readonly availabilityZone: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
  /** Keeps the Elastic IP from being released: others admit it by its address. */
  readonly protect: boolean;
}

/**
 * The subnets of one zone. Its private subnet leaves through a NAT gateway of its own, with an Elastic IP that is a resource
 * of its own, so that the address outlives the gateway.
 */
export class ZoneNetwork extends Construct {
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  /** The address that private workloads of this zone come from. */
  readonly egressIp: string;

  constructor(scope: Construct, id: string, props: ZoneNetworkProps) {
    super(scope, id);
    const { vpc, name, availabilityZone } = props;
    const publicSubnet = new Subnet(this, "public", {
      vpcId: vpc.id,
      availabilityZone,
      cidrBlock: props.publicCidr,
      mapPublicIpOnLaunch: false,
      tags: { Name: `${name}-public` },
    });
    new RouteTableAssociation(this, "public-association", {
      subnetId: publicSubnet.id,
      routeTableId: vpc.publicRouteTableId,
    });

    const egress = new Eip(this, "egress", {
      domain: "vpc",
      tags: { Name: `${name}-egress` },
      lifecycle: guarded(props.protect),
    });
    const nat = new NatGateway(this, "nat", {
      allocationId: egress.allocationId,
      subnetId: publicSubnet.id,
      tags: { Name: name },
      // The gateway's address works only once the VPC has its way out.
      dependsOn: [vpc.internetGateway],
    });

    const privateSubnet = new Subnet(this, "private", {
      vpcId: vpc.id,
      availabilityZone,
      cidrBlock: props.privateCidr,
      mapPublicIpOnLaunch: false,
      tags: { Name: `${name}-private` },
    });
    const privateRoutes = new RouteTable(this, "private-routes", { vpcId: vpc.id, tags: { Name: `${name}-private` } });
    new Route(this, "private-default-route", {
      routeTableId: privateRoutes.id,
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: nat.id,
    });
    new RouteTableAssociation(this, "private-association", {
      subnetId: privateSubnet.id,
      routeTableId: privateRoutes.id,
    });

    this.publicSubnetId = publicSubnet.id;
    this.privateSubnetId = privateSubnet.id;
    this.egressIp = egress.publicIp;
  }
}
