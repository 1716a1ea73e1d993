import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import type { ClosedTier } from "./closed-tier";
import { interfacePolicy, type InterfaceService } from "./endpoint-policies";

/** Properties of {@link InterfaceEndpoints}. */
export interface InterfaceEndpointsProps {
  /** Name of the security group; begins the name tag of each endpoint. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly vpcId: string;
  /** IPv4 range of the VPC: who may use the endpoints. */
  readonly vpcCidr: string;
  readonly services: readonly InterfaceService[];
  /** Where their network interfaces stand. */
  readonly tier: ClosedTier;
}

const HTTPS = 443;

/**
 * AWS services under their usual names at addresses of the VPC. One security group for all of them admits HTTPS from the VPC and lets
 * nothing out: an endpoint only answers.
 */
export class InterfaceEndpoints extends Construct {
  constructor(scope: Construct, id: string, props: InterfaceEndpointsProps) {
    super(scope, id);
    const { name, place, vpcId, vpcCidr, services, tier } = props;
    const group = new SecurityGroup(this, "security-group", {
      name,
      description: "AWS services for workloads of this VPC",
      vpcId,
      tags: { Name: name },
    });
    new VpcSecurityGroupIngressRule(this, "https", {
      securityGroupId: group.id,
      description: "HTTPS from this VPC",
      cidrIpv4: vpcCidr,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
    });
    for (const service of services) {
      new VpcEndpoint(this, service.replace(".", "-"), {
        vpcId,
        vpcEndpointType: "Interface",
        serviceName: `com.amazonaws.${place.region}.${service}`,
        subnetIds: [...tier.subnetIds],
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        policy: interfacePolicy(service, place),
        tags: { Name: `${name}-${service}` },
      });
    }
  }
}
