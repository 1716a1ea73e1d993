/**
 * An address as four 32-bit words, most significant first; an IPv4 address sits in the last one.
 *
 * The words are signed (`x | 0`), because the engine keeps signed 32-bit integers inside the object: a million parsed
 * addresses then cost no separate heap number or bigint each.
 */
export interface Words {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/** The version of the Internet Protocol an address belongs to. */
export type Family = "ipv4" | "ipv6";

/** Bits in an address of the family: 32 or 128. */
export function addressBits(family: Family): 32 | 128 {
  return family === "ipv4" ? 32 : 128;
}

/** Prefix length counted over all 128 bits of {@link Words}, so that one rule of masking serves both families. */
export function prefixDepth(family: Family, prefixLength: number): number {
  return family === "ipv4" ? 96 + prefixLength : prefixLength;
}

/** Word `index` (0 to 3) of the mask whose `depth` leading bits are set. */
function maskWord(depth: number, index: number): number {
  const bits = depth - 32 * index;
  // A shift count is taken modulo 32, so the two ends need their own answer.
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

/** The address with every bit beyond `depth` cleared. */
export function masked(address: Words, depth: number): Words {
  return {
    w0: address.w0 & maskWord(depth, 0),
    w1: address.w1 & maskWord(depth, 1),
    w2: address.w2 & maskWord(depth, 2),
    w3: address.w3 & maskWord(depth, 3),
  };
}

/** Whether two addresses agree in their `depth` leading bits. */
export function sharePrefix(a: Words, b: Words, depth: number): boolean {
  return (
    ((a.w3 ^ b.w3) & maskWord(depth, 3)) === 0 &&
    ((a.w2 ^ b.w2) & maskWord(depth, 2)) === 0 &&
    ((a.w1 ^ b.w1) & maskWord(depth, 1)) === 0 &&
    ((a.w0 ^ b.w0) & maskWord(depth, 0)) === 0
  );
}

/** Whether the address has bits set beyond `depth`. */
export function hasHostBits(address: Words, depth: number): boolean {
  return (
    ((address.w3 & ~maskWord(depth, 3)) |
      (address.w2 & ~maskWord(depth, 2)) |
      (address.w1 & ~maskWord(depth, 1)) |
      (address.w0 & ~maskWord(depth, 0))) !==
    0
  );
}

/** The address as one number, as `Cidr.first` shows it. */
export function toBigInt(address: Words): bigint {
  const low = BigInt(address.w3 >>> 0);
  if ((address.w0 | address.w1 | address.w2) === 0) return low;
  return (
    (BigInt(address.w0 >>> 0) << 96n) | (BigInt(address.w1 >>> 0) << 64n) | (BigInt(address.w2 >>> 0) << 32n) | low
  );
}

/** The words of a number between 0 and 2^128 - 1. */
export function fromBigInt(value: bigint): Words {
  return {
    w0: Number(BigInt.asIntN(32, value >> 96n)),
    w1: Number(BigInt.asIntN(32, value >> 64n)),
    w2: Number(BigInt.asIntN(32, value >> 32n)),
    w3: Number(BigInt.asIntN(32, value)),
  };
}
