import type { AddressFault } from "./faults";

const DOT = 46;
const ZERO = 48;
const NINE = 57;

/** Reads a dotted quad, four decimal octets and nothing else, as an unsigned 32-bit number. */
export function readIpv4(address: string): number | AddressFault {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && octet === 0) return "leading-zero";
      octet = octet * 10 + (code - ZERO);
      if (octet > 255) return "octet-range";
      digits++;
    } else if (code === DOT && digits > 0) {
      if (dots === 3) return "octet-count";
      value = value * 256 + octet;
      octet = 0;
      digits = 0;
      dots++;
    } else {
      return "not-an-address";
    }
  }
  if (digits === 0) return "not-an-address";
  return dots === 3 ? value * 256 + octet : "octet-count";
}
