import { type Cidr, lastAddress, network } from "./cidr";
import { formatAddress } from "./format";
import { IntervalSet } from "./interval-set";
import { addressBits, fromBigInt } from "./words";

/** A subnet to find room for. */
export interface SubnetRequest {
  /** What the subnet is looked up by; unique within the plan. */
  readonly name: string;
  /** Its size as a prefix length, from the parent's up to 32 or 128. */
  readonly prefixLength: number;
}

/** A subnet that has its place. */
export interface Subnet {
  readonly name: string;
  readonly cidr: Cidr;
}

/** What {@link allocate} has placed where. */
export interface AllocationPlan {
  /** The network that is divided. */
  readonly parent: Cidr;
  /** The subnets in the order they were asked for. */
  readonly subnets: readonly Subnet[];
  /** What is left of the parent: the fewest networks, sorted by address. */
  readonly free: readonly Cidr[];
  /**
   * The subnet of that name.
   *
   * @throws RangeError when the plan has none of that name; the message lists the names it has.
   */
  subnet(name: string): Cidr;
}

/** Requests that cannot be met; the message shows the plan as far as it went. */
export class AllocationError extends Error {
  override readonly name = "AllocationError";

  constructor(
    /** The request that failed. */
    readonly request: SubnetRequest,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Divides a network: first fit, in the order given. Each subnet takes the lowest free place that is aligned to its size.
 * The same requests give the same plan, and a request added at the end moves none before it.
 *
 * @throws AllocationError for a name used twice, a size the parent cannot have, or a subnet that finds no room.
 */
export function allocate(parent: Cidr, requests: readonly SubnetRequest[]): AllocationPlan {
  const placed = new Map<string, Cidr>();
  let free = IntervalSet.of(parent.family, [parent]);
  for (const request of requests) {
    const refuse = (reason: string): never => {
      throw new AllocationError(request, `${reason}\n${describePlan(placed, free)}`);
    };
    if (placed.has(request.name)) refuse(`two subnets of ${parent.text} are named "${request.name}"; rename one`);
    if (!isPossible(parent, request.prefixLength)) {
      refuse(
        `"${request.name}" asks for /${request.prefixLength} of ${parent.text}; ` +
          `write a whole number from ${parent.prefixLength} to ${addressBits(parent.family)}`,
      );
    }
    // A free place that is aligned to its size lies within one of the fewest networks that make up the free space.
    const room = free.toCidrs().find(({ prefixLength }) => prefixLength <= request.prefixLength);
    if (room === undefined)
      return refuse(`"${request.name}" (/${request.prefixLength}) finds no room in ${parent.text}`);
    const cidr = network(parent.family, room, request.prefixLength);
    placed.set(request.name, cidr);
    free = free.difference(IntervalSet.of(parent.family, [cidr]));
  }
  return {
    parent,
    subnets: Array.from(placed, ([name, cidr]) => ({ name, cidr })),
    free: free.toCidrs(),
    subnet(name) {
      const cidr = placed.get(name);
      if (cidr === undefined) {
        const names = [...placed.keys()].map((known) => `"${known}"`).join(", ");
        throw new RangeError(`${parent.text} has no subnet "${name}"; it has ${names === "" ? "none" : names}`);
      }
      return cidr;
    },
  };
}

function isPossible(parent: Cidr, prefixLength: number): boolean {
  return (
    Number.isInteger(prefixLength) && prefixLength >= parent.prefixLength && prefixLength <= addressBits(parent.family)
  );
}

/** One line for each subnet and each free network, by address. */
function describePlan(placed: ReadonlyMap<string, Cidr>, free: IntervalSet): string {
  const rows = [
    ...Array.from(placed, ([name, cidr]) => ({ label: name, cidr })),
    ...free.toCidrs().map((cidr) => ({ label: "(free)", cidr })),
  ];
  rows.sort((a, b) => (a.cidr.first < b.cidr.first ? -1 : 1));
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const textWidth = Math.max(...rows.map(({ cidr }) => cidr.text.length));
  return rows
    .map(({ label, cidr }) => `  ${label.padEnd(labelWidth)}  ${cidr.text.padEnd(textWidth)}  ${rangeOf(cidr)}`)
    .join("\n");
}

function rangeOf(cidr: Cidr): string {
  const last = fromBigInt(lastAddress(cidr));
  return `${formatAddress(cidr.family, cidr)} to ${formatAddress(cidr.family, last)}`;
}
