import type { SecurityGroup } from "../network/security-group";
import type { DnsEntry, LatticeService } from "./lattice-service";

/** A way from a VPC into a service network. */
export interface LatticeReach {
  /** Stands before the network, and lets only those through who were admitted. */
  readonly securityGroup: SecurityGroup;
  /**
   * Lets clients of this VPC through, on both sides.
   *
   * @param clients security group of the clients
   * @param ports of the listeners that they call
   */
  admit(clients: SecurityGroup, ports: readonly number[]): void;
  /** Where a service is found this way, for the record of its domain; a service without one is called by this name. */
  dnsEntryOf(service: LatticeService): DnsEntry;
}
