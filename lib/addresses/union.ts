import { type Cidr, contains, network } from "./cidr";
import { sortNetworks } from "./sort";
import { type Family, masked, prefixDepth, sharePrefix } from "./words";

/**
 * The fewest networks that hold exactly the addresses of the given ones: repeated and nested ones are dropped, halves
 * become their whole, nothing is widened. Sorted: IPv4 before IPv6, then by address. The result depends neither on order
 * nor on repetition.
 *
 * There is one exception to "the fewest": a whole family stays as its two /1 halves, because a `/0` is refused everywhere
 * else (by AWS WAF too), and one network must not slip in by addition.
 */
export function union(cidrs: readonly Cidr[]): Cidr[] {
  return [...unionOf("ipv4", cidrs), ...unionOf("ipv6", cidrs)];
}

/** @internal {@link union} of the networks of one family; those of the other are left out. */
export function unionOf(family: Family, cidrs: readonly Cidr[]): Cidr[] {
  // Sorted networks come after whatever contains them, and a first half right before its second, so that only the end
  // of the result can ever swallow or join the next network.
  const merged: Cidr[] = [];
  for (const cidr of sortNetworks(
    family,
    cidrs.filter((candidate) => candidate.family === family),
  )) {
    const last = merged.at(-1);
    if (last !== undefined && contains(last, cidr)) continue;
    let whole = cidr;
    for (let half = merged.at(-1); half !== undefined && areHalves(half, whole); half = merged.at(-1)) {
      merged.pop();
      whole = parentOf(half);
    }
    merged.push(whole);
  }
  return merged;
}

/** Whether the two are different networks that together make up one, and that one is not `/0`. */
function areHalves(a: Cidr, b: Cidr): boolean {
  return (
    a.prefixLength === b.prefixLength &&
    a.prefixLength > 1 &&
    sharePrefix(a, b, prefixDepth(a.family, a.prefixLength - 1))
  );
}

function parentOf(cidr: Cidr): Cidr {
  const prefixLength = cidr.prefixLength - 1;
  return network(cidr.family, masked(cidr, prefixDepth(cidr.family, prefixLength)), prefixLength);
}
