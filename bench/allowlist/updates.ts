/**
 * How many sets change for a change of the table, at different fills, beside the least number that must change in the state that the
 * sets are in.
 */
import { MAX_ADDRESSES_PER_SET } from "../../lambda/allowlist-sync/contract";
import { line } from "./print";
import { BenchWorld, LARGEST_CLUSTER, PLACES, SLOTS, Supply, type Cost } from "./world";

const FILLS = [0.1, 0.5, 0.8, 0.95, 0.99];

/** Batches in which the table grows and changes from one fill to the next: a grown table has more than full and empty sets. */
const BATCHES = 4;

/** Clusters that go or change with each of those batches. */
const CHURN = 100;

/** A table of clusters with a history, and the function that follows it. */
class History {
  readonly world = new BenchWorld(SLOTS);
  readonly #supply = new Supply();
  readonly #clusters = new Map<string, readonly string[]>();
  readonly #names: string[] = [];
  #addresses = 0;

  get fill(): number {
    return this.#addresses / PLACES;
  }

  /** Adds a cluster of this size, or of any. */
  add(size = this.#supply.size(LARGEST_CLUSTER)): string {
    const name = `cluster-${this.#names.length}`;
    this.#names.push(name);
    this.#set(name, this.#supply.addresses(size));
    return name;
  }

  /** Gives a cluster other addresses, as many as before. */
  change(name = this.any()): void {
    this.#set(name, this.#supply.addresses(this.#clusters.get(name)?.length ?? 0));
  }

  /** Gives a cluster half as many addresses again. */
  grow(name = this.any()): void {
    const old = this.#clusters.get(name) ?? [];
    this.#set(name, [...old, ...this.#supply.addresses(Math.ceil(old.length / 2))]);
  }

  remove(name = this.any()): void {
    this.#addresses -= this.#clusters.get(name)?.length ?? 0;
    this.#clusters.delete(name);
    this.world.remove(name);
  }

  async growTo(fill: number): Promise<void> {
    const step = (fill - this.fill) / BATCHES;
    for (let batch = 1; batch <= BATCHES; batch += 1) {
      const goal = batch === BATCHES ? fill : this.fill + step;
      for (let event = 0; event < CHURN && this.#clusters.size > CHURN; event += 1) {
        this.change();
        this.remove();
      }
      while (this.fill < goal) this.add();
      await this.world.pass();
    }
  }

  /** The least number of sets that must change now: all that lose something, and the roomiest until what is missing fits. */
  floor(): number {
    const wanted = new Set([...this.#clusters.values()].flat());
    let missing = wanted.size;
    let room = 0;
    let losing = 0;
    const rooms: number[] = [];
    for (const name of this.world.setNames("ipv4")) {
      const content = this.world.waf.addresses(name);
      const kept = content.filter((address) => wanted.has(address)).length;
      missing -= kept;
      if (kept < content.length) {
        losing += 1;
        room += MAX_ADDRESSES_PER_SET - kept;
      } else {
        rooms.push(MAX_ADDRESSES_PER_SET - kept);
      }
    }
    rooms.sort((a, b) => b - a);
    let joined = 0;
    while (room < missing && joined < rooms.length) room += rooms[joined++] ?? 0;
    return losing + joined;
  }

  /** A cluster that is there. */
  any(): string {
    for (;;) {
      const name = this.#names[this.#supply.size(this.#names.length) - 1];
      if (name !== undefined && this.#clusters.has(name)) return name;
    }
  }

  #set(name: string, cidrs: readonly string[]): void {
    this.#addresses += cidrs.length - (this.#clusters.get(name)?.length ?? 0);
    this.#clusters.set(name, cidrs);
    this.world.put(name, cidrs);
  }
}

const times = (count: number, change: () => void): void => {
  for (let index = 0; index < count; index += 1) change();
};

/** What happens to the table; each is undone, or not, as it would be in life. */
const EVENTS: readonly (readonly [name: string, change: (history: History) => void])[] = [
  ["one cluster added", (history) => void history.add()],
  [
    "one cluster changed",
    (history) => {
      history.change();
    },
  ],
  [
    "one cluster grown by half",
    (history) => {
      history.grow();
    },
  ],
  [
    "one cluster removed",
    (history) => {
      history.remove();
    },
  ],
  [
    "100 clusters added at once",
    (history) => {
      times(100, () => void history.add());
    },
  ],
  [
    "100 clusters removed at once",
    (history) => {
      times(100, () => {
        history.remove();
      });
    },
  ],
];

function show(name: string, fill: number, floor: number, { updates, lists, gets, seconds, readUnits }: Cost): void {
  line([name, `${(100 * fill).toFixed(0)} %`, updates, floor, lists, gets, seconds.toFixed(1), readUnits]);
}

async function main(): Promise<void> {
  console.log("Sets that change, in 99 IPv4 sets (and one for IPv6) of clusters of 1 to 48 addresses\n");
  line(["", "fill", "updates", "floor", "lists", "gets", "seconds", "read units"]);
  const history = new History();
  for (const fill of FILLS) {
    await history.growTo(fill);
    for (const [name, change] of EVENTS) {
      change(history);
      const floor = history.floor();
      show(name, fill, floor, await history.world.pass());
    }
    if (fill < 0.98) {
      const large = history.add(15_000);
      const floor = history.floor();
      show("a cluster of 15,000 addresses", fill, floor, await history.world.pass());
      history.remove(large);
      await history.world.pass();
    }
    show("nothing changed", fill, 0, await history.world.pass());
    history.world.coldStart();
    show("nothing changed, cold start", fill, 0, await history.world.pass());
    console.log();
  }
  for (const name of history.world.setNames("ipv4")) history.world.bucket.remove(`sets/${name}.txt`);
  history.world.coldStart();
  show("cold start, all knowledge lost", FILLS.at(-1) ?? 0, 0, await history.world.pass());
  show("the pass after it", FILLS.at(-1) ?? 0, 0, await history.world.pass());
}

void main();
