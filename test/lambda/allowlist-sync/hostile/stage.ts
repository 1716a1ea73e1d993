import {
  EMPTY_DESCRIPTION,
  FAMILIES,
  ipSetName,
  ipSetPrefix,
  type Family,
} from "../../../../lambda/allowlist-sync/contract";
import type { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import { expandIpv6, FakeBucket, FakeTable, FakeWaf, VirtualClock, WAF_RATES } from "../../../support/aws";
import type { FaultName } from "./fault-names";
import { Approvals } from "./approvals";
import { Violation } from "./invariants";
import { Ledger } from "./ledger";
import { Process } from "./process";
import type { Random } from "./random";
import { TableModel } from "./table-model";
import type { Terrain } from "./terrain";
import { Traffic } from "./traffic";
import { Watch } from "./watch";

const ENVIRONMENT = "hostile";
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
  /** Families of the function's sets, by name. */
  readonly sets: ReadonlyMap<string, Family>;
  /** The process that Lambda would use next, warm if it can be. */
  process: Process;
  /** How often each kind of fault has met its call. */
  readonly faults = new Map<FaultName, number>();
  #started = 0;

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
    const prefix = ipSetPrefix(ENVIRONMENT);
    this.sets = new Map(
      FAMILIES.flatMap((family) =>
        Array.from({ length: terrain.slots[family] }, (_, slot) => [ipSetName(prefix, family, slot), family] as const),
      ),
    );
    for (const name of ["another-1", `${ENVIRONMENT}-access-operators`, `${prefix}-blue`, "zz-1"]) {
      this.waf.createSet(name, "IPV4", ["192.0.2.1/32"]);
    }
    for (const [name, family] of this.sets) this.waf.createSet(name, VERSIONS[family], [], EMPTY_DESCRIPTION);
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
    if (this.traffic.refused !== undefined) throw new Violation("rate", `${this.traffic.refused} was called too soon`);
  }

  /** Forgets the faults that no call has met. */
  disarm(): void {
    for (const { calls } of [this.waf, this.table, this.bucket]) calls.forgetHooks();
    this.traffic.forgetDelays();
  }

  /** A process that knows nothing yet. */
  start(): Process {
    this.#started += 1;
    const { clock, random, table, bucket, waf, traffic, terrain, create: createHandler } = this;
    const config = {
      environment: ENVIRONMENT,
      tableName: table.name,
      ipSetPrefix: ipSetPrefix(ENVIRONMENT),
      knowledgeBucket: bucket.name,
      sets: terrain.slots,
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
      },
      this.#started,
    );
  }
}
