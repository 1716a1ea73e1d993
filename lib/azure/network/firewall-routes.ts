import { Route } from "@cdktf/provider-azurerm/lib/route";
import { RouteTable } from "@cdktf/provider-azurerm/lib/route-table";
import { SubnetRouteTableAssociation } from "@cdktf/provider-azurerm/lib/subnet-route-table-association";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import type { AzurePlace } from "../place";

/** Properties of {@link FirewallRoutes}. */
export interface FirewallRoutesProps {
  readonly name: string;
  readonly place: AzurePlace;
  /** Private address of the firewall. */
  readonly firewallIp: string;
  /** Public addresses of the firewall, by the names of their routes. */
  readonly firewallRanges: ReadonlyMap<string, string>;
}

/** Routes of subnets that leave through the firewall, and in no other way. */
export class FirewallRoutes extends Construct {
  readonly id: string;
  readonly #routes: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { name, place, firewallIp, firewallRanges }: FirewallRoutesProps) {
    super(scope, id);
    const table = new RouteTable(this, "Resource", {
      ...place,
      name,
      // A gateway that learns 0.0.0.0/0 from elsewhere would lead around the firewall.
      bgpRoutePropagationEnabled: false,
    });
    const common = { resourceGroupName: place.resourceGroupName, routeTableName: table.name };
    this.#routes = [
      new Route(this, "default", {
        ...common,
        name: "default",
        addressPrefix: "0.0.0.0/0",
        nextHopType: "VirtualAppliance",
        nextHopInIpAddress: firewallIp,
      }),
      // The firewall's own public addresses are no destination behind the firewall (AKS documentation, "Control egress traffic using
      // Azure Firewall").
      ...Array.from(
        firewallRanges,
        ([address, addressPrefix]) =>
          new Route(this, `firewall-${address}`, {
            ...common,
            name: `firewall-${address}`,
            addressPrefix,
            nextHopType: "Internet",
          }),
      ),
    ];
    this.id = table.id;
  }

  /** Puts a subnet behind the firewall, under a construct of the caller's. */
  associate(scope: Construct, id: string, subnetId: string): void {
    new SubnetRouteTableAssociation(scope, id, {
      subnetId,
      routeTableId: this.id,
      // A cluster is refused in a subnet without a default route.
      dependsOn: [...this.#routes],
    });
  }
}
