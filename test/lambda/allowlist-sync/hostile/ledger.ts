import type { FakeItem, FakeTable, FakeValue } from "../../../support/aws";
import { BAD_ENTRIES, POOL } from "./pool";
import type { Random } from "./random";
import type { TableModel } from "./table-model";

/** The table's writers: every change goes into the table and, as it is meant, into the model. */
export class Ledger {
  /** Deletes of composite keys that their writers still owe: INSERT(new) is done, REMOVE(old) comes later. */
  #owed: string[] = [];
  /** Addresses that lost one of several items since the step began, see {@link Ledger.isTooMuch}. */
  #loosened: Set<string> | undefined;
  readonly #real = new Map<string, FakeItem>();
  /** The cluster that was written last, and what it had before. */
  #last: { readonly cluster: string; readonly addresses: readonly string[] } | undefined;

  constructor(
    private readonly table: FakeTable,
    private readonly model: TableModel,
    private readonly random: Random,
    private readonly keys: readonly string[],
    private readonly clusters: readonly string[],
  ) {}

  get isComposite(): boolean {
    return this.keys.length === 2;
  }

  /** From now on until `endStep` passes may be reading. */
  beginStep(): void {
    this.#loosened = new Set();
  }

  endStep(): void {
    this.#loosened = undefined;
  }

  /** Makes one random change; says what. */
  change(): string {
    const { random } = this;
    const draw = random.fraction();
    if (draw < 0.45) return this.#rewrite(random.pick(this.clusters));
    if (draw < 0.63) return this.#remove(random.pick(this.clusters));
    if (draw < 0.77) return this.#move();
    if (draw < 0.92 && this.#owed.length > 0) return this.#payOwed();
    if (draw < 0.98) return this.regret();
    return this.#odd();
  }

  /** Removes many clusters at once, or all. */
  purge(): string {
    const victims = this.random.some(this.clusters, 1 + this.random.below(this.clusters.length));
    for (const cluster of victims) this.#remove(cluster);
    return `purge ${victims.length} clusters`;
  }

  /** A cluster's writer writes exactly this; nothing removes the cluster. */
  write(cluster: string, addresses: readonly string[]): void {
    if (addresses.length === 0) this.#remove(cluster);
    else this.#write(cluster, addresses);
  }

  /** An item whose id is not a cluster's. */
  put(item: FakeItem): void {
    this.table.put(item);
  }

  delete(item: FakeItem): void {
    this.table.delete(item);
  }

  /** What a cluster's writer did last is taken back. */
  regret(): string {
    const { cluster, addresses } = this.#last ?? { cluster: "", addresses: [] };
    if (cluster === "") return "nothing to regret";
    return `regret: ${addresses.length === 0 ? this.#remove(cluster) : this.#write(cluster, addresses)}`;
  }

  #rewrite(cluster: string): string {
    const { random } = this;
    const now = this.#addressesOf(cluster);
    const size = random.pick([1, 2, 3, 4, 6, 9, 16]);
    const fresh = random.some(POOL, size).map(({ text }) => text);
    // Half the time the cluster keeps most of what it has.
    const kept = random.chance(0.5) ? now.filter(() => random.chance(0.8)) : [];
    return this.#write(cluster, [...new Set([...kept, ...fresh])]);
  }

  #write(cluster: string, addresses: readonly string[]): string {
    this.#last = { cluster, addresses: this.#addressesOf(cluster) };
    const old = this.#keysOf(cluster);
    const written = this.isComposite
      ? this.#parts(addresses).map((part) => this.#put(cluster, part))
      : [this.#put(cluster, addresses)];
    const leftover = old.filter((key) => !written.includes(key));
    if (this.random.chance(0.3)) this.#owed.push(...leftover);
    else for (const key of leftover) this.#delete(key);
    return `${cluster} = ${addresses.join(" ")}`;
  }

