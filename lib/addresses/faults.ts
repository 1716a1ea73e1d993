/**
 * Why a text is not taken as a network. When a text has several faults, the one told is the first of: white space, zone
 * id, characters outside ASCII, the address from left to right, the prefix length, host bits.
 */
export type AddressFault =
  /** No text at all. */
  | "empty"
  /** White space around or inside. */
  | "white-space"
  /** An IPv6 zone such as `%eth0`: it names an interface of one machine. */
  | "zone-id"
  /** A character outside ASCII, for instance a full-width digit. */
  | "non-ascii"
  /** Nothing that reads as an address. */
  | "not-an-address"
  /** A decimal number with a leading zero: some programs read it as octal. */
  | "leading-zero"
  /** An IPv4 octet above 255. */
  | "octet-range"
  /** Not four octets. */
  | "octet-count"
  /** An IPv6 group of more than four hexadecimal digits. */
  | "group-length"
  /** Not eight IPv6 groups, and no `::` to stand for the missing ones. */
  | "group-count"
  /** More than one `::`. */
  | "double-elision"
  /** A `::` beside all eight groups. */
  | "empty-elision"
  /** An IPv6 address that ends in a dotted quad. */
  | "dotted-tail"
  /** Inside `::ffff:0:0/96`: an IPv4 address in IPv6 clothes, which would slip past an IPv4 list. */
  | "mapped-address"
  /** An address without a prefix length. */
  | "bare-address"
  /** A prefix length that is no plain number, or is beyond the family's 32 or 128. */
  | "prefix-length"
  /** `/0`, which is the whole internet. */
  | "zero-prefix"
  /** Wider than an allowlist should ever admit; only `parseAdmitted` refuses it. */
  | "too-wide"
  /** Bits set beyond the prefix: either the address or the prefix length is not what was meant. */
  | "host-bits";
