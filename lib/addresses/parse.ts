import { Cidr } from "./cidr";
import { describeFault } from "./describe-fault";
import type { AddressFault } from "./faults";
import { formatNetwork } from "./format";
import { readIpv4 } from "./parse-ipv4";
import { isMapped, readIpv6 } from "./parse-ipv6";
import { readPrefixLength } from "./parse-prefix-length";
import { WIDEST_PREFIX_LENGTH } from "./widest";
import { type Family, hasHostBits, prefixDepth, type Words } from "./words";

export type { Cidr } from "./cidr";

/** What {@link parseCidr} found. */
export type CidrResult =
  | { readonly ok: true; readonly cidr: Cidr }
  | {
      readonly ok: false;
      /** Why the text is refused. */
      readonly fault: AddressFault;
      /** One sentence for a person: what is wrong, and what to write instead. Printable ASCII of bounded length. */
      readonly message: string;
    };

/** A text that is not a network in the strict sense of {@link parseCidr}. */
export class AddressError extends Error {
  override readonly name = "AddressError";

  constructor(
    /** Why the text is refused. */
    readonly fault: AddressFault,
    /** The text as it was given. */
    readonly text: string,
  ) {
    super(describeFault(fault, text));
  }
}

/**
 * Reads a network in CIDR notation. Strict: whatever two programs could read differently is refused, never repaired, and
 * so is `/0`. IPv6 may be spelled in any legal way without dots; `cidr.text` is canonical. Never throws.
 */
export function parseCidr(text: string): CidrResult {
  const result = read(text);
  if (typeof result !== "string") return { ok: true, cidr: result };
  const fault = refine(result, text);
  return { ok: false, fault, message: describeFault(fault, text) };
}

/**
 * Reads a network that an allowlist shall admit: as {@link parseCidr}, and no wider than any single owner's. Two halves of the internet
 * are as open a door as `/0`.
 */
export function parseAdmitted(text: string): CidrResult {
  const result = parseCidr(text);
  if (!isTooWide(result, text)) return result;
  return { ok: false, fault: "too-wide", message: describeFault("too-wide", text) };
}

/**
 * Reads a network that must be valid, such as a constant of the program.
 *
 * @throws AddressError with the fault and a sentence that says what to write instead.
 */
export function cidr(text: string): Cidr {
  const result = parseCidr(text);
  if (!result.ok) throw new AddressError(result.fault, text);
  return result.cidr;
}

function read(text: string): Cidr | AddressFault {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const family: Family = address.includes(":") ? "ipv6" : "ipv4";
  const first = family === "ipv4" ? readIpv4Words(address) : readIpv6(address);
  if (typeof first === "string") return first;
  if (family === "ipv6" && isMapped(first)) return "mapped-address";
  if (slash < 0) return "bare-address";
  const prefixLength = readPrefixLength(text, slash + 1, family);
  if (typeof prefixLength === "string") return prefixLength;
  if (hasHostBits(first, prefixDepth(family, prefixLength))) return "host-bits";
  // The strict IPv4 grammar has one spelling for each network, so the text that passed is the canonical one.
  if (family === "ipv4") return new Cidr(family, first, prefixLength, text);
  // The caller holds a text that is canonical already, as a rule: keeping that one spares making a second.
  return new Cidr(family, first, prefixLength, formatNetwork(family, first, prefixLength, text));
}

function readIpv4Words(address: string): Words | AddressFault {
  const value = readIpv4(address);
  return typeof value === "string" ? value : { w0: 0, w1: 0, w2: 0, w3: value | 0 };
}

/** Host bits of a range that is too wide anyway are told second: their remedy would name a range to be refused next. */
function isTooWide(result: CidrResult, text: string): boolean {
  if (result.ok) return result.cidr.prefixLength < WIDEST_PREFIX_LENGTH[result.cidr.family];
  if (result.fault !== "host-bits") return false;
  const family: Family = text.includes(":") ? "ipv6" : "ipv4";
  const prefixLength = readPrefixLength(text, text.indexOf("/") + 1, family);
  return typeof prefixLength !== "string" && prefixLength < WIDEST_PREFIX_LENGTH[family];
}

/** The readers know only their grammar; a stray character has a better explanation than "no address". */
function refine(fault: AddressFault, text: string): AddressFault {
  if (text === "") return "empty";
  if (/\s/u.test(text)) return "white-space";
  if (text.includes("%")) return "zone-id";
  return /[\u0080-\u{10ffff}]/u.test(text) ? "non-ascii" : fault;
}
