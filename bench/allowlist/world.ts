import { readConfig } from "../../lambda/allowlist-sync/config";
import {
  EMPTY_DESCRIPTION,
  ipSetName,
  ipSetPrefix,
  MAX_ADDRESSES_PER_SET,
  type Family,
} from "../../lambda/allowlist-sync/contract";
import { createHandler, type SyncHandler } from "../../lambda/allowlist-sync/create-handler";
import { FakeBucket, FakeTable, FakeWaf, VirtualClock, WAF_RATES } from "../../test/support/aws";

const LAMBDA_SECONDS = 900;

/** What a pass cost. */
export interface Cost {
  readonly lists: number;
  readonly gets: number;
  readonly updates: number;
  readonly scans: number;
  readonly readUnits: number;
  /** On the virtual clock, which AWS's rates alone make go on. */
  readonly seconds: number;
}

/** The function at full size: AWS's stand-ins with their real limits, on a virtual clock. */
export class BenchWorld {
  readonly clock = new VirtualClock();
  readonly table = new FakeTable({ name: "clusters", clock: this.clock, pageSize: Infinity });
  readonly waf = new FakeWaf({ clock: this.clock, rates: WAF_RATES });
  readonly bucket = new FakeBucket({ name: "knowledge" });
  readonly #slots: Readonly<Record<Family, number>>;
  #handler: SyncHandler;

  constructor(slots: Readonly<Record<Family, number>>) {
    this.#slots = slots;
    for (const name of this.setNames("ipv4")) this.waf.createSet(name, "IPV4", [], EMPTY_DESCRIPTION);
    for (const name of this.setNames("ipv6")) this.waf.createSet(name, "IPV6", [], EMPTY_DESCRIPTION);
    this.#handler = this.#start();
  }

  setNames(family: Family): readonly string[] {
    return Array.from({ length: this.#slots[family] }, (_, slot) => ipSetName(ipSetPrefix("bench"), family, slot));
  }

  put(cluster: string, cidrs: readonly string[]): void {
    this.table.put({ id: { S: cluster }, ips: { L: cidrs.map((S) => ({ S })) } });
  }

  remove(cluster: string): void {
    this.table.delete({ id: { S: cluster } });
  }

  /** Forgets all that the function has in memory. */
  coldStart(): void {
    this.#handler = this.#start();
  }

  /** Runs one pass for what changed since the last. */
  async pass(event: Parameters<SyncHandler>[0] = this.table.takeEvent()): Promise<Cost> {
    // Whatever was before has left the account's rates alone for a while.
    await this.clock.sleep(10_000);
    this.waf.calls.reset();
    this.table.calls.reset();
    const started = this.clock.now();
    const end = started + LAMBDA_SECONDS * 1000;
    await this.#handler(event, { getRemainingTimeInMillis: () => end - this.clock.now() });
    return {
      lists: this.waf.calls.count("ListIPSets"),
      gets: this.waf.calls.count("GetIPSet"),
      updates: this.waf.calls.count("UpdateIPSet"),
      scans: this.table.calls.count("Scan"),
      readUnits: this.table.readUnits,
      seconds: (this.clock.now() - started) / 1000,
    };
  }

  #start(): SyncHandler {
    return createHandler({
      config: readConfig({
        ENVIRONMENT: "bench",
        TABLE_NAME: this.table.name,
        IP_SET_PREFIX: ipSetPrefix("bench"),
        KNOWLEDGE_BUCKET: this.bucket.name,
        IPV4_SETS: String(this.#slots.ipv4),
        IPV6_SETS: String(this.#slots.ipv6),
        GUARD_MAX_SHARE: "1",
        GUARD_MAX_ADDRESSES: "1000000",
      }),
      dynamoDb: this.table,
      waf: this.waf,
      s3: this.bucket,
      clock: this.clock,
      random: () => 0.5,
      write: () => undefined,
    });
  }
}

/** Addresses and sizes of clusters that are the same on every run. */
export class Supply {
  #address: number;
  #state = 1;

  /** @param first how many addresses to leave out */
  constructor(first = 0) {
    this.#address = first;
  }

  /** Single addresses that were not given out before. */
  addresses(count: number, family: Family = "ipv4"): readonly string[] {
    return Array.from({ length: count }, () => {
      this.#address += 1;
      const n = this.#address;
      const text =
        family === "ipv4"
          ? `${11 + (n >>> 24)}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}/32`
          : `2001:db8:${(n >>> 16).toString(16)}:${(n & 65535).toString(16)}::/64`;
      // Whole, as texts come from a parser of JSON, and not glued from pieces.
      return Buffer.from(text, "latin1").toString("latin1");
    });
  }

  /** A whole number from 1 to `most`. */
  size(most: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + Math.floor((this.#state / 2 ** 32) * most);
  }
}

/** Clusters have this many addresses at most, as in the design's simulation. */
export const LARGEST_CLUSTER = 48;

/** The sets that an account has without asking AWS for more: one for IPv6, so that both families stand, the others for IPv4. */
export const SLOTS = { ipv4: 99, ipv6: 1 } as const;

/** Addresses that the IPv4 sets hold. */
export const PLACES = SLOTS.ipv4 * MAX_ADDRESSES_PER_SET;
