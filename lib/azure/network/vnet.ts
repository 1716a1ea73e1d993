import { Subnet, type SubnetConfig } from "@cdktf/provider-azurerm/lib/subnet";
import { VirtualNetwork } from "@cdktf/provider-azurerm/lib/virtual-network";
import { Construct } from "constructs";

import type { AzurePlace } from "../place";

/** Properties of a {@link Vnet}. */
export interface VnetProps {
  readonly name: string;
  readonly place: AzurePlace;
  readonly cidr: string;
}

/** What a subnet has of its own. */
export interface VnetSubnet extends Pick<SubnetConfig, "delegation"> {
  readonly name: string;
  readonly cidr: string;
}

/** A virtual network whose subnets have no way out but the one they are given. */
export class Vnet extends Construct {
  readonly id: string;
  readonly name: string;
  readonly place: AzurePlace;
  readonly cidr: string;

  constructor(scope: Construct, id: string, { name, place, cidr }: VnetProps) {
    super(scope, id);
    const network = new VirtualNetwork(this, "Resource", { ...place, name, addressSpace: [cidr] });
    this.id = network.id;
    this.name = network.name;
    this.place = place;
    this.cidr = cidr;
  }

  /** Adds a subnet under a construct of the caller's. */
  addSubnet(scope: Construct, id: string, { name, cidr, delegation }: VnetSubnet): Subnet {
    return new Subnet(scope, id, {
      name,
      resourceGroupName: this.place.resourceGroupName,
      virtualNetworkName: this.name,
      addressPrefixes: [cidr],
      // Without it Azure gives machines an address of its own to leave from, past the firewall.
      defaultOutboundAccessEnabled: false,
      delegation,
    });
  }
}
