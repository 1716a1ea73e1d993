import { allow, type Scope } from "../scope";
import { EC2, making, onOwnOrNamed, own } from "./ec2";
import type { ActionTable } from "./table";

const NAMES_OF_ENDPOINTS: Scope = {
  sid: "EndpointNames",
  service: "route53",
  resources: ["route53:::hostedzone/*"],
  because: "the private names of an endpoint are in a hosted zone that AWS makes for it, and whose id nobody learns",
};

const SHARED_NETWORKS: Scope = {
  sid: "LatticeEndpoints",
  service: "vpc-lattice",
  resources: ["*"],
  conditions: { StringEquals: { "aws:RequestedRegion": "{region}" } },
  because:
    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation takes no narrower resource (Service Authorization Reference); whose network it is decides too",
};

/** AWS PrivateLink: endpoints, and the service that offers some. */
export const EC2_ENDPOINTS: ActionTable = {
  aws_vpc_endpoint: {
    reads: [allow(EC2, "DescribeVpcEndpoints", "DescribePrefixLists")],
    writes: [
      ...making("vpc-endpoint", "CreateVpcEndpoint"),
      ...onOwnOrNamed("vpc", "CreateVpcEndpoint"),
      ...onOwnOrNamed("subnet", "CreateVpcEndpoint", "ModifyVpcEndpoint"),
      ...onOwnOrNamed("security-group", "CreateVpcEndpoint", "ModifyVpcEndpoint"),
      allow(own("route-table", "vpc-endpoint"), "CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints"),
      allow(EC2, "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"),
      allow(NAMES_OF_ENDPOINTS, "AssociateVPCWithHostedZone"),
      allow(SHARED_NETWORKS, "CreateServiceNetworkVpcEndpointAssociation"),
    ],
  },
  "data.aws_vpc_endpoint_associations": { reads: [allow(EC2, "DescribeVpcEndpointAssociations")] },
  aws_vpc_endpoint_service: {
    reads: [
      allow(EC2, "DescribeVpcEndpointServiceConfigurations"),
      allow(own("vpc-endpoint-service"), "DescribeVpcEndpointServicePermissions"),
    ],
    writes: [
      ...making("vpc-endpoint-service", "CreateVpcEndpointServiceConfiguration"),
      allow(
        own("vpc-endpoint-service"),
        "ModifyVpcEndpointServiceConfiguration",
        "ModifyVpcEndpointServicePermissions",
        "DeleteVpcEndpointServiceConfigurations",
      ),
    ],
  },
};
