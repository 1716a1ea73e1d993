import {
  ATTRIBUTES,
  EMPTY_DESCRIPTION,
  FAMILIES,
  type Family,
  ipSetName,
  ipSetPrefix,
  type TableKeySchema,
  VARIABLES,
} from "../../../lambda/allowlist-sync/contract";
import type { SyncEvent } from "../../../lambda/allowlist-sync/trigger";
import {
  type AwsServer,
  type Calls,
  expandIpv6,
  FakeBucket,
  FakeTable,
  FakeWaf,
  type Hook,
  realClock,
  serveAws,
  WAF_RATES,
} from "../../support/aws";
import { FunctionProcess } from "../support/function-process";
import { Clusters } from "./clusters";
import { Watch } from "./watch";

const ENVIRONMENT = "dev";
const TABLE = "dev-clusters";
const BUCKET = "dev-knowledge";
const VERSIONS = { ipv4: "IPV4", ipv6: "IPV6" } as const;

/** A set beside the function's own, which it must leave alone. */
const OPERATORS = "dev-access-operators-ipv4";
const OPERATORS_ADDRESSES = ["198.51.100.0/24"] as const;

export interface AccountOptions {
  readonly keySchema: TableKeySchema;
  /** Number of sets of each family. */
  readonly sets: Readonly<Record<Family, number>>;
  /** Most items in a page of a scan. @default as {@link FakeTable} has it */
  readonly pageSize?: number;
}

/**
 * The deployed bundle in an account of its own: real SDK clients, AWS's rates and the real clock, and stand-ins at the other end of
 * the wire.
 */
export class Account {
  readonly waf = new FakeWaf({ clock: realClock, rates: WAF_RATES, spell: expandIpv6 });
  readonly bucket = new FakeBucket({ name: BUCKET });
  readonly table: FakeTable;
  readonly clusters: Clusters;
  readonly watch: Watch;
  readonly #counts: AccountOptions["sets"];
  #server: AwsServer | undefined;
  #lambda: FunctionProcess | undefined;
  /** Traps that nothing has run into yet. */
  #unsprung = 0;

  constructor({ keySchema, sets, pageSize }: AccountOptions) {
    const keys = keySchema === "id" ? ([ATTRIBUTES.id] as const) : ([ATTRIBUTES.id, ATTRIBUTES.ips] as const);
    this.table = new FakeTable({ name: TABLE, clock: realClock, keys, pageSize });
    this.clusters = new Clusters(this.table, keySchema);
    this.#counts = sets;
    this.watch = new Watch(this.waf, this.clusters, this.allSets());
    this.waf.createSet(OPERATORS, "IPV4", OPERATORS_ADDRESSES);
    for (const family of FAMILIES)
      for (const name of this.sets(family)) this.waf.createSet(name, VERSIONS[family], [], EMPTY_DESCRIPTION);
  }

  /** Names of the function's sets of a family. */
  sets(family: Family): readonly string[] {
    return Array.from({ length: this.#counts[family] }, (_, slot) => ipSetName(ipSetPrefix(ENVIRONMENT), family, slot));
  }

  allSets(): readonly string[] {
    return FAMILIES.flatMap((family) => this.sets(family));
  }

  /** All that the sets of a family hold, sorted; twice what two of them hold. */
  held(family: Family): readonly string[] {
    return this.sets(family)
      .flatMap((name) => this.waf.addresses(name))
      .sort();
  }

  /** The instance that takes the events. */
  get lambda(): FunctionProcess {
    if (this.#lambda === undefined) throw new Error("no instance of the function is running");
    return this.#lambda;
  }

  /** Begins anew with an instance that knows nothing, as after a deployment. */
  async coldStart(): Promise<void> {
    await this.kill();
    this.#lambda = await this.startInstance();
  }

  async kill(): Promise<void> {
    const lambda = this.#lambda;
    this.#lambda = undefined;
    await lambda?.stop();
  }

  /** Starts an instance beside the one that takes the events; the caller stops it. */
  async startInstance(): Promise<FunctionProcess> {
    this.#server ??= await serveAws({ waf: this.waf, table: this.table, bucket: this.bucket });
    return FunctionProcess.start({
      ...this.#server.variables,
      [VARIABLES.environment]: ENVIRONMENT,
      [VARIABLES.tableName]: TABLE,
      [VARIABLES.ipSetPrefix]: ipSetPrefix(ENVIRONMENT),
      [VARIABLES.knowledgeBucket]: BUCKET,
      [VARIABLES.ipv4Sets]: String(this.#counts.ipv4),
      [VARIABLES.ipv6Sets]: String(this.#counts.ipv6),
      // What the guard does is seen elsewhere; here it is to stand in nobody's way.
      [VARIABLES.guardMaxShare]: "1",
      [VARIABLES.guardMaxAddresses]: "1000",
    });
  }

  /** One pass; by default for what the stream has to tell. */
  async pass(event: SyncEvent = this.table.takeEvent(), options?: { readonly timeoutSeconds: number }): Promise<void> {
    this.watch.passBegins();
    await this.lambda.invoke(event, options);
  }

  /** Does something once at a call; that it came to it is part of {@link Account.expectEqual}. */
  trap<Operation extends string>(
    calls: Calls<Operation>,
    moment: "before" | "after",
    operation: Operation,
    hook: Hook,
    skip = 0,
  ): void {
    this.#unsprung += 1;
    const spring = (): void | Promise<void> => {
      this.#unsprung -= 1;
      return hook();
    };
    calls[moment](operation, spring, skip);
  }

  /** The sets equal the table, nobody else's set has changed, and nothing has happened on the way that never may. */
  expectEqual(): void {
    expect(this.watch.violations).toEqual([]);
    expect({ unsprungTraps: this.#unsprung }).toEqual({ unsprungTraps: 0 });
    for (const family of FAMILIES) expect(this.held(family)).toEqual(this.clusters.wanted(family));
    expect(this.waf.addresses(OPERATORS)).toEqual(OPERATORS_ADDRESSES);
  }

  async close(): Promise<void> {
    await this.kill();
    await this.#server?.close();
  }
}
