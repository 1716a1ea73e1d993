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
  /** Its IPv6 range, a /56. @default - it has none */
  readonly ipv6Cidr?: string;
  readonly #name: string;

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
    if (props.ipv6) this.ipv6Cidr = vpc.ipv6CidrBlock;
    this.id = vpc.id;
    this.#name = props.name;
  }

  /**
   * Adds the route table of subnets that face the internet.
   *
   * @returns its id
   */
  addPublicRoutes(): string {
    const publicRoutes = new RouteTable(this, "public-routes", {
      vpcId: this.id,
      tags: { Name: `${this.#name}-public` },
    });
    new Route(this, "public-default-route", {
      routeTableId: publicRoutes.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: this.internetGateway.id,
    });
    if (this.ipv6Cidr !== undefined) {
      new Route(this, "public-default-route-ipv6", {
        routeTableId: publicRoutes.id,
        destinationIpv6CidrBlock: "::/0",
        gatewayId: this.internetGateway.id,
      });
    }
    return publicRoutes.id;
  }
}
