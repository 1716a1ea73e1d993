import { z } from "zod";

import { accountId, cidr, oneOf, profile, region, roleArn, says, text } from "../fields";

const SUBNET_LIST = "write at least two subnet ids, in different zones";

const subnetIds = (what: string) =>
  z
    .array(
      text({ pattern: /^subnet-[0-9a-f]{8,17}$/, what: "the id of a subnet", example: '"subnet-0123456789abcdef0"' }),
      {
        error: says(`must be ${what}`, SUBNET_LIST),
      },
    )
    .min(2, { error: says(`must be ${what}, in two zones or more`, SUBNET_LIST) });

const made = z.strictObject({
  /** IPv4 range of the VPC, /16 to /22: smaller ones leave no room for four tiers in four zones. */
  cidr,
  /**
   * Availability zones by letter, two to four. Append only: a zone's place in the list decides its subnets, so that
   * reordering or removing one would replace those of the zones behind it.
   */
  zones: z
    .array(text({ pattern: /^[a-z]$/, what: "the letter of an availability zone", example: '"a"' }), {
      error: says("must be a list of zone letters", 'write for example ["a", "b", "c"]'),
    })
    .min(2, { error: says("must name at least two zones", 'write for example ["a", "b", "c"]') })
    .max(4, { error: says("must name four zones at most", "keep the four that matter") }),
  /** How private subnets reach the internet. @default "nat": a NAT gateway with a fixed address in each zone */
  egress: oneOf(["nat"]).default("nat"),
});

const existing = z.strictObject({
  /** A network that somebody else manages. Nothing in it is changed. */
  existing: z.strictObject({
    vpcId: text({ pattern: /^vpc-[0-9a-f]{8,17}$/, what: "the id of a VPC", example: '"vpc-0123456789abcdef0"' }),
    cidr,
    publicSubnetIds: subnetIds("a list of public subnet ids"),
    privateSubnetIds: subnetIds("a list of private subnet ids"),
    /** The fixed public addresses its private subnets leave from, as /32. */
    egress: z
      .array(cidr, {
        error: says("must be the list of addresses the network leaves from", 'write for example ["203.0.113.7/32"]'),
      })
      .min(1, { error: says("must name at least one address", 'write for example ["203.0.113.7/32"]') }),
  }),
});

/** One AWS account and Region. */
export const aws = z.strictObject({
  /** The only account the provider will touch. */
  accountId,
  region,
  /** Profile of the AWS configuration. @default - the provider's usual chain of credentials */
  profile: profile.optional(),
  /** Role that the provider assumes. @default - none */
  assumeRole: z.strictObject({ roleArn, externalId: z.string().min(2).optional() }).optional(),
  /** The VPC: made here, or an existing one by its ids. @default - no network stack */
  network: z.union([made, existing]).optional(),
});
