import type { Family } from "../../../lambda/allowlist-sync/contract";
import { expandIpv6 } from "../../support/aws";
import type { Chance } from "./chance";
import { type Clusters, ENCODINGS, type Entry } from "./clusters";

/** Entries that ask for nothing; each costs itself and nothing else. */
const BAD: readonly Entry["written"][] = [
  "203.0.113.7",
  "203.0.113.9/24",
  "300.1.1.1/32",
  "10.0.0.1/33",
  "0.0.0.0/0",
  "::/0",
  "2001:db8::1",
  "2001:db8:a::1/48",
  "fe80::1%eth0/64",
  "nonsense",
  17,
];

const MOST_CLUSTERS = 12;
const FEWEST_CLUSTERS = 6;

/** The writers of the table. */
export class Traffic {
  readonly #clusters: Clusters;
  readonly #chance: Chance;
  #made = 0;

  constructor(clusters: Clusters, chance: Chance) {
    this.#clusters = clusters;
    this.#chance = chance;
  }

  /** Adds a cluster with addresses that nobody has named before: of each family so many. Returns its name. */
  add({ ipv4 = 0, ipv6 = 0 }: Partial<Readonly<Record<Family, number>>>): string {
    const own = [
      ...Array.from({ length: ipv4 }, () => this.#ipv4()),
      ...Array.from({ length: ipv6 }, () => this.#ipv6()),
    ];
    this.#made += 1;
    const name = `cluster-${this.#made}`;
    this.#put(name, own);
    return name;
  }

  /** Makes a change as it may come at any time, one that some set must follow. */
  change(): void {
    const { names } = this.#clusters;
    const what = this.#chance.below(10);
    if (names.length < FEWEST_CLUSTERS || (what < 4 && names.length < MOST_CLUSTERS)) {
      const name = this.add(this.#chance.below(2) === 0 ? { ipv4: 2 } : { ipv6: 2 });
      // A cluster may name what another one names, too.
      const shared = this.#chance.pick(this.#clusters.entries(this.#chance.pick(names)));
      this.#put(name, [...this.#clusters.entries(name), shared]);
      return;
    }
    const name = this.#chance.pick(names);
    if (what < 7) {
      const [, ...rest] = this.#chance.shuffle(this.#clusters.entries(name));
      this.#put(name, [...rest, this.#chance.below(2) === 0 ? this.#ipv4() : this.#ipv6()]);
      return;
    }
    this.#clusters.remove(name);
    this.add({ ipv4: 1 });
  }

  #put(name: string, entries: readonly Entry[]): void {
    const bad = this.#chance.below(3) === 0 ? [{ written: this.#chance.pick(BAD) }] : [];
    this.#clusters.put(name, this.#chance.shuffle([...entries, ...bad]), this.#chance.pick(ENCODINGS));
  }

  /** A network, half of one, or one address: they overlap and adjoin, and each is wanted for itself. */
  #ipv4(): Entry {
    this.#made += 1;
    const written = `10.${this.#made >> 8}.${this.#made & 255}.${this.#chance.pick(["0/24", "0/25", "128/25", "77/32"])}`;
    return { written, address: written };
  }

  #ipv6(): Entry {
    this.#made += 1;
    const address = `2001:db8:${this.#made.toString(16)}::/${this.#chance.pick([48, 56, 64, 128])}`;
    return { written: this.#chance.pick([address, address.toUpperCase(), expandIpv6(address)]), address };
  }
}
