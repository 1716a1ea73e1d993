import { DataAwsEc2ManagedPrefixList } from "@cdktf/provider-aws/lib/data-aws-ec2-managed-prefix-list";
import { Construct } from "constructs";

import type { AwsPlace } from "../../names";

/** Properties of {@link LatticePrefixLists}. */
export interface LatticePrefixListsProps {
  readonly place: AwsPlace;
  /** Whether clients call by IPv6 too. */
  readonly dualStack: boolean;
}

/**
 * Addresses of VPC Lattice in a Region, as AWS keeps them: what clients in an associated VPC call, and from where targets are called
 * (Amazon VPC Lattice User Guide, "Control traffic in VPC Lattice using security groups").
 */
export class LatticePrefixLists extends Construct {
  /** For a security group: by a name that stays, the id of the list. */
  readonly peers: readonly { readonly name: string; readonly prefixListId: string }[];

  constructor(scope: Construct, id: string, { place: { region }, dualStack }: LatticePrefixListsProps) {
    super(scope, id);
    const list = (name: string, suffix: string) => {
      const { id: prefixListId } = new DataAwsEc2ManagedPrefixList(this, name, {
        name: `com.amazonaws.${region}.${suffix}`,
      });
      return { name, prefixListId };
    };
    this.peers = [list("ipv4", "vpc-lattice"), ...(dualStack ? [list("ipv6", "ipv6.vpc-lattice")] : [])];
  }
}
