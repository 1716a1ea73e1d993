import type { Comparison, Missing } from "./compare";
import { MAX_ADDRESSES_PER_SET } from "./contract";

/** A cluster whose new addresses found no room. */
export interface Refusal {
  readonly cluster: string;
  readonly addresses: readonly string[];
}

/** What becomes of one set. */
export interface SetChange {
  readonly added: readonly string[];
  /** Clusters that brought the added addresses. */
  readonly clusters: readonly string[];
  /** Addresses that no cluster names; empty when they are to stay. */
  readonly removed: readonly string[];
  /** What the set holds afterwards, in no order. */
  readonly target: readonly string[];
}

/** What becomes of the sets of one family. */
export interface Placement {
  /** In order of the sets; nothing for a set that stays as it is. */
  readonly changes: readonly (SetChange | undefined)[];
  readonly refusals: readonly Refusal[];
}

/** Free places that a set keeps, while another one has room, for the clusters in it to grow. Our own choice: 2 % of a set. */
const HEADROOM_SHARE = 0.02;

/** A set while addresses are given out. */
interface Room {
  readonly index: number;
  free: number;
  readonly added: string[];
  readonly clusters: string[];
}

/**
 * Decides what each set of a family shall hold, so that as few sets change as can hold the change.
 *
 * An address that is in a set stays in it, whatever else happens: nothing ever moves. Sets that lose addresses have to be written anyway,
 * so they take new ones first; if they are too full, the sets with the most room join in, and those are the fewest that can. Within
 * the sets to be written a cluster stays together, near its other addresses, where it fits.
 *
 * @param keepsUnclaimed the guard holds the removals
 * @param maxPerSet addresses that one set takes
 */
export function place(
  { sets, missing, shared }: Comparison,
  keepsUnclaimed: boolean,
  maxPerSet = MAX_ADDRESSES_PER_SET,
): Placement {
  const kept = sets.map((set) => (keepsUnclaimed ? [...set.kept, ...set.unclaimed] : set.kept));
  const rooms = kept.map((addresses, index): Room => {
    return { index, free: Math.max(0, maxPerSet - addresses.length), added: [], clusters: [] };
  });
  const { admitted, refusals } = admit(missing, shared, sum(rooms));

  const isDirty = ({ index }: Room): boolean => {
    const set = sets[index];
    return set !== undefined && (set.repeated.length > 0 || (!keepsUnclaimed && set.unclaimed.length > 0));
  };
  const dirty = rooms.filter(isDirty);
  const wishes = admitted.filter(({ addresses }) => addresses.length > 0);
  const needed = wishes.reduce((total, { addresses }) => total + addresses.length, 0) - sum(dirty);
  const clean = rooms.filter((room) => !isDirty(room));
  distribute(wishes, [...dirty, ...fewest(clean, needed, wishes, maxPerSet * HEADROOM_SHARE)]);

  const changes = rooms.map((room): SetChange | undefined => {
    if (room.added.length === 0 && !isDirty(room)) return undefined;
    return {
      added: room.added,
      clusters: room.clusters,
      removed: keepsUnclaimed ? [] : (sets[room.index]?.unclaimed ?? []),
      target: [...(kept[room.index] ?? []), ...room.added],
    };
  });
  return { changes, refusals };
}

/**
 * Who gets room, in order of the clusters' names. A cluster's new addresses are admitted whole or not at all: half of them would make
 * it fail at random.
 */
function admit(
  missing: readonly Missing[],
  shared: ReadonlySet<string>,
  room: number,
): { readonly admitted: readonly Missing[]; readonly refusals: readonly Refusal[] } {
  const taken = new Set<string>();
  const isOpen = (address: string): boolean => !taken.has(address);
  const admitted: Missing[] = [];
  const refused: Missing[] = [];
  let left = room;
  for (const wish of missing) {
    const addresses = shared.size === 0 ? wish.addresses : wish.addresses.filter(isOpen);
    if (addresses.length > left) {
      refused.push(wish);
      continue;
    }
    left -= addresses.length;
    admitted.push({ ...wish, addresses });
    if (shared.size > 0) for (const address of addresses) if (shared.has(address)) taken.add(address);
  }
  // Asked again at the end: a later cluster that found room may have brought a shared address in.
  const refusals = refused
    .map(({ cluster, addresses }) => ({ cluster, addresses: addresses.filter(isOpen) }))
    .filter(({ addresses }) => addresses.length > 0);
  return { admitted, refusals };
}

/** The fewest sets that have room for `needed` addresses: the roomiest, and as the last of them one that just suffices. */
function fewest(rooms: readonly Room[], needed: number, wishes: readonly Missing[], headroom: number): readonly Room[] {
  const roomiest = [...rooms].sort((a, b) => b.free - a.free || a.index - b.index);
  const chosen: Room[] = [];
  let left = needed;
  for (const room of roomiest) {
    if (left <= 0) break;
    if (room.free < left) {
      chosen.push(room);
      left -= room.free;
      continue;
    }
    chosen.push(lastOf(roomiest.slice(chosen.length), left, wishes, headroom) ?? room);
    left = 0;
  }
  return chosen;
}

/** Of the sets with room for the rest, the one that most of the new addresses' clusters live in, or else the fullest. */
function lastOf(
  rooms: readonly Room[],
  needed: number,
  wishes: readonly Missing[],
  headroom: number,
): Room | undefined {
  const fits = rooms.filter(({ free }) => free >= needed);
  const neighbours = new Map<number, number>();
  for (const { home, addresses } of wishes) {
    if (home !== undefined) neighbours.set(home, (neighbours.get(home) ?? 0) + addresses.length);
  }
  const near = fits.filter(({ index }) => neighbours.has(index));
  if (near.length > 0) return least(near, ({ index }) => -(neighbours.get(index) ?? 0));
  const ample = fits.filter(({ free }) => free >= needed + headroom);
  return least(ample, ({ free }) => free) ?? fits[0];
}

/** The first of those with the lowest rank. */
function least(rooms: readonly Room[], rank: (room: Room) => number): Room | undefined {
  return rooms.reduce<Room | undefined>(
    (best, room) => (best === undefined || rank(room) < rank(best) ? room : best),
    undefined,
  );
}

/** Gives every address a place; together the rooms have enough. The largest clusters choose first. */
function distribute(wishes: readonly Missing[], rooms: readonly Room[]): void {
  const largestFirst = [...wishes].sort((a, b) => b.addresses.length - a.addresses.length);
  for (const { cluster, addresses, home } of largestFirst) {
    const whole = bestFit(rooms, addresses.length, home);
    if (whole !== undefined) {
      take(whole, cluster, addresses);
      continue;
    }
    // No set has room for all of it: it is cut into as few pieces as possible.
    let start = 0;
    for (const room of [...rooms].sort((a, b) => b.free - a.free)) {
      const piece = addresses.slice(start, start + room.free);
      if (piece.length === 0) break;
      take(room, cluster, piece);
      start += piece.length;
    }
  }
}

/** The room that the cluster lives in already, or else the fullest that has enough space. */
function bestFit(rooms: readonly Room[], size: number, home: number | undefined): Room | undefined {
  const fits = rooms.filter(({ free }) => free >= size);
  return fits.find(({ index }) => index === home) ?? least(fits, ({ free }) => free);
}

function take(room: Room, cluster: string, addresses: readonly string[]): void {
  for (const address of addresses) room.added.push(address);
  room.clusters.push(cluster);
  room.free -= addresses.length;
}

function sum(rooms: readonly Room[]): number {
  return rooms.reduce((total, { free }) => total + free, 0);
}
