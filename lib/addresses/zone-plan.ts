import { allocate } from "./allocate";
import type { Cidr } from "./cidr";

/** Zones a VPC plan has room for, whether they are used or not: a zone that is added later moves nothing. */
export const ZONE_SLOTS = 4;

/** The smallest subnet of a VPC (Amazon VPC User Guide, "Subnet sizing"). */
export const SMALLEST_PREFIX_LENGTH = 28;

/** The subnets of one zone by tier, with the zone's letter. */
export type ZoneTiers<Tier extends string> = { readonly zone: string } & Readonly<Record<Tier, Cidr>>;

/**
 * Cuts a VPC's range into a quarter for each of four zones, and each zone into its tiers.
 *
 * @internal
 * @param zones letters, at most four, append only: a zone's place in the list decides its subnets
 * @param tiersOf prefix lengths by tier, in the order in which they find their places, from the length of a zone's own quarter
 * @throws AllocationError, with the whole plan, when the range is too small
 */
export function planZones<const Tier extends string>(
  vpc: Cidr,
  zones: readonly string[],
  tiersOf: (zonePrefixLength: number) => readonly (readonly [tier: Tier, prefixLength: number])[],
): readonly ZoneTiers<Tier>[] {
  const prefixLength = vpc.prefixLength + Math.log2(ZONE_SLOTS);
  const slots = allocate(
    vpc,
    zones.map((zone) => ({ name: `zone ${zone}`, prefixLength })),
  );
  return zones.map((zone) => {
    const tiers = tiersOf(prefixLength);
    const plan = allocate(
      slots.subnet(`zone ${zone}`),
      tiers.map(([tier, length]) => ({ name: `${tier} ${zone}`, prefixLength: length })),
    );
    const subnets = Object.fromEntries(tiers.map(([tier]) => [tier, plan.subnet(`${tier} ${zone}`)]));
    return { zone, ...(subnets as Record<Tier, Cidr>) };
  });
}
