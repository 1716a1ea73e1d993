import type { AddressFault } from "./faults";
import { WIDEST_PREFIX_LENGTH } from "./widest";
import { formatNetwork } from "./format";
import { readIpv4 } from "./parse-ipv4";
import { readIpv6 } from "./parse-ipv6";
import { readPrefixLength } from "./parse-prefix-length";
import { addressBits, type Family, masked, prefixDepth, type Words } from "./words";

/** Longest part of a refused text that a message repeats, in characters: the longest legal network has 43. */
const QUOTED_CHARACTERS = 60;

/** What is wrong with a text, as the rest of a sentence that begins with it, and what to write instead. */
export interface FaultExplanation {
  readonly problem: string;
  readonly remedy: string;
}

const EXPLANATIONS: Readonly<Record<AddressFault, (text: string) => readonly [problem: string, remedy: string]>> = {
  empty: () => ["is empty", "write a network such as 192.0.2.0/24 or 2001:db8::/32"],
  "white-space": () => ["holds white space", "remove it"],
  "zone-id": () => ["holds a zone id, which means nothing outside one machine", "remove it from the % on"],
  "non-ascii": () => ["holds a character outside ASCII", "type it again with plain digits and letters"],
  "not-an-address": () => ["is no IPv4 or IPv6 network", "write one such as 192.0.2.0/24 or 2001:db8::/32"],
  "leading-zero": () => [
    "has a number with a leading zero, which some programs read as octal",
    "write the numbers without leading zeros",
  ],
  "octet-range": () => ["has an octet above 255", "correct the address"],
  "octet-count": () => ["does not have four octets", "write all four, as in 10.1.0.0/16"],
  "group-length": () => ["has a group of more than four hexadecimal digits", "correct the address"],
  "group-count": () => ["does not have eight groups", "write all eight, or one :: for the zero groups left out"],
  "double-elision": () => ["has :: more than once", "write all but one of the zero runs out"],
  "empty-elision": () => ["has all eight groups and a :: beside them", "write a single colon there"],
  "dotted-tail": () => ["mixes IPv6 and dotted notation", "write all groups in hexadecimal"],
  "mapped-address": () => ["is IPv4 mapped into IPv6", "write it as an IPv4 network"],
  "bare-address": (text) => [`has no prefix length`, `write ${asSingle(text)}`],
  "prefix-length": (text) => [
    `needs a whole number from 1 to ${addressBits(familyOf(text))} behind its slash`,
    `correct the prefix length`,
  ],
  "zero-prefix": () => ["is every address there is", "write the networks that are meant"],
  "too-wide": (text) => [
    `is wider than /${WIDEST_PREFIX_LENGTH[familyOf(text)]}, which admits a good part of the internet`,
    "write the ranges that are meant",
  ],
  "host-bits": (text) => [`has bits set beyond its prefix`, `write ${asNetwork(text)} or ${asSingle(text)}`],
};

/** Says of a refused text what is wrong with it, without repeating it. */
export function explainFault(fault: AddressFault, text: string): FaultExplanation {
  const [problem, remedy] = EXPLANATIONS[fault](text);
  return { problem, remedy };
}

/**
 * One sentence for a person: what is wrong with `text`, and what to write instead. The text is repeated in printable
 * ASCII and cut at 60 characters, so the sentence is safe in a log.
 */
export function describeFault(fault: AddressFault, text: string): string {
  const { problem, remedy } = explainFault(fault, text);
  return `${quoted(text)} ${problem}; ${remedy}`;
}

function quoted(text: string): string {
  const shown = text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}...` : text;
  if (/^[!-~]+$/u.test(shown)) return shown;
  return JSON.stringify(shown).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function familyOf(text: string): Family {
  return text.includes(":") ? "ipv6" : "ipv4";
}

/** The network of the one address that `text` names. */
function asSingle(text: string): string {
  const family = familyOf(text);
  const bits = addressBits(family);
  const address = addressIn(text, family);
  return address === undefined ? `the address with /${bits}` : formatNetwork(family, address, bits);
}

/** The network around the address that `text` names, by its prefix length. */
function asNetwork(text: string): string {
  const family = familyOf(text);
  const address = addressIn(text, family);
  const prefixLength = readPrefixLength(text, text.indexOf("/") + 1, family);
  if (address === undefined || typeof prefixLength === "string") return "the network's first address";
  return formatNetwork(family, masked(address, prefixDepth(family, prefixLength)), prefixLength);
}

function addressIn(text: string, family: Family): Words | undefined {
  const address = text.split("/", 1).join();
  const value = family === "ipv4" ? readIpv4(address) : readIpv6(address);
  if (typeof value === "string") return undefined;
  return typeof value === "number" ? { w0: 0, w1: 0, w2: 0, w3: value | 0 } : value;
}
