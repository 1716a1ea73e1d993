import { allocate } from "./allocate";
import type { Cidr } from "./cidr";

/** Zones a VPC plan has room for, whether they are used or not: a zone that is added later moves nothing. */
export const ZONE_SLOTS = 4;

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

const TRANSIT_PREFIX_LENGTH = 28;

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
  const slotPrefixLength = vpc.prefixLength + Math.log2(ZONE_SLOTS);
  const slots = allocate(
    vpc,
    zones.map((zone) => ({ name: `zone ${zone}`, prefixLength: slotPrefixLength })),
  );
  return zones.map((zone) => {
    const tiers = allocate(slots.subnet(`zone ${zone}`), [
      { name: `private ${zone}`, prefixLength: slotPrefixLength + 1 },
      { name: `public ${zone}`, prefixLength: slotPrefixLength + 2 },
      { name: `endpoints ${zone}`, prefixLength: slotPrefixLength + 3 },
      { name: `transit ${zone}`, prefixLength: TRANSIT_PREFIX_LENGTH },
    ]);
    return {
      zone,
      private: tiers.subnet(`private ${zone}`),
      public: tiers.subnet(`public ${zone}`),
      endpoints: tiers.subnet(`endpoints ${zone}`),
      transit: tiers.subnet(`transit ${zone}`),
    };
  });
}
