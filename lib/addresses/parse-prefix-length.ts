import type { AddressFault } from "./faults";
import { addressBits, type Family } from "./words";

/** Reads the prefix length that starts at `start` and fills the rest of `text`: decimal, 1 to 32 or 1 to 128. */
export function readPrefixLength(text: string, start: number, family: Family): number | AddressFault {
  if (start === text.length) return "prefix-length";
  const longest = addressBits(family);
  let value = 0;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return "prefix-length";
    if (i > start && value === 0) return "leading-zero";
    value = value * 10 + digit;
    if (value > longest) return "prefix-length";
  }
  return value === 0 ? "zero-prefix" : value;
}
