import { ATTRIBUTES, type Family, type TableKeySchema } from "../../../lambda/allowlist-sync/contract";
import { type FakeItem, type FakeTable, type FakeValue } from "../../support/aws";

/** An entry of a cluster as somebody wrote it, and what it asks for: nothing when it is bad. */
export interface Entry {
  readonly written: string | number;
  readonly address?: string;
}

/** How the entries of a cluster are written. A sort key is always a string. */
export const ENCODINGS = ["SS", "L", "S"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Entries in one item of a table with the composite key: few, so that a cluster has several. */
const ENTRIES_PER_ITEM = 3;

/**
 * The table's clusters, with the tests' own reckoning of what they ask for and since when: every change is a step, and what a pass may
 * and must not do depends on the steps that it has seen.
 */
export class Clusters {
  readonly #table: FakeTable;
  readonly #keySchema: TableKeySchema;
  readonly #items = new Map<string, { readonly item: FakeItem; readonly cluster: string; readonly asks: string[] }>();
  readonly #entries = new Map<string, readonly Entry[]>();
  readonly #wantedSince = new Map<string, number>();
  readonly #wantedUntil = new Map<string, number>();
  #step = 0;

  constructor(table: FakeTable, keySchema: TableKeySchema) {
    this.#table = table;
    this.#keySchema = keySchema;
  }

  /** The step that the table is at. */
  get step(): number {
    return this.#step;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  entries(cluster: string): readonly Entry[] {
    return this.#entries.get(cluster) ?? [];
  }

  /** Adds a cluster or replaces it as a careful writer does: what is new first, then what is old goes. */
  put(cluster: string, entries: readonly Entry[], encoding: Encoding): void {
    const items = this.#encode(cluster, entries, encoding);
    const keys = new Set(items.map(({ item }) => this.#keyOf(item)));
    const old = [...this.#items].filter(([key, stored]) => stored.cluster === cluster && !keys.has(key));
    this.#entries.set(cluster, entries);
    for (const { item, asks } of items) {
      this.#table.put(item);
      this.#items.set(this.#keyOf(item), { item, cluster, asks });
      this.#take();
    }
    for (const [key, { item }] of old) this.#delete(key, item);
  }

  remove(cluster: string): void {
    this.#entries.delete(cluster);
    for (const [key, stored] of this.#items) if (stored.cluster === cluster) this.#delete(key, stored.item);
  }

  /** What the sets of a family are to hold, sorted. */
  wanted(family: Family): readonly string[] {
    return [...this.#wantedSince.keys()].filter((address) => address.includes(":") === (family === "ipv6")).sort();
  }

  /** Whether some cluster has named the address at every moment since that step. */
  isWantedSince(step: number, address: string): boolean {
    return (this.#wantedSince.get(address) ?? Infinity) <= step;
  }

  /** Whether some cluster has named the address at any moment since that step. */
  wasWantedSince(step: number, address: string): boolean {
    return this.#wantedSince.has(address) || (this.#wantedUntil.get(address) ?? -Infinity) > step;
  }

  #encode(
    cluster: string,
    entries: readonly Entry[],
    encoding: Encoding,
  ): readonly { readonly item: FakeItem; readonly asks: string[] }[] {
    const size = this.#keySchema === "id" ? Infinity : ENTRIES_PER_ITEM;
    const parts = entries.length === 0 ? [entries] : [];
    for (let start = 0; start < entries.length; start += size) parts.push(entries.slice(start, start + size));
    return parts.map((part) => ({
      item: {
        [ATTRIBUTES.id]: { S: cluster },
        [ATTRIBUTES.ips]: encode(part, this.#keySchema === "id" ? encoding : "S"),
      },
      asks: part.flatMap(({ address }) => address ?? []),
    }));
  }

  #keyOf(item: FakeItem): string {
    const keys = this.#keySchema === "id" ? [ATTRIBUTES.id] : [ATTRIBUTES.id, ATTRIBUTES.ips];
    return JSON.stringify(keys.map((key) => item[key]));
  }

  #delete(key: string, item: FakeItem): void {
    this.#table.delete(item);
    this.#items.delete(key);
    this.#take();
  }

  /** Takes down what the table asks for now. */
  #take(): void {
    this.#step += 1;
    const wanted = new Set([...this.#items.values()].flatMap(({ asks }) => asks));
    for (const address of wanted) if (!this.#wantedSince.has(address)) this.#wantedSince.set(address, this.#step);
    for (const address of [...this.#wantedSince.keys()].filter((known) => !wanted.has(known))) {
      this.#wantedSince.delete(address);
      this.#wantedUntil.set(address, this.#step);
    }
  }
}

function encode(entries: readonly Entry[], encoding: Encoding): FakeValue {
  const written = entries.map((entry) => entry.written);
  // A string set takes no number, and each text once.
  if (encoding === "SS") return { SS: [...new Set(written.filter((value) => typeof value === "string"))] };
  if (encoding === "S") return { S: JSON.stringify(written) };
  return { L: written.map((value) => (typeof value === "string" ? { S: value } : { N: String(value) })) };
}
