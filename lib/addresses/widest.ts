import type { Family } from "./words";

/**
 * Shortest prefix that an allowlist takes. For IPv4 the largest block of the IANA IPv4 Address Space Registry; for IPv6 our own choice,
 * wider than what a network is usually given (/32 or /48).
 */
export const WIDEST_PREFIX_LENGTH: Readonly<Record<Family, number>> = { ipv4: 8, ipv6: 16 };
