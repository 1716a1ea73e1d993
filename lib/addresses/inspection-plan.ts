import type { Cidr } from "./cidr";
import { planZones, SMALLEST_PREFIX_LENGTH } from "./zone-plan";

/** The subnets of one zone of an inspection VPC, by tier. */
export interface InspectionZonePlan {
  /** The zone's letter. */
  readonly zone: string;
  /** Appliances, and the load balancer in front of them; half of the zone. */
  readonly appliance: Cidr;
  /** The transit gateway's attachment. */
  readonly attachment: Cidr;
  /** The load balancer's endpoint. */
  readonly endpoint: Cidr;
  /** The NAT gateway. */
  readonly nat: Cidr;
}

/**
 * Cuts the range of an inspection VPC into subnets: a quarter for each of four zones, and in each zone half for appliances, and a /28
 * for the transit gateway's attachment, the endpoint and the NAT gateway each, which take one address.
 *
 * @param vpc the VPC's range, /16 to /22
 * @param zones letters, at most four, append only: a zone's place in the list decides its subnets
 * @throws AllocationError, with the whole plan, when the range is too small
 */
export function planInspection(vpc: Cidr, zones: readonly string[]): readonly InspectionZonePlan[] {
  return planZones(vpc, zones, (zone) => [
    ["appliance", zone + 1],
    ["attachment", SMALLEST_PREFIX_LENGTH],
    ["endpoint", SMALLEST_PREFIX_LENGTH],
    ["nat", SMALLEST_PREFIX_LENGTH],
  ]);
}
