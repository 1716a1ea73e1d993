import { FAMILIES, type Family } from "./contract";

/** One value for each address family. */
export type PerFamily<T> = Readonly<Record<Family, T>>;

/** Makes one value for each family. */
export function perFamily<T>(make: (family: Family) => T): PerFamily<T> {
  return { ipv4: make("ipv4"), ipv6: make("ipv6") };
}

/** Adds up one number per family. */
export function sumFamilies(count: (family: Family) => number): number {
  return FAMILIES.reduce((sum, family) => sum + count(family), 0);
}
