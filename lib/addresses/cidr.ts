import { formatNetwork } from "./format";
import { type Family, type Words, addressBits, prefixDepth, sharePrefix, toBigInt } from "./words";

/**
 * A network: the block of addresses that share their first `prefixLength` bits. Immutable, and always valid: no host
 * bits, no `/0`. Other folders get one from `parseCidr` or `cidr` and from nowhere else.
 */
export class Cidr implements Words {
  /** Whether this is an IPv4 or an IPv6 network; the two never contain, overlap or merge with each other. */
  readonly family: Family;
  /** Number of leading bits all its addresses share: 1 to 32 (IPv4) or 1 to 128 (IPv6). */
  readonly prefixLength: number;
  /** Canonical form with the prefix: dotted quad, or RFC 5952 for IPv6. Two networks are the same when their texts are. */
  readonly text: string;
  /** @internal */ readonly w0: number;
  /** @internal */ readonly w1: number;
  /** @internal */ readonly w2: number;
  /** @internal */ readonly w3: number;

  /** @internal The caller answers for `first` having no host bits, and for `text` being its canonical form. */
  constructor(family: Family, first: Words, prefixLength: number, text: string) {
    this.family = family;
    this.prefixLength = prefixLength;
    this.text = text;
    this.w0 = first.w0;
    this.w1 = first.w1;
    this.w2 = first.w2;
    this.w3 = first.w3;
  }

  /** The lowest address as a number. Computed on each use: keep it in a variable inside a loop. */
  get first(): bigint {
    return toBigInt(this);
  }

  /** The canonical text, so that a network can stand in a template string. */
  toString(): string {
    return this.text;
  }

  /** The canonical text, so that logs and JSON show what a person would write. */
  toJSON(): string {
    return this.text;
  }
}

/** @internal The network that starts at `first`, which must have no host bits. */
export function network(family: Family, first: Words, prefixLength: number): Cidr {
  return new Cidr(family, first, prefixLength, formatNetwork(family, first, prefixLength));
}

/** How many addresses the network holds, its first and last included. */
export function addressCount(cidr: Cidr): bigint {
  return 1n << BigInt(addressBits(cidr.family) - cidr.prefixLength);
}

/** The highest address of the network as a number. */
export function lastAddress(cidr: Cidr): bigint {
  return cidr.first + addressCount(cidr) - 1n;
}

/** Whether every address of `inner` is in `outer`; a network contains itself. Never true across families. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.family === inner.family &&
    outer.prefixLength <= inner.prefixLength &&
    sharePrefix(outer, inner, prefixDepth(outer.family, outer.prefixLength))
  );
}

/** Whether the two networks have an address in common. Never true across families. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  // Two networks are nested or apart: they cannot overlap by half.
  return contains(a, b) || contains(b, a);
}
