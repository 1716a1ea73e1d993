import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { Vpc as AwsVpc } from "@cdktf/provider-aws/lib/vpc";
import { Construct } from "constructs";

/** Properties of {@link Vpc}. */
export interface VpcProps {
  /** Name tag of the VPC and what belongs to it. */
  readonly name: string;
  readonly cidr: string;
  /** Gives the VPC a /56 of Amazon's IPv6 addresses, and public subnets their way to the internet by IPv6. @default false */
  readonly ipv6?: boolean;
}

/** A VPC with its way to the internet, and a default security group that lets nothing through. */
export class Vpc extends Construct {
  readonly id: string;
  readonly internetGateway: InternetGateway;
  /** Routes of subnets that face the internet. */
  readonly publicRouteTableId: string;
  /** Its IPv6 range, a /56. @default - it has none */
  readonly ipv6Cidr?: string;

  constructor(scope: Construct, id: string, props: VpcProps) {
    super(scope, id);
    const vpc = new AwsVpc(this, "Resource", {
      cidrBlock: props.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      assignGeneratedIpv6CidrBlock: props.ipv6 ? true : undefined,
      tags: { Name: props.name },
    });
    // Whoever forgets to name a security group is closed off, not exposed. Lists that are left out would leave rules alone
    // that somebody adds by hand; empty ones take them away.
    new DefaultSecurityGroup(this, "default-security-group", {
      vpcId: vpc.id,
      ingress: [],
      egress: [],
      tags: { Name: `${props.name}-default-closed` },
    });
    this.internetGateway = new InternetGateway(this, "internet-gateway", { vpcId: vpc.id, tags: { Name: props.name } });
    const publicRoutes = new RouteTable(this, "public-routes", {
      vpcId: vpc.id,
      tags: { Name: `${props.name}-public` },
    });
    new Route(this, "public-default-route", {
      routeTableId: publicRoutes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: this.internetGateway.id,
    });
    if (props.ipv6) {
      new Route(this, "public-default-route-ipv6", {
        routeTableId: publicRoutes.id,
        destinationIpv6CidrBlock: "::/0",
        gatewayId: this.internetGateway.id,
      });
      this.ipv6Cidr = vpc.ipv6CidrBlock;
    }
    this.id = vpc.id;
    this.publicRouteTableId = publicRoutes.id;
  }
}
