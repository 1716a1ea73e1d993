import { addressCount, type Cidr, network } from "./cidr";
import { unionOf } from "./union";
import { addressBits, type Family, fromBigInt } from "./words";

/**
 * An immutable set of addresses of one family, with exact set arithmetic. Unlike a list of networks it has one form for
 * one content, and may be the whole family.
 */
export class IntervalSet {
  /**
   * Where the set begins and ends, in turn: it holds the addresses from `edges[0]` up to but not including `edges[1]`, from
   * `edges[2]` on again, and so forth. Strictly ascending.
   */
  private constructor(
    /** The family of all its addresses. */
    readonly family: Family,
    private readonly edges: readonly bigint[],
  ) {}

  /**
   * The addresses of the given networks.
   *
   * @param family needed because the list may be empty
   * @throws TypeError when a network belongs to the other family.
   */
  static of(family: Family, cidrs: readonly Cidr[]): IntervalSet {
    const stranger = cidrs.find((cidr) => cidr.family !== family);
    if (stranger !== undefined)
      throw new TypeError(`${stranger.text} is no ${family} network; keep one set per family`);
    const edges: bigint[] = [];
    for (const cidr of unionOf(family, cidrs)) {
      const { first } = cidr;
      if (edges.at(-1) === first) edges.pop();
      else edges.push(first);
      edges.push(first + addressCount(cidr));
    }
    return new IntervalSet(family, edges);
  }

  /** Whether the set holds no address. */
  get isEmpty(): boolean {
    return this.edges.length === 0;
  }

  /** How many addresses the set holds. */
  get size(): bigint {
    return this.edges.reduce((sum, edge, index) => (index % 2 === 0 ? sum - edge : sum + edge), 0n);
  }

  /** Whether the set holds every address of the network. False for a network of the other family. */
  contains(cidr: Cidr): boolean {
    if (cidr.family !== this.family) return false;
    const { first } = cidr;
    const edgesUpTo = this.countEdgesUpTo(first);
    const end = this.edges[edgesUpTo];
    return edgesUpTo % 2 === 1 && end !== undefined && first + addressCount(cidr) <= end;
  }

  /**
   * The addresses of this set, of the other, or of both.
   *
   * @throws TypeError when the other set is of the other family.
   */
  union(other: IntervalSet): IntervalSet {
    return this.combine(other, (here, there) => here || there);
  }

  /**
   * The addresses of this set that the other does not hold.
   *
   * @throws TypeError when the other set is of the other family.
   */
  difference(other: IntervalSet): IntervalSet {
    return this.combine(other, (here, there) => here && !there);
  }

  /**
   * The addresses that both sets hold.
   *
   * @throws TypeError when the other set is of the other family.
   */
  intersection(other: IntervalSet): IntervalSet {
    return this.combine(other, (here, there) => here && there);
  }

  /** The fewest networks that hold exactly these addresses, sorted; a whole family is two /1, as in `union`. */
  toCidrs(): Cidr[] {
    const bits = addressBits(this.family);
    const cidrs: Cidr[] = [];
    let start: bigint | undefined;
    for (const edge of this.edges) {
      if (start === undefined) {
        start = edge;
        continue;
      }
      while (start < edge) {
        const hostBits = largestBlock(start, edge, bits - 1);
        cidrs.push(network(this.family, fromBigInt(start), bits - hostBits));
        start += 1n << BigInt(hostBits);
      }
      start = undefined;
    }
    return cidrs;
  }

  /** Walks both lists of edges in order, and notes where the answer of `keep` changes. */
  private combine(other: IntervalSet, keep: (here: boolean, there: boolean) => boolean): IntervalSet {
    if (other.family !== this.family) {
      throw new TypeError(
        `an ${this.family} set and an ${other.family} set have no address in common; keep them apart`,
      );
    }
    const edges: bigint[] = [];
    let passedHere = 0;
    let passedThere = 0;
    for (;;) {
      const here = this.edges[passedHere];
      const there = other.edges[passedThere];
      const edge = here === undefined || (there !== undefined && there < here) ? there : here;
      if (edge === undefined) return new IntervalSet(this.family, edges);
      if (here === edge) passedHere++;
      if (there === edge) passedThere++;
      const isInside = edges.length % 2 === 1;
      if (keep(passedHere % 2 === 1, passedThere % 2 === 1) !== isInside) edges.push(edge);
    }
  }

  /** How many edges are at or below the address; an odd number means that the set holds it. */
  private countEdgesUpTo(address: bigint): number {
    let low = 0;
    let high = this.edges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const edge = this.edges[middle];
      if (edge !== undefined && edge <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Host bits, `most` at most, of the largest network that starts at `start` and ends by `end`. */
function largestBlock(start: bigint, end: bigint, most: number): number {
  let hostBits = 0;
  let size = 2n;
  while (hostBits < most && start % size === 0n && start + size <= end) {
    hostBits++;
    size <<= 1n;
  }
  return hostBits;
}
