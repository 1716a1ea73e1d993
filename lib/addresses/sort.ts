import type { Cidr } from "./cidr";
import type { Family } from "./words";

/** 32 bits of each network, by its position in the list. */
type Column = Uint32Array;

const DIGIT_BITS = 8;
const DIGITS = 1 << DIGIT_BITS;
const DIGIT_MASK = DIGITS - 1;

/**
 * The networks of one family by first address, then larger before smaller.
 *
 * A radix sort of positions, digit by digit from the least significant: a million networks take a fraction of the time that
 * a comparing sort takes, which would be most of the time of their union.
 */
export function sortNetworks(family: Family, cidrs: readonly Cidr[]): Cidr[] {
  // Address plans make sets of one network all the time, and the digits would cost each of them thousands of steps.
  if (cidrs.length < 2) return [...cidrs];
  let order = new Uint32Array(cidrs.length).map((_, position) => position);
  let spare = new Uint32Array(cidrs.length);
  for (const column of columnsOf(family, cidrs)) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      const starts = digitStarts(column, shift);
      if (starts === undefined) continue;
      sortByDigit(order, spare, column, shift, starts);
      [order, spare] = [spare, order];
    }
  }
  const sorted: Cidr[] = [];
  for (const position of order) {
    const cidr = cidrs[position];
    if (cidr !== undefined) sorted.push(cidr);
  }
  return sorted;
}

/** What networks are ordered by, from the least to the most significant. */
function columnsOf(family: Family, cidrs: readonly Cidr[]): readonly Column[] {
  const [prefixLengths, w3] = [new Uint32Array(cidrs.length), new Uint32Array(cidrs.length)];
  let position = 0;
  if (family === "ipv4") {
    for (const cidr of cidrs) {
      prefixLengths[position] = cidr.prefixLength;
      w3[position++] = cidr.w3;
    }
    return [prefixLengths, w3];
  }
  const [w2, w1, w0] = [new Uint32Array(cidrs.length), new Uint32Array(cidrs.length), new Uint32Array(cidrs.length)];
  for (const cidr of cidrs) {
    prefixLengths[position] = cidr.prefixLength;
    w3[position] = cidr.w3;
    w2[position] = cidr.w2;
    w1[position] = cidr.w1;
    w0[position++] = cidr.w0;
  }
  return [prefixLengths, w3, w2, w1, w0];
}

/** Where the positions with each digit begin in the sorted order; `undefined` when all share one digit and keep theirs. */
function digitStarts(column: Column, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(DIGITS);
  for (const value of column) {
    const digit = (value >>> shift) & DIGIT_MASK;
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts.includes(column.length)) return undefined;
  let start = 0;
  for (const [digit, count] of starts.entries()) {
    starts[digit] = start;
    start += count;
  }
  return starts;
}

/** Writes `order` to `target` by one digit, keeping the order among equals; uses `starts` up. */
function sortByDigit(
  order: Uint32Array,
  target: Uint32Array,
  column: Column,
  shift: number,
  starts: Uint32Array,
): void {
  for (const position of order) {
    const digit = ((column[position] ?? 0) >>> shift) & DIGIT_MASK;
    const place = starts[digit] ?? 0;
    target[place] = position;
    starts[digit] = place + 1;
  }
}
