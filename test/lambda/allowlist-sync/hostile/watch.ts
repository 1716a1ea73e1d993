import { hash } from "node:crypto";
import type { UpdateIPSetCommandInput } from "@aws-sdk/client-wafv2";
import type { Family } from "../../../../lambda/allowlist-sync/contract";
import type { SetChange } from "../../../support/aws";
import type { Approvals } from "./approvals";
import { Violation, type Invariant } from "./invariants";
import type { Pass } from "./pass";
import { canonical, familyOf } from "./pool";
import type { TableModel } from "./table-model";

/** What the guard allows, as the environment sets it. */
export interface Limits {
  readonly maxShare: number;
  readonly maxAddresses: number;
}

/** What one write does, in canonical texts. */
interface Effect {
  /** New in the set, and gone from it. */
  readonly entering: readonly string[];
  readonly leaving: readonly string[];
  /** The same for all sets together. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/** What the watch looks at. */
export interface WatchDependencies {
  readonly table: TableModel;
  readonly approvals: Approvals;
  readonly limits: Limits;
  readonly maxPerSet: number;
  /** Families of the managed sets, by name, those included that somebody has deleted; all others are somebody else's. */
  readonly managed: ReadonlyMap<string, Family>;
  /** The pass whose call is being served. */
  readonly caller: () => Pass | undefined;
  /** Passes that run now. */
  readonly running: () => Iterable<Pass>;
  readonly now: () => number;
}

/**
 * Looks at every single write of every set as it takes effect, and keeps what the sets hold. It knows the table from the
 * model alone.
 */
export class Watch {
  /** The first invariant that was broken. */
  violation: Violation | undefined;
  /** Writes of the function's that it has looked at. */
  writes = 0;
  readonly #sets = new Map<string, ReadonlySet<string>>();
  /** In how many sets each address is. */
  readonly #places = new Map<string, number>();
  /**
   * Addresses, by set, that somebody else put in or took out of a set that describes itself as empty. Of such a set a process that
   * never met it believes so when the bucket has nothing of it: who could put addresses into a new set? Until an audit reads it, or a
   * pass writes it. Of every other set the lock token tells at once that it was written.
   */
  readonly #silent = new Map<string, Set<string>>();
  /** When somebody else last put an address in or took it out. */
  readonly #foreign = new Map<string, number>();

  constructor(private readonly world: WatchDependencies) {
    for (const name of world.managed.keys()) this.adopt(name);
  }

  /** A new and empty set is managed from now on. */
  adopt(name: string): void {
    this.#sets.set(name, new Set());
    this.#noteForeign([]);
  }

  /** Whether a managed set is there. */
  exists(name: string): boolean {
    return this.#sets.has(name);
  }

  /** What a set holds, in canonical texts. */
  contents(name: string): ReadonlySet<string> {
    return this.#sets.get(name) ?? new Set();
  }

  /** Whether any set of the family holds it. */
  isAdmitted(address: string): boolean {
    return this.#places.has(address);
  }

