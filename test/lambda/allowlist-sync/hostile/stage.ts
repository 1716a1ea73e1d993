import {
  EMPTY_DESCRIPTION,
  FAMILIES,
  ipSetName,
  ipSetPrefix,
  KNOWLEDGE_KEYS,
  type Family,
} from "../../../../lambda/allowlist-sync/contract";
import type { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import { expandIpv6, FakeBucket, FakeTable, FakeWaf, VirtualClock, WAF_RATES } from "../../../support/aws";
import type { FaultName } from "./fault-names";
import { Approvals } from "./approvals";
import { Violation } from "./invariants";
import { Ledger } from "./ledger";
import type { Pass } from "./pass";
import { Process } from "./process";
import type { Random } from "./random";
import { TableModel } from "./table-model";
import type { Terrain } from "./terrain";
import { Traffic } from "./traffic";
import { heldBy } from "./waiting";
import { Watch } from "./watch";

const ENVIRONMENT = "hostile";
const PREFIX = ipSetPrefix(ENVIRONMENT);
/** Sets of one family up to which deploys append. */
const MOST_SETS = 8;
const VERSIONS = { ipv4: "IPV4", ipv6: "IPV6" } as const;

/** One world: the function between table, sets and bucket, and all that looks at it. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly model = new TableModel();
  readonly approvals = new Approvals(this.model);
  readonly traffic = new Traffic(this.clock);
  readonly table: FakeTable;
  readonly bucket: FakeBucket;
  readonly waf: FakeWaf;
  readonly ledger: Ledger;
  readonly watch: Watch;
  /** Families of the sets that the function is told of, by name, those included that somebody has deleted. */
  readonly sets = new Map<string, Family>();
  /** Whether the bucket refuses every call: somebody took the function's right away. */
  isBucketDenied = false;
  /** Digests of all plans that passes have told as held. */
  readonly held = new Set<string>();
  /** The process that Lambda would use next, warm if it can be. */
  process: Process;
  /** How often each kind of fault has met its call. */
  readonly faults = new Map<FaultName, number>();
  /** Sets that a deploy has made and of which the function is told by the next: rules refer to them first. */
  readonly #made = new Map<string, Family>();
  #started = 0;
  /** Number of the last process that was started before the function was told of other sets. */
  #outdated = 0;

  constructor(
    readonly terrain: Terrain,
    readonly random: Random,
    private readonly create: typeof createHandler,
  ) {
    const { keys, latencyMilliseconds, pages, maxPerSet, missing, spelling, clusters, limits } = terrain;
    const { clock, model, approvals, traffic } = this;
    this.table = new FakeTable({ name: "clusters", clock, keys, pageSize: pages.table, latencyMilliseconds });
    this.bucket = new FakeBucket({ name: "knowledge", clock, missing, latencyMilliseconds });
    this.waf = new FakeWaf({
      clock,
      rates: WAF_RATES,
      maxAddresses: maxPerSet,
      pageSize: pages.waf,
      latencyMilliseconds,
      ...(spelling === "expanded" && { spell: expandIpv6 }),
    });
    for (const family of FAMILIES) {
      for (let slot = 0; slot < terrain.slots[family]; slot += 1)
        this.sets.set(ipSetName(PREFIX, family, slot), family);
    }
    for (const name of ["another-1", `${ENVIRONMENT}-access-operators`, `${PREFIX}-blue`, "zz-1"]) {
      this.waf.createSet(name, "IPV4", ["192.0.2.1/32"]);
    }
    for (const [name, family] of this.sets) this.#make(name, family);
    this.watch = new Watch({
      table: model,
      approvals,
      limits,
      maxPerSet,
      managed: this.sets,
      caller: traffic.caller,
      running: () => traffic.running,
      now: () => clock.now(),
    });
    this.waf.onUpdate(this.watch.observe);
    const names = Array.from({ length: clusters }, (_, index) => `cluster-${index}`);
    this.ledger = new Ledger(this.table, model, random, keys, names);
    this.process = this.start();
  }

  /** A fault has met its call. */
  struck(fault: FaultName): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }

  /** @throws Violation when an invariant was broken on the way */
  check(): void {
    if (this.watch.violation !== undefined) throw this.watch.violation;
    if (this.traffic.tooSoon !== undefined) throw new Violation("rate", `${this.traffic.tooSoon} was called too soon`);
  }

  /** Forgets the faults that no call has met. */
  disarm(): void {
    for (const { calls } of [this.waf, this.table, this.bucket]) calls.forgetHooks();
    this.traffic.forgetDelays();
  }

  /** Whether Lambda may use a process again. */
  isUsable({ isGone, number }: Process): boolean {
    return !isGone && number > this.#outdated;
  }

  /** What a pass that has ended lets others know. */
  learn(pass: Pass): void {
    const digest = heldBy(pass);
    if (digest !== undefined) this.held.add(digest);
    this.approvals.learn(pass);
  }

  /** Object of the bucket that says which plan waits. */
  get waitingInBucket(): string | undefined {
    return this.isBucketDenied ? undefined : this.bucket.text(KNOWLEDGE_KEYS.waiting(PREFIX));
  }

  /**
   * The stack is deployed: sets that are missing come back empty, the function is told of those that the deploy before has
   * made, and sometimes another is made.
   */
  deploy(): string {
    const missing = [...this.sets].filter(([name]) => !this.watch.exists(name));
    for (const [name, family] of missing) this.#make(name, family);
    for (const [name, family] of this.#made) {
      this.sets.set(name, family);
      this.watch.adopt(name);
    }
    const told = this.#made.size;
    this.#made.clear();
    if (told > 0) {
      // What Lambda had kept warm goes; what is running ends as it is.
      this.#outdated = this.#started;
      if (!this.process.isBusy) this.process = this.start();
    }
    const family = this.random.pick(FAMILIES);
    const slot = this.#count(family);
    if (slot < MOST_SETS && this.random.chance(0.5)) {
      const name = ipSetName(PREFIX, family, slot);
      this.#make(name, family);
      this.#made.set(name, family);
    }
    return `deploy: ${missing.length} sets made again, ${told} told, ${this.#made.size} made`;
  }

  #make(name: string, family: Family): void {
    this.waf.createSet(name, VERSIONS[family], [], EMPTY_DESCRIPTION);
  }

  #count(family: Family): number {
    return [...this.sets.values()].filter((of) => of === family).length;
  }

  /** A process that knows nothing yet. */
  start(): Process {
    this.#started += 1;
    const { clock, random, table, bucket, waf, traffic, terrain, create: createHandler } = this;
    const config = {
      environment: ENVIRONMENT,
      tableName: table.name,
      ipSetPrefix: PREFIX,
      knowledgeBucket: bucket.name,
      sets: { ipv4: this.#count("ipv4"), ipv6: this.#count("ipv6") },
      guard: terrain.limits,
    };
    return new Process(
      {
        createHandler,
        config,
        clock,
        random,
        table,
        bucket,
        waf,
        traffic,
        maxPerSet: terrain.maxPerSet,
        moment: () => this.model.moment,
        present: () => this.watch.admitted().length,
        isBucketDenied: () => this.isBucketDenied,
        sent: this.watch.sent,
      },
      this.#started,
    );
  }
}
