import { Eip } from "@cdktf/provider-aws/lib/eip";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route, type RouteConfig } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Fn } from "cdktf";
import { Construct } from "constructs";

import { guarded } from "../../terraform";
import type { Vpc } from "./vpc";

/** Properties of {@link ZoneNetwork}. */
export interface ZoneNetworkProps {
  /** The zone's letter. */
  readonly zone: string;
  /** Its place in the list of zones, from 0. */
  readonly place: number;
  /** Name tag of what belongs to the zone. */
  readonly name: string;
  readonly vpc: Vpc;
  /** Routes of subnets that face the internet, shared by all zones. */
  readonly publicRouteTableId: string;
  /** Full name of the zone: `eu-central-1a`. */
  readonly availabilityZone: string;
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/** A fixed public address. */
export interface EgressAddress {
  readonly ip: string;
  /** What a NAT gateway takes it by. */
  readonly allocationId: string;
}

/** Where a private subnet sends what leaves the VPC, and what must be there before. */
export type WayOut = Pick<RouteConfig, "natGatewayId" | "transitGatewayId" | "dependsOn">;

/** The subnets of one zone: one that faces the internet, and one that does not and is told its way out. */
export class ZoneNetwork extends Construct {
  /** The zone's letter. */
  readonly zone: string;
  readonly publicSubnetId: string;
  readonly privateSubnetId: string;
  /** Routes of the private subnet, which it shares with no other. */
  readonly privateRouteTableId: string;
  readonly #props: ZoneNetworkProps;

  constructor(scope: Construct, id: string, props: ZoneNetworkProps) {
    super(scope, id);
    const { vpc, name, availabilityZone } = props;
    const publicSubnet = new Subnet(this, "public", {
      vpcId: vpc.id,
      availabilityZone,
      cidrBlock: props.publicCidr,
      // Amazon VPC User Guide, "Subnet sizing for IPv6": a /64 of the VPC's /56, by the zone's place.
      ipv6CidrBlock: vpc.ipv6Cidr && Fn.cidrsubnet(vpc.ipv6Cidr, 8, props.place),
      mapPublicIpOnLaunch: false,
      tags: { Name: `${name}-public` },
    });
    new RouteTableAssociation(this, "public-association", {
      subnetId: publicSubnet.id,
      routeTableId: props.publicRouteTableId,
    });

    const privateSubnet = new Subnet(this, "private", {
      vpcId: vpc.id,
      availabilityZone,
      cidrBlock: props.privateCidr,
      mapPublicIpOnLaunch: false,
      tags: { Name: `${name}-private` },
    });
    const privateRoutes = new RouteTable(this, "private-routes", { vpcId: vpc.id, tags: { Name: `${name}-private` } });
    new RouteTableAssociation(this, "private-association", {
      subnetId: privateSubnet.id,
      routeTableId: privateRoutes.id,
    });

    this.zone = props.zone;
    this.publicSubnetId = publicSubnet.id;
    this.privateSubnetId = privateSubnet.id;
    this.privateRouteTableId = privateRoutes.id;
    this.#props = props;
  }

  /**
   * Adds the zone's fixed address. It is a resource of its own under an address of its own, so that it outlives whatever uses it.
   *
   * @param protect keeps it from being released: others admit it by its address
   */
  addEgressAddress(protect: boolean): EgressAddress {
    const { publicIp, allocationId } = new Eip(this, "egress", {
      domain: "vpc",
      tags: { Name: `${this.#props.name}-egress` },
      lifecycle: guarded(protect),
    });
    return { ip: publicIp, allocationId };
  }

  /**
   * Adds a NAT gateway in the public subnet.
   *
   * @returns its id
   */
  addNatGateway({ allocationId }: EgressAddress): string {
    const { vpc, name } = this.#props;
    const nat = new NatGateway(this, "nat", {
      allocationId,
      subnetId: this.publicSubnetId,
      tags: { Name: name },
      // The gateway's address works only once the VPC has its way out.
      dependsOn: [vpc.internetGateway],
    });
    return nat.id;
  }

  /** Sends what leaves the VPC from the private subnet one way; a zone has one way out. */
  leaveThrough(way: WayOut): void {
    new Route(this, "private-default-route", {
      routeTableId: this.privateRouteTableId,
      destinationCidrBlock: "0.0.0.0/0",
      ...way,
    });
  }
}
