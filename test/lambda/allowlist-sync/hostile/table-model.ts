import type { Family } from "../../../../lambda/allowlist-sync/contract";
import { familyOf } from "./pool";

/** What the model knows of one item. */
export interface ModelItem {
  readonly cluster: string;
  /** Canonical texts. */
  readonly addresses: readonly string[];
  /** Entries, or whole items, that cannot be admitted. */
  readonly rejected: number;
}

interface Asked {
  /** Items that name the address now. */
  items: number;
  /** When that last became none, or one after none. */
  turned: number;
}

/**
 * The table as its writers mean it, kept beside the real one, with its history: since when each address has been
 * asked for, or not. Moments are numbers that grow with every change.
 */
export class TableModel {
  #moment = 0;
  readonly #items = new Map<string, ModelItem>();
  readonly #asked = new Map<string, Asked>();

  /** The latest change. */
  get moment(): number {
    return this.#moment;
  }

  get items(): ReadonlyMap<string, ModelItem> {
    return this.#items;
  }

  /** Something else happened whose order matters. */
  tick(): number {
    this.#moment += 1;
    return this.#moment;
  }

  /** Stores an item under its key, in one step with the end of what was there; nothing deletes. */
  store(key: string, item: ModelItem | undefined): void {
    const before = this.#items.get(key);
    this.tick();
    if (item === undefined) this.#items.delete(key);
    else this.#items.set(key, item);
    for (const address of new Set(item?.addresses)) this.#count(address, 1);
    for (const address of new Set(before?.addresses)) this.#count(address, -1);
  }

  isAsked(address: string): boolean {
    return (this.#asked.get(address)?.items ?? 0) > 0;
  }

  /** Items that name the address. */
  namings(address: string): number {
    return this.#asked.get(address)?.items ?? 0;
  }

  /** Whether it was asked for at `moment` or at any time after. */
  wasAskedSince(address: string, moment: number): boolean {
    return this.isAsked(address) || this.#turned(address) > moment;
  }

  /** Whether it was not asked for at `moment` or at any time after. */
  wasNotAskedSince(address: string, moment: number): boolean {
    return !this.isAsked(address) || this.#turned(address) > moment;
  }

  /** All that is asked for of a family. */
  asked(family: Family): readonly string[] {
    return [...this.#asked].flatMap(([address, { items }]) =>
      items > 0 && familyOf(address) === family ? [address] : [],
    );
  }

  /** What each cluster asks for, all its items together. */
  clusters(): ReadonlyMap<string, ReadonlySet<string>> {
    const clusters = new Map<string, Set<string>>();
    for (const { cluster, addresses } of this.#items.values()) {
      const all = clusters.get(cluster) ?? new Set();
      clusters.set(cluster, all);
      for (const address of addresses) all.add(address);
    }
    return clusters;
  }

  /** Entries and items that cannot be admitted. */
  rejected(): number {
    return [...this.#items.values()].reduce((sum, { rejected }) => sum + rejected, 0);
  }

  #turned(address: string): number {
    return this.#asked.get(address)?.turned ?? 0;
  }

  #count(address: string, change: number): void {
    const asked = this.#asked.get(address) ?? { items: 0, turned: 0 };
    const was = asked.items > 0;
    asked.items += change;
    // A replaced item names an address throughout when both its forms do: it is counted up before it is counted down.
    if (was !== asked.items > 0) asked.turned = this.#moment;
    this.#asked.set(address, asked);
  }
}
