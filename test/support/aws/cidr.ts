import { isIP } from "node:net";

/** IP versions as WAF names them. */
export type IpVersion = "IPV4" | "IPV6";

const FAMILIES = { IPV4: { family: 4, bits: 32 }, IPV6: { family: 6, bits: 128 } } as const;

/** Whether WAF would take this as an address of a set of that version: with a prefix, and never everything (`/0`). */
export function isCidr(text: string, version: IpVersion): boolean {
  const { family, bits } = FAMILIES[version];
  const [address = "", prefix = "", ...rest] = text.split("/");
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
  // Node takes an address with a zone ("fe80::1%eth0"), which no CIDR has.
  return isIP(address) === family && !address.includes("%") && length >= 1 && length <= bits && rest.length === 0;
}

/** Spells an IPv6 CIDR with all its digits, as WAF may; leaves IPv4 alone. */
export function expandIpv6(cidr: string): string {
  const [address = "", prefix = ""] = cidr.split("/");
  if (isIP(address) !== 6) return cidr;
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined): string[] => (text ? text.split(":") : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail)];
  return `${all.map((group) => group.padStart(4, "0")).join(":")}/${prefix}`;
}
