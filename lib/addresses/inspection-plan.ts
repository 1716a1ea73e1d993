import { allocate } from "./allocate";
import type { Cidr } from "./cidr";
import { ZONE_SLOTS } from "./vpc-plan";

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
 * The /28 that Amazon VPC Transit Gateways, "Transit gateway design best practices", advises; a NAT gateway and an endpoint take one
 * address each, and AWS keeps five.
 */
const SMALL_PREFIX_LENGTH = 28;

/**
 * Cuts the range of an inspection VPC into subnets: a quarter for each of four zones, and in each zone half for appliances, and a /28
 * for the transit gateway's attachment, the endpoint and the NAT gateway each.
 *
 * @param vpc the VPC's range, /16 to /22
 * @param zones letters, at most four, append only: a zone's place in the list decides its subnets
 * @throws AllocationError, with the whole plan, when the range is too small
 */
export function planInspection(vpc: Cidr, zones: readonly string[]): readonly InspectionZonePlan[] {
  const slotPrefixLength = vpc.prefixLength + Math.log2(ZONE_SLOTS);
  const slots = allocate(
    vpc,
    zones.map((zone) => ({ name: `zone ${zone}`, prefixLength: slotPrefixLength })),
  );
  return zones.map((zone) => {
    const tiers = allocate(slots.subnet(`zone ${zone}`), [
      { name: `appliance ${zone}`, prefixLength: slotPrefixLength + 1 },
      { name: `attachment ${zone}`, prefixLength: SMALL_PREFIX_LENGTH },
      { name: `endpoint ${zone}`, prefixLength: SMALL_PREFIX_LENGTH },
      { name: `nat ${zone}`, prefixLength: SMALL_PREFIX_LENGTH },
    ]);
    return {
      zone,
      appliance: tiers.subnet(`appliance ${zone}`),
      attachment: tiers.subnet(`attachment ${zone}`),
      endpoint: tiers.subnet(`endpoint ${zone}`),
      nat: tiers.subnet(`nat ${zone}`),
    };
  });
}
