import fc from "fast-check";
import { type Cidr, cidr, type Family } from "../../../lib/addresses";

/** Levels below a universe's root: it has 64 units. */
const LEVELS = 6;
const UNITS = 2 ** LEVELS;

/** A block of 64 equal units, small enough to enumerate: what networks do there can be checked unit by unit. */
export interface Universe {
  readonly title: string;
  readonly family: Family;
  /** The first address. */
  readonly first: bigint;
  /** Prefix length of the whole block. */
  readonly prefixLength: number;
}

/** A block of a universe: 2^`level` units from `unit` on. */
export interface Block {
  readonly unit: number;
  readonly level: number;
}

/** Both ends of both families, what lies across 32-bit and 64-bit borders, and the whole of each family. */
export const UNIVERSES: readonly Universe[] = [
  { title: "192.0.2.64/26", family: "ipv4", first: 0xc0000240n, prefixLength: 26 },
  { title: "0.0.0.0/26", family: "ipv4", first: 0n, prefixLength: 26 },
  { title: "255.255.255.192/26", family: "ipv4", first: 0xffffffc0n, prefixLength: 26 },
  { title: "all of IPv4", family: "ipv4", first: 0n, prefixLength: 0 },
  { title: "2001:db8:0:8::/61", family: "ipv6", first: 0x20010db8_00000008_00000000_00000000n, prefixLength: 61 },
  { title: "2001:db8::/29", family: "ipv6", first: 0x20010db8_00000000_00000000_00000000n, prefixLength: 29 },
  { title: "2001:db8::8000:0:0/93", family: "ipv6", first: 0x20010db8_00000000_00008000_00000000n, prefixLength: 93 },
  { title: "the end of IPv6", family: "ipv6", first: 2n ** 128n - 64n, prefixLength: 122 },
  { title: "all of IPv6", family: "ipv6", first: 0n, prefixLength: 0 },
];

/** Any block of a universe that is a legal network. */
export function blocks(universe: Universe): fc.Arbitrary<Block> {
  const largest = universe.prefixLength === 0 ? LEVELS - 1 : LEVELS;
  return fc
    .tuple(fc.integer({ min: 0, max: largest }), fc.integer({ min: 0, max: UNITS - 1 }))
    .map(([level, unit]) => ({ level, unit: unit - (unit % 2 ** level) }));
}

/** The network that a block is, read from a text that this file writes itself. */
export function networkOf(universe: Universe, block: Block): Cidr {
  const { first, prefixLength } = placeOf(universe, block);
  const bits = universe.family === "ipv4" ? 32 : 128;
  const digits = first.toString(16).padStart(bits / 4, "0");
  const parts = digits.match(universe.family === "ipv4" ? /../g : /..../g) ?? [];
  const address = universe.family === "ipv4" ? parts.map((octet) => parseInt(octet, 16)).join(".") : parts.join(":");
  return cidr(`${address}/${prefixLength}`);
}

/** First address and prefix length of a block. */
export function placeOf(universe: Universe, { unit, level }: Block): Pick<Cidr, "first" | "prefixLength"> {
  const bits = universe.family === "ipv4" ? 32 : 128;
  const unitBits = BigInt(bits - universe.prefixLength - LEVELS);
  return {
    first: universe.first + (BigInt(unit) << unitBits),
    prefixLength: universe.prefixLength + LEVELS - level,
  };
}

/** The units that the blocks hold. */
export function unitsOf(members: readonly Block[]): ReadonlySet<number> {
  const units = new Set<number>();
  for (const { unit, level } of members) for (let i = 0; i < 2 ** level; i++) units.add(unit + i);
  return units;
}

/** The fewest blocks that hold exactly these units: a block is taken whole or looked at by halves. */
export function fewestBlocks(
  universe: Universe,
  units: ReadonlySet<number>,
  { unit, level }: Block = { unit: 0, level: LEVELS },
): readonly Block[] {
  const size = 2 ** level;
  let held = 0;
  for (let i = 0; i < size; i++) if (units.has(unit + i)) held++;
  if (held === 0) return [];
  const isNetwork = universe.prefixLength > 0 || level < LEVELS;
  if (held === size && isNetwork) return [{ unit, level }];
  return [
    ...fewestBlocks(universe, units, { unit, level: level - 1 }),
    ...fewestBlocks(universe, units, { unit: unit + size / 2, level: level - 1 }),
  ];
}

/** What a list of networks comes to, in a form that shows well when a test fails. */
export function places(cidrs: readonly Cidr[]): readonly string[] {
  return cidrs.map(({ first, prefixLength }) => `${first.toString(16)}/${prefixLength}`);
}

/** {@link places} of blocks. */
export function blockPlaces(universe: Universe, members: readonly Block[]): readonly string[] {
  return members.map((block) => {
    const { first, prefixLength } = placeOf(universe, block);
    return `${first.toString(16)}/${prefixLength}`;
  });
}
