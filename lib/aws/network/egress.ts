import type { EgressAddress, WayOut, ZoneNetwork } from "./zone-network";

/** The fixed address of one zone's egress. */
export interface ZoneAddress extends EgressAddress {
  /** The zone's letter. */
  readonly zone: string;
}

/**
 * Sends every zone through a NAT gateway of its own: a zone that fails takes no other's egress with it, and no traffic
 * crosses zones.
 *
 * @param protect keeps the addresses from being released
 * @returns the addresses in the order of the zones
 */
export function leaveThroughNatOfZone(zones: readonly ZoneNetwork[], protect: boolean): readonly ZoneAddress[] {
  return zones.map((zone) => {
    const address = zone.addEgressAddress(protect);
    zone.leaveThrough({ natGatewayId: zone.addNatGateway(address) });
    return { zone: zone.zone, ...address };
  });
}

/**
 * Sends every zone through the NAT gateway of the first: one hourly price and one address, but when that zone fails, nothing leaves
 * any zone, and traffic of the others is charged for crossing zones.
 *
 * @param protect keeps the address from being released
 * @returns the one address
 */
export function leaveThroughNatOfFirst(zones: readonly ZoneNetwork[], protect: boolean): readonly ZoneAddress[] {
  return zones.slice(0, 1).map((first) => {
    const address = first.addEgressAddress(protect);
    const natGatewayId = first.addNatGateway(address);
    for (const zone of zones) zone.leaveThrough({ natGatewayId });
    return { zone: first.zone, ...address };
  });
}

/**
 * Sends every zone to somebody else's NAT gateways, which use the addresses that are kept here.
 *
 * @param protect keeps the addresses from being released
 * @returns the addresses in the order of the zones
 */
export function leaveThroughOthers(
  zones: readonly ZoneNetwork[],
  way: WayOut,
  protect: boolean,
): readonly ZoneAddress[] {
  return zones.map((zone) => {
    zone.leaveThrough(way);
    return { zone: zone.zone, ...zone.addEgressAddress(protect) };
  });
}
