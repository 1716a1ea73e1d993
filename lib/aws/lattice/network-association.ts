import { VpclatticeServiceNetworkVpcAssociation } from "@cdktf/provider-aws/lib/vpclattice-service-network-vpc-association";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";
import { SecurityGroup } from "../network/security-group";
import type { DnsEntry, LatticeService } from "./lattice-service";
import { LatticePrefixLists } from "./prefix-lists";
import type { LatticeReach } from "./reach";
import type { LatticeNetwork } from "./service-network";

/** Properties of {@link NetworkAssociation}. */
export interface NetworkAssociationProps {
  /** Name tag of the association, and the beginning of its security group's name. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly network: LatticeNetwork;
  /** A VPC can be associated with one service network. */
  readonly vpcId: string;
  /** Whether clients call by IPv6 too. */
  readonly dualStack: boolean;
}

/**
 * Joins a VPC to a service network: what runs in it, and nothing that is only connected to it, calls services at link-local addresses.
 * The security group stands before the network and lets nobody through until clients are admitted.
 */
export class NetworkAssociation extends Construct implements LatticeReach {
  readonly securityGroup: SecurityGroup;
  readonly #prefixLists: LatticePrefixLists;

  constructor(scope: Construct, id: string, props: NetworkAssociationProps) {
    super(scope, id);
    const { name, network, vpcId } = props;
    this.securityGroup = new SecurityGroup(this, "security-group", {
      name,
      description: "Who may call services of VPC Lattice from this VPC",
      vpcId,
    });
    this.#prefixLists = new LatticePrefixLists(this, "prefix-lists", props);
    new VpclatticeServiceNetworkVpcAssociation(this, "Resource", {
      serviceNetworkIdentifier: network.arn,
      vpcIdentifier: vpcId,
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
      for (const { name, prefixListId } of this.#prefixLists.peers) {
        clients.allowOut(`lattice-${name}-${port}`, { prefixListId }, port, "Services of VPC Lattice");
      }
    }
  }

  dnsEntryOf({ dnsEntry }: LatticeService): DnsEntry {
    return dnsEntry;
  }
}
