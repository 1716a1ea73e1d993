import type { Family, Words } from "./words";

// Texts are made from character codes in one step. Glued from pieces, each would stay a chain of fragments in memory,
// which for a million networks costs four times the processor time and half as much memory again.
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LOWER_A = 97;

/** The canonical text of an address: dotted quad, or RFC 5952 "A Recommendation for IPv6 Address Text Representation". */
export function formatAddress(family: Family, address: Words): string {
  return String.fromCharCode(...addressCodes(family, address));
}

/** The canonical text of the network that starts at `first`: {@link formatAddress} with the prefix length. */
export function formatNetwork(family: Family, first: Words, prefixLength: number): string {
  const codes = addressCodes(family, first);
  codes.push(SLASH);
  pushDecimal(codes, prefixLength);
  return String.fromCharCode(...codes);
}

function addressCodes(family: Family, address: Words): number[] {
  return family === "ipv4" ? ipv4Codes(address.w3) : ipv6Codes(address);
}

function ipv4Codes(word: number): number[] {
  const codes: number[] = [];
  pushDecimal(codes, word >>> 24);
  codes.push(DOT);
  pushDecimal(codes, (word >>> 16) & 255);
  codes.push(DOT);
  pushDecimal(codes, (word >>> 8) & 255);
  codes.push(DOT);
  pushDecimal(codes, word & 255);
  return codes;
}

function ipv6Codes({ w0, w1, w2, w3 }: Words): number[] {
  const groups = [w0 >>> 16, w0 & 65535, w1 >>> 16, w1 & 65535, w2 >>> 16, w2 & 65535, w3 >>> 16, w3 & 65535];
  const elided = longestZeroRun(groups);
  const codes: number[] = [];
  let index = 0;
  for (const group of groups) {
    if (index === elided.start) codes.push(COLON, COLON);
    if (index < elided.start || index >= elided.end) {
      // The first group, and the one behind "::", bring no colon of their own.
      if (index !== 0 && index !== elided.end) codes.push(COLON);
      pushHex(codes, group);
    }
    index++;
  }
  return codes;
}

/**
 * What "::" stands for: the longest run of zero groups, the first of equals, never a single group (RFC 5952, sections
 * 4.2.2 and 4.2.3). Both ends are -1 when there is none.
 */
function longestZeroRun(groups: readonly number[]): { readonly start: number; readonly end: number } {
  let start = -1;
  let end = -1;
  let longest = 1;
  let run = 0;
  let index = 0;
  for (const group of groups) {
    index++;
    run = group === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      start = index - run;
      end = index;
    }
  }
  return { start, end };
}

/** Writes a number from 0 to 255. */
function pushDecimal(codes: number[], value: number): void {
  if (value >= 100) codes.push(ZERO + Math.floor(value / 100));
  if (value >= 10) codes.push(ZERO + (Math.floor(value / 10) % 10));
  codes.push(ZERO + (value % 10));
}

/** Writes a number from 0 to 65535 without leading zeros. */
function pushHex(codes: number[], value: number): void {
  if (value >= 0x1000) codes.push(hexCode(value >>> 12));
  if (value >= 0x100) codes.push(hexCode((value >>> 8) & 15));
  if (value >= 0x10) codes.push(hexCode((value >>> 4) & 15));
  codes.push(hexCode(value & 15));
}

function hexCode(digit: number): number {
  return digit < 10 ? ZERO + digit : LOWER_A + digit - 10;
}
