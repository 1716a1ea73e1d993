import type { Cidr } from "./cidr";
import type { Family } from "./words";

/** Reads 32 bits of what networks are ordered by. */
type Key = (cidr: Cidr) => number;

/** From the least to the most significant; of two networks with one first address, the larger comes first. */
const KEYS: Readonly<Record<Family, readonly Key[]>> = {
  ipv4: [({ prefixLength }) => prefixLength, ({ w3 }) => w3],
  ipv6: [({ prefixLength }) => prefixLength, ({ w3 }) => w3, ({ w2 }) => w2, ({ w1 }) => w1, ({ w0 }) => w0],
};

const DIGIT_BITS = 8;
const DIGITS = 1 << DIGIT_BITS;

/**
 * The networks of one family by first address, then larger before smaller.
 *
 * A radix sort of positions, digit by digit from the least significant: a million networks take a quarter of the time that
 * a comparing sort takes, which would be most of the time of their union.
 */
export function sortNetworks(family: Family, cidrs: readonly Cidr[]): Cidr[] {
  let order = new Uint32Array(cidrs.length).map((_, position) => position);
  let spare = new Uint32Array(cidrs.length);
  for (const key of KEYS[family]) {
    const column = new Uint32Array(cidrs.length);
    let row = 0;
    for (const cidr of cidrs) column[row++] = key(cidr);
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

/** Where the positions with each digit begin in the sorted order; `undefined` when all share one digit and keep theirs. */
function digitStarts(column: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(DIGITS);
  for (const value of column) {
    const digit = (value >>> shift) % DIGITS;
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
  column: Uint32Array,
  shift: number,
  starts: Uint32Array,
): void {
  for (const position of order) {
    const digit = ((column[position] ?? 0) >>> shift) % DIGITS;
    const place = starts[digit] ?? 0;
    target[place] = position;
    starts[digit] = place + 1;
  }
}
