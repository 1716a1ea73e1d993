/**
 * What the approaches of others cost for the same changes: their patterns of calls, read off their code, run against the same stand-in
 * with the same rates. Each waits for the account's rate as it should, which most of the originals do not.
 */
import { createHash } from "node:crypto";
import { GetIPSetCommand, ListIPSetsCommand, UpdateIPSetCommand } from "@aws-sdk/client-wafv2";
import { EMPTY_DESCRIPTION, MAX_ADDRESSES_PER_SET } from "../../lambda/allowlist-sync/contract";
import { FakeWaf, VirtualClock, WAF_RATES, type WafOperation } from "../../test/support/aws";
import { line } from "./print";
import { BenchWorld, LARGEST_CLUSTER, PLACES, SLOTS, Supply } from "./world";

const FILL = 0.8;

interface Content {
  readonly token: string;
  readonly addresses: readonly string[];
}

/** The sets, a client that keeps to the rates, and nothing clever. */
class Account {
  readonly clock = new VirtualClock();
  readonly waf = new FakeWaf({ clock: this.clock, rates: WAF_RATES });
  readonly #ids = new Map<string, string>();
  readonly #freeAt = new Map<WafOperation, number>();

  /** @param contents addresses of each set */
  static async holding(contents: readonly (readonly string[])[]): Promise<Account> {
    const account = new Account();
    for (const [index, addresses] of contents.entries()) {
      account.waf.createSet(`set-${String(index).padStart(2, "0")}`, "IPV4", addresses, EMPTY_DESCRIPTION);
    }
    await account.list();
    await account.clock.sleep(10_000);
    account.waf.calls.reset();
    return account;
  }

  async list(): Promise<readonly string[]> {
    await this.#wait("ListIPSets");
    const { IPSets: sets = [] } = await this.waf.send(new ListIPSetsCommand({ Scope: "REGIONAL", Limit: 100 }));
    for (const { Name: name = "", Id: id = "" } of sets) this.#ids.set(name, id);
    return sets.map(({ Name: name = "" }) => name);
  }

  async get(name: string): Promise<Content> {
    await this.#wait("GetIPSet");
    const command = new GetIPSetCommand({ Scope: "REGIONAL", Name: name, Id: this.#ids.get(name) });
    const { IPSet: set, LockToken: token = "" } = await this.waf.send(command);
    return { token, addresses: set?.Addresses ?? [] };
  }

  async update(name: string, token: string, addresses: readonly string[]): Promise<void> {
    await this.#wait("UpdateIPSet");
    const common = { Scope: "REGIONAL", Name: name, Id: this.#ids.get(name), LockToken: token } as const;
    await this.waf.send(new UpdateIPSetCommand({ ...common, Addresses: [...addresses] }));
  }

  async #wait(operation: WafOperation): Promise<void> {
    await this.clock.sleep(Math.max(0, (this.#freeAt.get(operation) ?? 0) - this.clock.now()));
    this.#freeAt.set(operation, this.clock.now() + 1000 / WAF_RATES[operation]);
  }
}

/** Takes the new clusters' addresses into an account whose sets have room. */
type Approach = (account: Account, clusters: readonly (readonly string[])[]) => Promise<void>;

const setNames = Array.from({ length: SLOTS.ipv4 }, (_, index) => `set-${String(index).padStart(2, "0")}`);

/** The write-up that this pipeline starts from, if it took every record and knew a set with room: each record reads and writes it. */
const oneRecordAtATime: Approach = async (account, clusters) => {
  const name = setNames.at(-1) ?? "";
  for (const addresses of clusters) {
    const { token, addresses: held } = await account.get(name);
    await account.update(name, token, [...held, ...addresses]);
  }
};

/** A bouncer's cycle: three lists, all sets read to know what they hold, first fit, each changed set read again and written. */
const readModifyWrite: Approach = async (account, clusters) => {
  for (let sweep = 0; sweep < 3; sweep += 1) await account.list();
  const wanted = clusters.flat();
  for (const name of setNames) {
    const { token, addresses: held } = await account.get(name);
    const taken = wanted.splice(0, MAX_ADDRESSES_PER_SET - held.length);
    if (taken.length > 0) await account.update(name, token, [...held, ...taken]);
  }
};

/** Feeds that are fetched whole: every set is read for its token and written, changed or not. */
const rewriteEverything: Approach = async (account, clusters) => {
  const wanted = clusters.flat();
  for (const name of setNames) {
    const { token, addresses: held } = await account.get(name);
    const taken = wanted.splice(0, MAX_ADDRESSES_PER_SET - held.length);
    await account.update(name, token, [...held, ...taken]);
  }
};

/** A set for each address by its hash: evenly filled, nothing to remember, and far too many sets change. */
const hashedPlacement: Approach = async (account, clusters) => {
  await account.list();
  const bySet = new Map<string, string[]>();
  for (const address of clusters.flat()) {
    const name = setNames[createHash("sha256").update(address).digest().readUInt32BE() % setNames.length] ?? "";
    bySet.set(name, [...(bySet.get(name) ?? []), address]);
  }
  for (const [name, addresses] of bySet) {
    const { token, addresses: held } = await account.get(name);
    await account.update(name, token, [...held, ...addresses]);
  }
};

/** Each with how its sets were filled before. */
const APPROACHES: readonly (readonly [name: string, approach: Approach, fill: "first fit" | "evenly"])[] = [
  ["one record at a time", oneRecordAtATime, "first fit"],
  ["read, modify, write each set", readModifyWrite, "first fit"],
  ["rewrite everything", rewriteEverything, "first fit"],
  ["a hash places each address", hashedPlacement, "evenly"],
];

function row(name: string, waf: FakeWaf, seconds: number): void {
  const count = (operation: WafOperation): number => waf.calls.count(operation);
  line([name, count("UpdateIPSet"), count("GetIPSet"), count("ListIPSets"), seconds.toFixed(1)]);
}

async function compareFor(title: string, count: number): Promise<void> {
  console.log(`\n${title}, at ${(100 * FILL).toFixed(0)} % fill\n`);
  line(["", "updates", "gets", "lists", "seconds"]);
  const supply = new Supply();
  const world = new BenchWorld(SLOTS);
  for (let left = PLACES * FILL, cluster = 0; left > 0; cluster += 1) {
    const size = Math.min(left, supply.size(LARGEST_CLUSTER));
    world.put(`old-${cluster}`, supply.addresses(size));
    left -= size;
  }
  await world.pass();
  const packed = world.setNames("ipv4").map((name) => world.waf.addresses(name));
  const all = packed.flat();
  const even = packed.map((_, index) => all.filter((__, place) => place % packed.length === index));
  const clusters = Array.from({ length: count }, () => supply.addresses(supply.size(LARGEST_CLUSTER)));

  for (const [index, cidrs] of clusters.entries()) world.put(`new-${index}`, cidrs);
  const { seconds } = await world.pass();
  row("this project", world.waf, seconds);
  for (const [name, approach, fill] of APPROACHES) {
    const account = await Account.holding(fill === "evenly" ? even : packed);
    const started = account.clock.now();
    await approach(account, clusters);
    row(name, account.waf, (account.clock.now() - started) / 1000);
  }
}

async function main(): Promise<void> {
  await compareFor("One new cluster", 1);
  await compareFor("100 new clusters in one batch", 100);
}

void main();
