import { type Cidr, lastAddress, parseCidr, union } from "../addresses";

/** @internal IPv4 addresses from one to another, both of which belong to it. */
export interface Range {
  readonly first: number;
  readonly last: number;
  /** As nftables and Suricata read it. */
  readonly text: string;
}

const LAST_ADDRESS = 0xffff_ffff;

/** Every address, which no network of `lib/addresses` is. */
const EVERYWHERE: Range = { first: 0, last: LAST_ADDRESS, text: "0.0.0.0/0" };

/** @internal A range in CIDR notation, or `0.0.0.0/0`. @returns undefined for anything else */
export function readRange(text: string): Range | undefined {
  if (text === EVERYWHERE.text) return EVERYWHERE;
  const parsed = parseCidr(text);
  return parsed.ok && parsed.cidr.family === "ipv4" ? ofCidr(parsed.cidr) : undefined;
}

const ofCidr = (cidr: Cidr): Range => ({
  first: Number(cidr.first),
  last: Number(lastAddress(cidr)),
  text: cidr.text,
});

/** @internal Whether two ranges have an address in common. */
export const overlap = (one: Range, other: Range): boolean => one.first <= other.last && other.first <= one.last;

/** @internal The fewest CIDR ranges with the same addresses, in order. */
export function uniteRanges(ranges: readonly Range[]): readonly Range[] {
  if (ranges.some(({ text }) => text === EVERYWHERE.text)) return [EVERYWHERE];
  const cidrs = ranges.flatMap(({ text }) => {
    const parsed = parseCidr(text);
    return parsed.ok ? [parsed.cidr] : [];
  });
  return union(cidrs).map(ofCidr);
}

/** @internal All addresses but those of some ranges, which are apart from each other and in order. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const edges = [-1, ...ranges.flatMap(({ first, last }) => [first, last]), LAST_ADDRESS + 1];
  const gaps: Range[] = [];
  for (let at = 0; at < edges.length; at += 2) {
    const [first, last] = [(edges[at] ?? 0) + 1, (edges[at + 1] ?? 0) - 1];
    if (first <= last) gaps.push({ first, last, text: `${dotted(first)}-${dotted(last)}` });
  }
  return gaps;
}

const dotted = (address: number): string => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join(".");
