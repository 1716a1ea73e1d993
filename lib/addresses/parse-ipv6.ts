import type { AddressFault } from "./faults";
import type { Words } from "./words";

const COLON = 58;

/** Groups read so far, aligned to the low end. */
interface Groups extends Words {
  readonly count: number;
}

/** Reads an IPv6 address in any legal spelling but the dotted one. */
export function readIpv6(address: string): Words | AddressFault {
  if (!address.includes(".")) return readColonForm(address);
  // A dotted quad is refused wherever it stands; what comes before it tells whether an IPv4 address was meant.
  const start = address.slice(0, address.lastIndexOf(":") + 1);
  const block = readColonForm(`${start}0:0`);
  return typeof block !== "string" && isMapped(block) ? "mapped-address" : "dotted-tail";
}

/** Whether the address is in `::ffff:0:0/96` (RFC 4291 "IP Version 6 Addressing Architecture", section 2.5.5.2). */
export function isMapped(address: Words): boolean {
  return address.w0 === 0 && address.w1 === 0 && address.w2 === 0xffff;
}

function readColonForm(address: string): Words | AddressFault {
  const elision = address.indexOf("::");
  if (elision < 0) {
    const groups = readGroups(address, 0, address.length);
    return typeof groups === "string" || groups.count === 8 ? groups : "group-count";
  }
  // Searching from the second colon finds ":::" too.
  if (address.includes("::", elision + 1)) return "double-elision";
  const head = readGroups(address, 0, elision);
  if (typeof head === "string") return head;
  const tail = readGroups(address, elision + 2, address.length);
  if (typeof tail === "string") return tail;
  const count = head.count + tail.count;
  if (count >= 8) return count === 8 ? "empty-elision" : "group-count";
  return join(head, tail);
}

function readGroups(text: string, start: number, end: number): Groups | AddressFault {
  if (start === end) return { count: 0, w0: 0, w1: 0, w2: 0, w3: 0 };
  let w0 = 0;
  let w1 = 0;
  let w2 = 0;
  let w3 = 0;
  let count = 0;
  let group = 0;
  let digits = 0;
  for (let i = start; i <= end; i++) {
    // The end of the text closes a group as a colon does.
    const code = i < end ? text.charCodeAt(i) : COLON;
    if (code === COLON) {
      if (digits === 0) return "not-an-address";
      w0 = (w0 << 16) | (w1 >>> 16);
      w1 = (w1 << 16) | (w2 >>> 16);
      w2 = (w2 << 16) | (w3 >>> 16);
      w3 = (w3 << 16) | group;
      count++;
      group = 0;
      digits = 0;
    } else {
      const digit = hexDigit(code);
      if (digit < 0) return "not-an-address";
      if (digits === 4) return "group-length";
      group = (group << 4) | digit;
      digits++;
    }
  }
  return { count, w0, w1, w2, w3 };
}

/** Value of a hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Puts the head at the high end and the tail at the low end; the zeros between are what "::" stands for. */
function join(head: Groups, tail: Groups): Words {
  let { w0, w1, w2, w3 } = head;
  for (let shifts = head.count; shifts < 8; shifts++) {
    w0 = (w0 << 16) | (w1 >>> 16);
    w1 = (w1 << 16) | (w2 >>> 16);
    w2 = (w2 << 16) | (w3 >>> 16);
    w3 <<= 16;
  }
  return { w0: w0 | tail.w0, w1: w1 | tail.w1, w2: w2 | tail.w2, w3: w3 | tail.w3 };
}
