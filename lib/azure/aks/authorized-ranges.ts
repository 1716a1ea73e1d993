import { Token } from "cdktf";

import { type Cidr, cidr } from "../../addresses";

/** IPv6 ranges among those that are written out, each once: {@link authorizedRanges} leaves them out. */
export function leftOutRanges(...sources: readonly (readonly string[])[]): readonly string[] {
  const written = sources.flat().filter((range) => !Token.isUnresolved(range));
  return [...new Set(written.filter((range) => cidr(range).family === "ipv6"))];
}

/**
 * Joins what may reach an API server into the list that Azure keeps: each range once, those written out in the order of their
 * addresses.
 *
 * Azure's list knows IPv4 only, so IPv6 ranges are left out ({@link leftOutRanges}). Ranges that are known only after apply come first, as they are: what they
 * will say cannot be compared with anything, and Azure takes a range twice as once.
 *
 * @param sources lists of ranges, each a network without host bits
 * @throws AddressError when a range that is written out is none
 */
export function authorizedRanges(...sources: readonly (readonly string[])[]): readonly string[] {
  const ranges = sources.flat();
  const laterKnown = ranges.filter((range) => Token.isUnresolved(range));
  const written = ranges.filter((range) => !Token.isUnresolved(range)).map((range) => cidr(range));
  const byText = new Map(written.filter(({ family }) => family === "ipv4").map((range) => [range.text, range]));
  return [...new Set(laterKnown), ...[...byText.values()].sort(byAddress).map(({ text }) => text)];
}

function byAddress(one: Cidr, other: Cidr): number {
  if (one.first !== other.first) return one.first < other.first ? -1 : 1;
  return one.prefixLength - other.prefixLength;
}
