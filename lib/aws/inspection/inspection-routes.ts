import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { InspectionVpc, RoutedSubnet } from "./inspection-vpc";

/** Properties of {@link InspectionRoutes}. */
export interface InspectionRoutesProps {
  /** Begins name tags. */
  readonly name: string;
  readonly network: InspectionVpc;
  /** Ranges of all spokes, to which replies go back. */
  readonly internalCidrs: readonly string[];
  /** Elastic IPs of the NAT gateways, by the letter of the zone. */
  readonly egressAllocationIds: Readonly<Record<string, string>>;
  /** The service of the appliances' load balancer. */
  readonly endpointServiceName: string;
  /** Whether what was inspected leaves by the endpoint that it came by, or by the appliance's own interface. */
  readonly mode: "one-arm" | "two-arm";
}

/**
 * A packet's way through the inspection VPC, the same in each zone and never into another:
 *
 * | Subnet of    | Internal ranges          | All else                 |
 * | ------------ | ------------------------ | ------------------------ |
 * | attachment   | endpoint of the zone     | endpoint of the zone     |
 * | endpoint     | transit gateway          | NAT gateway of the zone  |
 * | NAT gateway  | endpoint of the zone     | internet gateway         |
 * | appliance    | NAT gateway of the zone  | NAT gateway of the zone  |
 *
 * What comes out of an endpoint has been inspected, in either direction. The appliances' own traffic never enters an endpoint: it would
 * reach the appliances again.
 *
 * With two arms what leaves does so among the appliances' own traffic, and its replies come to them. What comes out of an endpoint is for
 * spokes, and the two ways around the appliances' own interface are left out: nothing leaves that no appliance has sent under its own address.
 *
 * | Subnet of    | Internal ranges          | All else                 |
 * | ------------ | ------------------------ | ------------------------ |
 * | endpoint     | transit gateway          | none                     |
 * | NAT gateway  | none                     | internet gateway         |
 */
export class InspectionRoutes extends Construct {
  /** Endpoints by the letter of the zone. */
  readonly endpointIds: Readonly<Record<string, string>>;
  /** The appliances' own ways out: what they fetch when they boot comes by these. */
  readonly applianceRoutes: readonly ITerraformDependable[];
  /** From where the transit gateway hands packets over to the appliances. */
  readonly attachmentRoutes: readonly ITerraformDependable[];
  readonly #props: InspectionRoutesProps;

  /** @throws Error when a zone has no address to leave from */
  constructor(scope: Construct, id: string, props: InspectionRoutesProps) {
    super(scope, id);
    const { name, network, internalCidrs, mode } = props;
    const zones = network.zones.map(({ zone, attachment, endpoint, appliance, nat }) => {
      const allocationId = props.egressAllocationIds[zone];
      if (allocationId === undefined) throw new Error(`zone ${zone} has no address to leave from`);
      const inspected = new VpcEndpoint(this, `endpoint-${zone}`, {
        vpcId: network.vpc.id,
        serviceName: props.endpointServiceName,
        vpcEndpointType: "GatewayLoadBalancer",
        subnetIds: [endpoint.subnetId],
        // The service's own account accepts its own endpoints, also where those of others wait for an operator.
        autoAccept: true,
        tags: { Name: `${name}-${zone}` },
      });
      const natGateway = new NatGateway(this, `nat-${zone}`, {
        allocationId,
        subnetId: nat.subnetId,
        tags: { Name: `${name}-${zone}` },
        // The gateway's address works only once the VPC has its way out.
        dependsOn: [network.vpc.internetGateway],
      });
      const toAppliances = { vpcEndpointId: inspected.id };
      const toInternet = { natGatewayId: natGateway.id };
      const everything = "0.0.0.0/0";
      const attachmentRoute = new Route(this, `attachment-${zone}-default-route`, {
        routeTableId: attachment.routeTableId,
        destinationCidrBlock: everything,
        ...toAppliances,
      });
      const out = (tier: string, { routeTableId }: RoutedSubnet): Route =>
        new Route(this, `${tier}-${zone}-default-route`, {
          routeTableId,
          destinationCidrBlock: everything,
          ...toInternet,
        });
      const applianceRoute = out("appliance", appliance);
      if (mode === "one-arm") {
        out("endpoint", endpoint);
        for (const destinationCidrBlock of internalCidrs) {
          new Route(this, `nat-${zone}-to-${idOf(destinationCidrBlock)}`, {
            routeTableId: nat.routeTableId,
            destinationCidrBlock,
            ...toAppliances,
          });
        }
      }
      return { zone, endpointId: inspected.id, applianceRoute, attachmentRoute };
    });
    this.endpointIds = Object.fromEntries(zones.map(({ zone, endpointId }) => [zone, endpointId]));
    this.applianceRoutes = zones.map(({ applianceRoute }) => applianceRoute);
    this.attachmentRoutes = zones.map(({ attachmentRoute }) => attachmentRoute);
    this.#props = props;
  }

  /**
   * Sends what was inspected back to the spokes.
   *
   * @param transitGatewayId the gateway behind which they are
   * @param attachment of the inspection VPC: AWS takes routes that lead to the gateway only once the VPC is attached
   */
  leadToSpokes(transitGatewayId: string, attachment: ITerraformDependable): void {
    for (const { zone, endpoint } of this.#props.network.zones) {
      for (const destinationCidrBlock of this.#props.internalCidrs) {
        new Route(this, `endpoint-${zone}-to-${idOf(destinationCidrBlock)}`, {
          routeTableId: endpoint.routeTableId,
          destinationCidrBlock,
          transitGatewayId,
          dependsOn: [attachment],
        });
      }
    }
  }
}

const idOf = (cidr: string): string => cidr.replace(/\W/g, "-");
