/**
 * Strict reading and exact arithmetic of IP networks. Pure functions; nothing here knows a cloud or the rest of the
 * project.
 */
export { addressCount, type Cidr, contains, lastAddress, overlaps } from "./cidr";
export { describeFault } from "./describe-fault";
export type { AddressFault } from "./faults";
export { AddressError, cidr, type CidrResult, parseCidr } from "./parse";
export type { Family } from "./words";
