import { NatGateway as AzureNatGateway } from "@cdktf/provider-azurerm/lib/nat-gateway";
import { NatGatewayPublicIpAssociation } from "@cdktf/provider-azurerm/lib/nat-gateway-public-ip-association";
import { SubnetNatGatewayAssociation } from "@cdktf/provider-azurerm/lib/subnet-nat-gateway-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { AzurePlace } from "../place";
import type { PublicAddress } from "./public-addresses";

/** Properties of a {@link NatGateway}. */
export interface NatGatewayProps {
  readonly name: string;
  readonly place: AzurePlace;
  /** The addresses it leaves from. */
  readonly addresses: readonly PublicAddress[];
  /** @default - one that Azure chooses */
  readonly zone?: number;
}

/**
 * A NAT gateway: 64,512 ports an address instead of a firewall's 2,496. It stands in one zone; the zone-redundant kind, StandardV2, is not
 * known to this version of the provider.
 */
export class NatGateway extends Construct {
  readonly id: string;
  readonly #associations: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, place, addresses, zone }: NatGatewayProps) {
    super(scope, id);
    const gateway = new AzureNatGateway(this, "Resource", {
      ...place,
      name,
      skuName: "Standard",
      zones: zone === undefined ? undefined : [String(zone)],
    });
    this.id = gateway.id;
    this.#associations = addresses.map(
      ({ name: address, id: publicIpAddressId }) =>
        new NatGatewayPublicIpAssociation(this, `${address}-association`, {
          natGatewayId: gateway.id,
          publicIpAddressId,
        }),
    );
  }

  /**
   * Sends what leaves a subnet through the gateway.
   *
   * @returns what must be there before the subnet is used
   */
  attach(subnetId: string): ITerraformDependable {
    return new SubnetNatGatewayAssociation(this, "attachment", {
      natGatewayId: this.id,
      subnetId,
      // A gateway without an address lets nothing out.
      dependsOn: [...this.#associations],
    });
  }
}
