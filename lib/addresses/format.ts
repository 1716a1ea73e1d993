import type { Family, Words } from "./words";

// Texts are made from character codes in one step. Glued from pieces, each would stay a chain of fragments in memory,
// which for a million networks costs four times the processor time and half as much memory again.
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LOWER_A = 97;

/** Length of the longest text, `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128`. */
const MAX_LENGTH = 43;

/** Codes of the text that is being made. Each is made in one go, so one list serves them all. */
const codes: number[] = Array.from({ length: MAX_LENGTH }, () => ZERO);

/** The canonical text of an address: dotted quad, or RFC 5952 "A Recommendation for IPv6 Address Text Representation". */
export function formatAddress(family: Family, address: Words): string {
  return textOf(writeAddress(family, address));
}

/**
 * The canonical text of the network that starts at `first`: {@link formatAddress} with the prefix length.
 *
 * @param spelling how somebody else spelled the network: the answer is this very text if it is canonical. @default - not known
 */
export function formatNetwork(family: Family, first: Words, prefixLength: number, spelling?: string): string {
  let end = writeAddress(family, first);
  codes[end++] = SLASH;
  end = writeDecimal(end, prefixLength);
  return spelling !== undefined && isWritten(spelling, end) ? spelling : textOf(end);
}

function textOf(end: number): string {
  return String.fromCharCode(...codes.slice(0, end));
}

/** Whether this is the text that was just written. */
function isWritten(text: string, end: number): boolean {
  if (text.length !== end) return false;
  for (let i = 0; i < end; i++) if (text.charCodeAt(i) !== codes[i]) return false;
  return true;
}

// Each of the following writes from the start of the list, or from `start`, and returns where it ended.

function writeAddress(family: Family, address: Words): number {
  return family === "ipv4" ? writeIpv4(address.w3) : writeIpv6(address);
}

function writeIpv4(word: number): number {
  let end = writeDecimal(0, word >>> 24);
  codes[end++] = DOT;
  end = writeDecimal(end, (word >>> 16) & 255);
  codes[end++] = DOT;
  end = writeDecimal(end, (word >>> 8) & 255);
  codes[end++] = DOT;
  return writeDecimal(end, word & 255);
}

function writeIpv6(address: Words): number {
  const elided = longestZeroRun(address);
  let end = 0;
  for (let index = 0; index < 8; index++) {
    if (index === elided.start) {
      codes[end++] = COLON;
      codes[end++] = COLON;
    }
    if (index < elided.start || index >= elided.end) {
      // The first group, and the one behind "::", bring no colon of their own.
      if (index !== 0 && index !== elided.end) codes[end++] = COLON;
      end = writeHex(end, groupAt(address, index));
    }
  }
  return end;
}

/** One of the eight groups of 16 bits. */
function groupAt({ w0, w1, w2, w3 }: Words, index: number): number {
  const word = index < 4 ? (index < 2 ? w0 : w1) : index < 6 ? w2 : w3;
  return index % 2 === 0 ? word >>> 16 : word & 65535;
}

/**
 * What "::" stands for: the longest run of zero groups, the first of equals, never a single group (RFC 5952, sections
 * 4.2.2 and 4.2.3). Both ends are -1 when there is none.
 */
function longestZeroRun(address: Words): { readonly start: number; readonly end: number } {
  let start = -1;
  let end = -1;
  let longest = 1;
  let run = 0;
  for (let index = 0; index < 8; index++) {
    run = groupAt(address, index) === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      start = index + 1 - run;
      end = index + 1;
    }
  }
  return { start, end };
}

/** A number from 0 to 255. */
function writeDecimal(start: number, value: number): number {
  let end = start;
  if (value >= 100) codes[end++] = ZERO + Math.floor(value / 100);
  if (value >= 10) codes[end++] = ZERO + (Math.floor(value / 10) % 10);
  codes[end++] = ZERO + (value % 10);
  return end;
}

/** A number from 0 to 65535, without leading zeros. */
function writeHex(start: number, value: number): number {
  let end = start;
  if (value >= 0x1000) codes[end++] = hexCode(value >>> 12);
  if (value >= 0x100) codes[end++] = hexCode((value >>> 8) & 15);
  if (value >= 0x10) codes[end++] = hexCode((value >>> 4) & 15);
  codes[end++] = hexCode(value & 15);
  return end;
}

function hexCode(digit: number): number {
  return digit < 10 ? ZERO + digit : LOWER_A + digit - 10;
}
