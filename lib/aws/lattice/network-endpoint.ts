import { DataAwsVpcEndpointAssociations } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint-associations";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint";
import { VpclatticeServiceNetworkServiceAssociation } from "@cdktf/provider-aws/lib/vpclattice-service-network-service-association";
import { ref, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";

import { SecurityGroup } from "../network/security-group";
import type { DnsEntry, LatticeService } from "./lattice-service";
import type { LatticeReach } from "./reach";
import type { LatticeNetwork } from "./service-network";

/** Properties of {@link NetworkEndpoint}. */
export interface NetworkEndpointProps {
  /** Name tag of the endpoint, and the beginning of its security group's name. */
  readonly name: string;
  readonly network: LatticeNetwork;
  readonly vpcId: string;
  /**
   * One in each zone, each with a free block of 16 addresses that touches none of the five which AWS keeps (AWS PrivateLink Guide, "Access a
   * service network through a service-network endpoint").
   */
  readonly subnetIds: readonly string[];
}

/**
 * Addresses of a VPC that lead into a service network. Unlike an association it serves also what is connected to the VPC, and a VPC may
 * have several. Its security group lets nobody through until clients are admitted.
 */
export class NetworkEndpoint extends Construct implements LatticeReach {
  readonly securityGroup: SecurityGroup;
  readonly #endpoint: VpcEndpoint;
  readonly #entries = new Map<LatticeService, DnsEntry>();

  constructor(scope: Construct, id: string, { name, network, vpcId, subnetIds }: NetworkEndpointProps) {
    super(scope, id);
    this.securityGroup = new SecurityGroup(this, "security-group", {
      name,
      description: "Who may call services of VPC Lattice through this endpoint",
      vpcId,
    });
    this.#endpoint = new VpcEndpoint(this, "Resource", {
      vpcId,
      vpcEndpointType: "ServiceNetwork",
      serviceNetworkArn: network.arn,
      subnetIds: [...subnetIds],
      securityGroupIds: [this.securityGroup.id],
      tags: { Name: name },
      dependsOn: [...network.guards],
    });
  }

  admit(clients: SecurityGroup, ports: readonly number[]): void {
    for (const port of new Set(ports)) {
      this.securityGroup.admit(
        `${clients.node.id}-${port}`,
        { groupId: clients.id },
        port,
        "Requests to services of VPC Lattice",
      );
      clients.allowOut(`lattice-${port}`, { groupId: this.securityGroup.id }, port, "Services of VPC Lattice");
    }
  }

  dnsEntryOf(service: LatticeService): DnsEntry {
    const entry = this.#entries.get(service) ?? this.#findEntry(service);
    this.#entries.set(service, entry);
    return entry;
  }

  /** The endpoint has a name for each service of the network, made of its own id and that of the service's membership. */
  #findEntry({ node, association }: LatticeService): DnsEntry {
    const names = new DataAwsVpcEndpointAssociations(this, `names-${node.id}`, {
      vpcEndpointId: this.#endpoint.id,
      dependsOn: [association],
    });
    const list = `data.${DataAwsVpcEndpointAssociations.tfResourceType}.${names.friendlyUniqueId}.associations`;
    const membership = `${VpclatticeServiceNetworkServiceAssociation.tfResourceType}.${association.friendlyUniqueId}.id`;
    const ofService = (attribute: string): string => {
      const entries = `[for entry in ${list}[*].dns_entry[0] : entry.${attribute} if strcontains(entry.dns_name, ${membership})]`;
      return Token.asString(ref(`one(${entries})`, TerraformStack.of(this)));
    };
    return { dnsName: ofService("dns_name"), zoneId: ofService("hosted_zone_id") };
  }
}
