import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { gatewayPolicy, type GatewayService } from "./endpoint-policies";

/** Properties of {@link GatewayEndpoints}. */
export interface GatewayEndpointsProps {
  /** Begins the name tag of each. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly vpcId: string;
  readonly services: readonly GatewayService[];
  /** Tables that are given a route to each service. */
  readonly routeTableIds: readonly string[];
}

/** Routes to S3 and DynamoDB past the internet: free of charge, and within what {@link gatewayPolicy} lets through. */
export class GatewayEndpoints extends Construct {
  constructor(scope: Construct, id: string, { name, place, vpcId, services, routeTableIds }: GatewayEndpointsProps) {
    super(scope, id);
    for (const service of services) {
      new VpcEndpoint(this, service, {
        vpcId,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${place.region}.${service}`,
        routeTableIds: [...routeTableIds],
        policy: gatewayPolicy(service, place),
        tags: { Name: `${name}-${service}` },
      });
    }
  }
}
