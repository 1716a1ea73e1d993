import type { Cidr } from "./cidr";
import { planZones, SMALLEST_PREFIX_LENGTH } from "./zone-plan";

/** The subnets of one zone, by tier. */
export interface ZonePlan {
  /** The zone's letter. */
  readonly zone: string;
  /** Load balancers and NAT gateways. */
  readonly public: Cidr;
  /** Workloads; half of the zone. */
  readonly private: Cidr;
  /** Interface endpoints. */
  readonly endpoints: Cidr;
  /** Transit gateway attachments; the /28 that Amazon VPC Transit Gateways, "Transit gateway design best practices", advises. */
  readonly transit: Cidr;
}

/**
 * Cuts a VPC's range into subnets: a quarter for each of four zones, and in each zone half for workloads, a quarter for
 * what faces the internet, an eighth for endpoints and a /28 for the transit gateway. All tiers have their place from the
 * start, used or not.
 *
 * @param vpc the VPC's range, /16 to /22
 * @param zones letters, at most four, append only: a zone's place in the list decides its subnets
 * @throws AllocationError, with the whole plan, when the range is too small
 */
export function planVpc(vpc: Cidr, zones: readonly string[]): readonly ZonePlan[] {
  return planZones(vpc, zones, (zone) => [
    ["private", zone + 1],
    ["public", zone + 2],
    ["endpoints", zone + 3],
    ["transit", SMALLEST_PREFIX_LENGTH],
  ]);
}