  /** All addresses in the sets, both families or one. */
  admitted(family?: Family): readonly string[] {
    const all = [...this.#places.keys()];
    return family === undefined ? all : all.filter((address) => familyOf(address) === family);
  }

  /** Places in the sets of a family that nothing takes. */
  room(family: Family): number {
    let room = 0;
    for (const [name, of] of this.world.managed)
      if (of === family && this.exists(name)) room += this.world.maxPerSet - this.contents(name).size;
    return room;
  }

  /** Whether the function may believe something else of some set than is true. */
  get hasSilentChanges(): boolean {
    return this.#silent.size > 0;
  }

  /** When somebody else last wrote a managed set. */
  lastForeign = 0;

  /** The function has read what all sets really hold, and set right what they say of themselves. */
  audited(): void {
    this.#silent.clear();
  }

  /** For `FakeWaf.onUpdate`. Throws nothing: the function would take that for an answer of AWS. */
  readonly observe = (change: SetChange): void => {
    const family = this.world.managed.get(change.name);
    if (family === undefined) {
      if (change.by === "UpdateIPSet") this.#broken("others", `${change.name} was written`);
      return;
    }
    const before = this.contents(change.name);
    const after = new Set(change.after.map(canonical));
    const entering = [...after].filter((address) => !before.has(address));
    const leaving = [...before].filter((address) => !after.has(address));
    // In the union, as a load balancer sees it: an address that another set holds too neither enters nor leaves.
    const opened = entering.filter((address) => !this.#places.has(address));
    const closed = leaving.filter((address) => this.#places.get(address) === 1);
    const effect = { entering, leaving, opened, closed };
    if (change.by === "UpdateIPSet") this.#judge(change, family, effect);
    else this.#noteForeign([...entering, ...leaving]);

    if (change.by === "deleteSet") this.#sets.delete(change.name);
    else this.#sets.set(change.name, after);
    for (const address of entering) this.#places.set(address, (this.#places.get(address) ?? 0) + 1);
    for (const address of leaving) {
      const places = (this.#places.get(address) ?? 0) - 1;
      if (places > 0) this.#places.set(address, places);
      else this.#places.delete(address);
    }
    if (change.by !== "overwrite") this.#silent.delete(change.name);
    const author = this.world.caller();
    for (const pass of this.world.running()) {
      if (pass !== author || change.by !== "UpdateIPSet") pass.present = Math.max(pass.present, this.#places.size);
    }
  };

  /** A set went on describing itself as empty when its content, until now `before`, changed. */
  changedUnnoticed(name: string, before: Iterable<string>): void {
    const silent = this.#silent.get(name) ?? new Set();
    const former = new Set(before);
    const now = this.contents(name);
    for (const address of former) if (!now.has(address)) silent.add(address);
    for (const address of now) if (!former.has(address)) silent.add(address);
    this.#silent.set(name, silent);
  }

  /** What must hold of a set's description once a pass that nothing disturbed is over. */
  describes(name: string, description: string | undefined): boolean {
    const addresses = [...this.contents(name)].sort();
    return description === `ringfence/1 sha256=${digestOf(addresses)} count=${addresses.length}`;
  }

  #judge({ name, after }: SetChange, family: Family, effect: Effect): void {
    this.writes += 1;
    const { opened, closed } = effect;
    const pass = this.world.caller();
    if (pass === undefined) {
      this.#broken("ends", `${name} was written outside any pass`);
      return;
    }
    pass.writes += 1;

    // Of functions that run at once, one may act on what the table said when another began; each looks again at its end.
    const { since } = pass;
    for (const address of opened) {
      const what = `${address} entered ${name}`;
      const isKnown = familyOf(address) !== undefined && after.includes(address);
      if (!isKnown) this.#broken("no-extra", `${what}, which nobody ever spelled so`);
      else if (familyOf(address) !== family) this.#broken("family", what);
      else if (!this.world.table.wasAskedSince(address, since) && !this.#isExcused(address, since)) {
        this.#broken("no-extra", what);
      }
    }
    this.#judgeOrder(pass, name, effect);
    const taken = closed.filter((address) => !this.#isExcused(address, since));
    for (const address of taken) {
      if (!this.world.table.wasNotAskedSince(address, since)) this.#broken("no-gap", `${address} left ${name}`);
    }
    this.#judgeRemovals(pass, name, taken);
  }

  /** First the writes that only add, then those that do both, at last those that only remove. */
  #judgeOrder(pass: Pass, name: string, { entering, leaving, opened, closed }: Effect): void {
    const isAlone = !pass.hasCompany && !this.hasSilentChanges && this.lastForeign < pass.began;
    if (!isAlone || entering.length + leaving.length === 0) return;
    if (pass.orderedLook !== pass.looks) {
      pass.orderedLook = pass.looks;
      pass.stage = 0;
    }
    // An address that is in two sets may go from one of them at any time, or as one that nobody asks for: both are right.
    const stage = (goes: readonly string[]): number => (goes.length === 0 ? 0 : entering.length > 0 ? 1 : 2);
    if (stage(leaving) < pass.stage) this.#broken("order", `${opened.join()} entered ${name} after removals`);
    pass.stage = Math.max(pass.stage, stage(closed));
  }

  #judgeRemovals(pass: Pass, name: string, closed: readonly string[]): void {
    if (closed.length === 0) return;
    if (this.world.approvals.cover(closed, pass, this.world.now())) return;
    for (const address of closed) pass.removed.add(address);
    const { maxShare, maxAddresses } = this.world.limits;
    const count = pass.removed.size;
    if (count <= maxAddresses || count <= maxShare * pass.present) return;
    this.#broken(
      "guard",
      `${count} of ${pass.present} addresses are gone with the write of ${name}, and nobody approved`,
    );
  }

  /** Somebody else has put the address in or taken it out, and the function could not know. */
  #isExcused(address: string, since: number): boolean {
    if ((this.#foreign.get(address) ?? -1) > since) return true;
    return [...this.#silent.values()].some((addresses) => addresses.has(address));
  }

  #noteForeign(addresses: readonly string[]): void {
    this.lastForeign = this.world.table.tick();
    for (const address of addresses) this.#foreign.set(address, this.lastForeign);
  }

  /** An update is sent, whatever WAF makes of it. */
  readonly sent = ({ Name: name = "", Addresses: addresses = [] }: UpdateIPSetCommandInput): void => {
    if (addresses.length > this.world.maxPerSet) this.#broken("capacity", `${addresses.length} are sent to ${name}`);
  };

  #broken(invariant: Invariant, detail: string): void {
    this.violation ??= new Violation(invariant, detail);
  }
}

/** Digest of a list of addresses, as the documentation gives it. */
export function digestOf(addresses: readonly string[]): string {
  return hash("sha256", [...addresses].sort().join("\n")).slice(0, 32);
}