  /** A composite key is split by its writer as it likes; so is here a list. */
  #parts(addresses: readonly string[]): readonly (readonly string[])[] {
    const parts: (readonly string[])[] = [];
    for (let start = 0; start < addresses.length;) {
      const size = 1 + this.random.below(8);
      parts.push(addresses.slice(start, start + size));
      start += size;
    }
    return parts.length === 0 ? [[]] : parts;
  }

  #remove(cluster: string): string {
    this.#last = { cluster, addresses: this.#addressesOf(cluster) };
    for (const key of this.#keysOf(cluster)) this.#delete(key);
    return `remove ${cluster}`;
  }

  /** An address goes from one cluster to another, which has it before the first lets go. */
  #move(): string {
    const [from, to] = this.random.some(this.clusters, 2);
    if (from === undefined || to === undefined) return "no clusters to move between";
    const all = this.#addressesOf(from);
    if (all.length === 0) return `${from} has nothing to give to ${to}`;
    const moving = this.random.some(all, 1 + this.random.below(3));
    this.#write(to, [...new Set([...this.#addressesOf(to), ...moving])]);
    this.#write(
      from,
      all.filter((address) => !moving.includes(address)),
    );
    return `move ${moving.join(" ")} from ${from} to ${to}`;
  }

  #payOwed(): string {
    const key = this.random.pick(this.#owed);
    this.#owed = this.#owed.filter((other) => other !== key);
    this.#delete(key);
    return `delete replaced item ${key}`;
  }

  /** Items that a writer who errs, or Ringfence itself, might put. */
  #odd(): string {
    const { random } = this;
    const id = random.pick([...this.clusters, "ringfence:other"]);
    const ips: FakeValue = this.isComposite
      ? { S: random.pick(["10.0.0.5/32", '{"cidr":"10.0.0.5/32"}', "[", '"10.0.0.5/32"']) }
      : random.pick<FakeValue>([{ NULL: true }, { N: "10" }, { S: "10.0.0.5/32" }, { S: "{}" }, { S: "[" }]);
    this.#store({ id: { S: id }, ips }, id, [], 1);
    return `odd item ${id}`;
  }

  #put(cluster: string, addresses: readonly string[]): string {
    const { random } = this;
    const bad = random.chance(0.2) ? random.some(BAD_ENTRIES, 1 + random.below(3)) : [];
    const good = addresses.map((address) => random.pick(POOL_BY_TEXT.get(address)?.spellings ?? [address]));
    const entries = random.some([...good, ...bad], good.length + bad.length);
    const encoding = this.isComposite ? 2 : random.below(3);
    // White space makes a composite key another one.
    const json = (): string => JSON.stringify(entries, undefined, random.below(2));
    if (encoding === 0 && entries.length > 0)
      return this.#store(item(cluster, { SS: entries }), cluster, addresses, bad.length);
    if (encoding === 2) return this.#store(item(cluster, { S: json() }), cluster, addresses, bad.length);
    const isOdd = random.chance(0.1);
    const list = [...entries.map((entry) => ({ S: entry })), ...(isOdd ? [{ N: "10" }] : [])];
    return this.#store(item(cluster, { L: list }), cluster, addresses, bad.length + (isOdd ? 1 : 0));
  }

  #store(stored: FakeItem, cluster: string, addresses: readonly string[], rejected: number): string {
    const key = this.#keyOf(stored);
    const before = this.model.items.get(key);
    if (this.#isTooMuch(before?.addresses ?? [], addresses)) return key;
    this.table.put(stored);
    this.#real.set(key, stored);
    this.#owed = this.#owed.filter((owed) => owed !== key);
    this.model.store(key, { cluster, addresses, rejected });
    return key;
  }

  #delete(key: string): void {
    const stored = this.#real.get(key);
    if (stored === undefined || this.#isTooMuch(this.model.items.get(key)?.addresses ?? [], [])) return;
    this.table.delete(stored);
    this.#real.delete(key);
    this.model.store(key, undefined);
  }

  /**
   * Whether an address would go from one item to another for the second time while passes are reading. Once is what a scan
   * cannot see and a second scan can; an address that does so during each of both scans is beyond what the function claims.
   */
  #isTooMuch(before: readonly string[], after: readonly string[]): boolean {
    if (this.#loosened === undefined) return false;
    const loosened = before.filter((address) => !after.includes(address) && this.model.namings(address) > 1);
    if (loosened.some((address) => this.#loosened?.has(address))) return true;
    for (const address of loosened) this.#loosened.add(address);
    return false;
  }

  #keyOf(stored: FakeItem): string {
    return this.keys.map((key) => textOf(stored[key])).join(" ");
  }

  #keysOf(cluster: string): readonly string[] {
    return [...this.model.items].flatMap(([key, item]) => (item.cluster === cluster ? [key] : []));
  }

  #addressesOf(cluster: string): readonly string[] {
    const owed = new Set(this.#owed);
    const items = [...this.model.items].filter(([key, item]) => item.cluster === cluster && !owed.has(key));
    return [...new Set(items.flatMap(([, { addresses }]) => addresses))];
  }
}

const POOL_BY_TEXT = new Map(POOL.map((network) => [network.text, network]));

function item(cluster: string, ips: FakeValue): FakeItem {
  return { id: { S: cluster }, ips };
}

function textOf(value: FakeValue | undefined): string {
  return value !== undefined && "S" in value ? value.S : "";
}
