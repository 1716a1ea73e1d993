import type { DynamoDBStreamEvent } from "aws-lambda";
import { readConfig } from "../../../lambda/allowlist-sync/config";
import {
  AUDIT_EVENT,
  EMPTY_DESCRIPTION,
  FAMILIES,
  ipSetName,
  ipSetPrefix,
  SCHEDULE_EVENT,
  type Family,
} from "../../../lambda/allowlist-sync/contract";
import { createHandler, type SyncHandler } from "../../../lambda/allowlist-sync/create-handler";
import { FakeBucket, FakeTable, FakeWaf, VirtualClock, WAF_RATES } from "../../support/aws";

/** A line of the function's output that is a record, not metrics. */
export type Line = Readonly<Record<string, unknown>>;

export interface WorldOptions {
  readonly keys?: readonly [string] | readonly [string, string];
  readonly variables?: Readonly<Record<string, string>>;
  readonly spell?: (address: string) => string;
  /** Addresses that the first sets hold from the start, under a description that is not the function's. */
  readonly contents?: Partial<Readonly<Record<Family, readonly string[]>>>;
  /** Sets of each family. @default 1 */
  readonly slots?: Partial<Readonly<Record<Family, number>>>;
  /** Most addresses in a set. @default as AWS has it */
  readonly maxPerSet?: number;
  /** What chance says, from 0 to 1. @default 0.5 each time */
  readonly random?: () => number;
  /** How long a pass may take on the virtual clock. @default {@link World.remaining} throughout */
  readonly lambdaSeconds?: number;
}

/** Name of one set. */
export function setName(family: Family, slot: number): string {
  return ipSetName(ipSetPrefix("test"), family, slot);
}

/** Names of the first two sets. */
export const V4 = setName("ipv4", 0);
export const V6 = setName("ipv6", 0);

const VERSIONS = { ipv4: "IPV4", ipv6: "IPV6" } as const;

/** The function between a table and its IP sets, as the stack would deploy it, with many sets of others beside them. */
export class World {
  readonly clock = new VirtualClock();
  readonly table: FakeTable;
  readonly waf: FakeWaf;
  readonly bucket = new FakeBucket({ name: "knowledge" });
  readonly handler: SyncHandler;
  /** Everything that the function wrote. */
  readonly lines: string[] = [];
  /** What Lambda says is left. */
  remaining = 60_000;
  readonly #options: WorldOptions;
  #deadline = Infinity;

  constructor(options: WorldOptions = {}) {
    const { slots, contents, maxPerSet } = options;
    this.table = new FakeTable({ name: "clusters", clock: this.clock, keys: options.keys });
    this.waf = new FakeWaf({
      pageSize: 3,
      spell: options.spell,
      clock: this.clock,
      rates: WAF_RATES,
      ...(maxPerSet === undefined ? {} : { maxAddresses: maxPerSet }),
    });
    for (const name of ["another-1", "another-2", "test-access-operators", "test-clusters-blue", "zz-1"]) {
      this.waf.createSet(name, "IPV4", ["192.0.2.1/32"]);
    }
    for (const family of FAMILIES) {
      for (let slot = 0; slot < (slots?.[family] ?? 1); slot += 1) {
        const content = slot === 0 ? contents?.[family] : undefined;
        const description = content === undefined ? EMPTY_DESCRIPTION : "edited by hand";
        this.waf.createSet(setName(family, slot), VERSIONS[family], content, description);
      }
    }
    this.#options = options;
    this.handler = this.newHandler(options.variables);
  }

  /** Another instance of the function, as Lambda starts one beside a busy one. */
  newHandler(variables: Readonly<Record<string, string>> = {}): SyncHandler {
    return createHandler({
      config: readConfig({
        ENVIRONMENT: "test",
        TABLE_NAME: this.table.name,
        IP_SET_PREFIX: ipSetPrefix("test"),
        KNOWLEDGE_BUCKET: this.bucket.name,
        IPV4_SETS: String(this.#options.slots?.ipv4 ?? 1),
        IPV6_SETS: String(this.#options.slots?.ipv6 ?? 1),
        GUARD_MAX_SHARE: "0.2",
        GUARD_MAX_ADDRESSES: "50",
        ...variables,
      }),
      dynamoDb: this.table,
      waf: this.waf,
      s3: this.bucket,
      maxPerSet: this.#options.maxPerSet,
      clock: this.clock,
      random: this.#options.random ?? (() => 0.5),
      write: (line) => this.lines.push(line),
    });
  }

  /** Puts a cluster with its CIDRs as a String Set. */
  put(id: string, ...cidrs: readonly string[]): void {
    this.table.put({ id: { S: id }, ips: { SS: cidrs } });
  }

  remove(id: string): void {
    this.table.delete({ id: { S: id } });
  }

  /** A pass as the stream starts it, with the records of what changed since the last one. */
  async stream(event: DynamoDBStreamEvent = this.table.takeEvent()): Promise<void> {
    const { lambdaSeconds } = this.#options;
    if (lambdaSeconds !== undefined) this.#deadline = this.clock.now() + lambdaSeconds * 1000;
    await this.handler(event, this.context);
  }

  /** What was left of {@link WorldOptions.lambdaSeconds} at the end of the latest pass. */
  secondsLeft(): number {
    return (this.#deadline - this.clock.now()) / 1000;
  }

  /** A pass as the schedule starts it. */
  async schedule(): Promise<void> {
    await this.handler(SCHEDULE_EVENT, this.context);
  }

  /** A pass as the audit's schedule starts it. */
  async audit(): Promise<void> {
    await this.handler(AUDIT_EVENT, this.context);
  }

  /** What all sets of a family hold together, sorted. */
  admitted(family: Family): readonly string[] {
    const names = this.waf.names().filter((name) => name.startsWith(`${ipSetPrefix("test")}-${family}-`));
    return names.flatMap((name) => this.waf.addresses(name)).sort();
  }

  readonly context = {
    getRemainingTimeInMillis: (): number => Math.min(this.remaining, this.#deadline - this.clock.now()),
  };

  /** Calls since the last look: `[ListIPSets, GetIPSet, UpdateIPSet, Scan]`, where one call means one page. */
  takeCalls(): { readonly lists: number; readonly gets: number; readonly updates: number; readonly scans: number } {
    const { calls } = this.waf;
    const counts = {
      lists: calls.count("ListIPSets"),
      gets: calls.count("GetIPSet"),
      updates: calls.count("UpdateIPSet"),
      scans: this.table.calls.count("Scan"),
    };
    calls.reset();
    this.table.calls.reset();
    return counts;
  }

  /** The records of one kind. */
  records(kind: string): readonly Line[] {
    return this.#parsed().filter(({ record }) => record === kind);
  }

  /** The values of a metric, oldest first, in passes' order; of one family if it is given. */
  metric(name: string, family?: Family): readonly unknown[] {
    return this.#parsed()
      .filter((line) => "_aws" in line && line.Family === family && line.Plan === undefined && name in line)
      .map((line) => line[name]);
  }

  #parsed(): readonly Line[] {
    return this.lines.map((line): Line => JSON.parse(line) as Line);
  }
}

/** What AWS answers when a right is missing: nothing that a further try could change. */
export function refused(): Error {
  return Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
}

/** `count` different single addresses, from 10.0.0.0/32 on, starting after `skip` of them. */
export function hosts(count: number, skip = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = index + skip;
    return `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}/32`;
  });
}
