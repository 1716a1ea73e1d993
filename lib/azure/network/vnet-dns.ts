import { VirtualNetworkDnsServers } from "@cdktf/provider-azurerm/lib/virtual-network-dns-servers";
import { Construct } from "constructs";

/** Properties of {@link VnetDns}. */
export interface VnetDnsProps {
  readonly vnetId: string;
  /** Addresses within the VNet. */
  readonly servers: readonly string[];
}

/**
 * Whom machines of a VNet ask for names. It is apart from the VNet, since the servers stand in it. Machines learn of a change when their
 * lease is renewed, or when they start.
 */
export class VnetDns extends Construct {
  constructor(scope: Construct, id: string, { vnetId, servers }: VnetDnsProps) {
    super(scope, id);
    new VirtualNetworkDnsServers(this, "Resource", { virtualNetworkId: vnetId, dnsServers: [...servers] });
  }
}
