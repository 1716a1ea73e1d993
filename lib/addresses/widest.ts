import type { Family } from "./words";

/**
 * Shortest prefix that an allowlist takes: the largest block that IANA hands out (IANA, "IPv4 Address Space Registry": /8) and a
 * block larger than any network has been given (RIPE NCC, "IPv6 Address Allocation and Assignment Policy": /32 and up).
 */
export const WIDEST_PREFIX_LENGTH: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 16 };
