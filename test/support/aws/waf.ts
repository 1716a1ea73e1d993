import { randomUUID } from "node:crypto";
import {
  GetIPSetCommand,
  ListIPSetsCommand,
  type UpdateIPSetCommand,
  WAFDuplicateItemException,
  type GetIPSetCommandInput,
  type GetIPSetCommandOutput,
  type ListIPSetsCommandInput,
  type ListIPSetsCommandOutput,
  type UpdateIPSetCommandInput,
  type UpdateIPSetCommandOutput,
} from "@aws-sdk/client-wafv2";
import { Calls } from "./calls";
import { isCidr, type IpVersion } from "./cidr";
import type { Clock } from "./clock";
import { invalidParameter, limitExceeded, nonexistent, staleToken, throttled } from "./errors";
import { AccountRates, type Rates } from "./rates";

/** The calls that the fake takes. */
export type WafOperation = "ListIPSets" | "GetIPSet" | "UpdateIPSet";

/** One set changed. */
export interface SetChange {
  readonly name: string;
  /** What did it: a call of the code under test, or the method of the fake by which a test did it by hand. */
  readonly by: "UpdateIPSet" | "overwrite" | "createSet" | "deleteSet";
  /** Addresses that the set held; empty for a new one. */
  readonly before: readonly string[];
  /** Addresses that it holds now; empty for a deleted one. */
  readonly after: readonly string[];
}

/** What a {@link FakeWaf} can be asked to do differently. */
export interface FakeWafOptions {
  /** Most sets in one page, whatever a caller asks for. @default 100, as AWS allows */
  readonly pageSize?: number;
  /** How a read spells an address that was written, e.g. `expandIpv6`. @default as it was written */
  readonly spell?: (address: string) => string;
  /** Most addresses in a set. @default 10,000, as AWS has it */
  readonly maxAddresses?: number;
  /** Needed for the two below. */
  readonly clock?: Clock;
  /** Rates of the account, e.g. {@link WAF_RATES}. @default none */
  readonly rates?: Rates<WafOperation>;
  /** How long each call takes to arrive. @default 0 */
  readonly latencyMilliseconds?: number;
}

interface StoredSet {
  readonly name: string;
  readonly id: string;
  readonly version: IpVersion;
  description: string | undefined;
  addresses: readonly string[];
  lockToken: string;
}

/** Calls a second that AWS grants an account in a Region. Source: AWS WAF Developer Guide, "AWS WAF quotas". */
export const WAF_RATES = { ListIPSets: 5, GetIPSet: 5, UpdateIPSet: 1 } as const;

/** Source: AWS WAF Developer Guide, "AWS WAF quotas". */
const MAX_ADDRESSES = 10_000;
/** Source of this and the pattern: AWS WAFV2 API Reference, "UpdateIPSet". */
const MAX_DESCRIPTION = 256;
const DESCRIPTION = /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/;
/** Source: AWS WAFV2 API Reference, "ListIPSets". */
const MAX_PAGE = 100;

const SCOPE = "REGIONAL";
const metadata = { $metadata: {} };

/**
 * AWS WAF's regional IP sets of one account, in memory.
 *
 * Stands in for a `WAFV2Client` where only `send` is used: it takes the SDK's command objects and answers or throws the
 * SDK's own exceptions. Like AWS:
 *
 * - Every write needs the set's current lock token and replaces it; a stale one is a `WAFOptimisticLockException`.
 * - An update replaces all addresses and the description, and without a description clears it (assumed, the worse case).
 * - A set takes up to 10,000 CIDRs of its own family (`WAFLimitsExceededException`); bare addresses, `/0`, bad CIDRs and
 *   descriptions are a `WAFInvalidParameterException`. Repeated addresses are stored once.
 * - Lists come in pages with every set's description and token, never its addresses.
 * - With {@link FakeWafOptions.rates}, everybody in the account shares one rate for each action; a call above it is a
 *   `ThrottlingException` without any effect.
 *
 * Unlike AWS: no propagation delay, no create or delete calls (the stack does those; see {@link FakeWaf.createSet}), and host
 * bits in a CIDR are let through.
 */
export class FakeWaf {
  readonly calls: Calls<WafOperation>;
  readonly #sets = new Map<string, StoredSet>();
  readonly #byId = new Map<string, StoredSet>();
  /** In the order of a list; undefined when a set came or went since. */
  #listed: readonly StoredSet[] | undefined;
  readonly #observers: ((change: SetChange) => void)[] = [];
  readonly #rates: AccountRates<WafOperation> | undefined;
  readonly #pageSize: number;
  readonly #maxAddresses: number;
  readonly #spell: (address: string) => string;

  /** @throws TypeError when rates or latency are given without a clock */
  constructor(options: FakeWafOptions = {}) {
    const { clock, rates, latencyMilliseconds = 0 } = options;
    if (clock === undefined && (rates !== undefined || latencyMilliseconds > 0)) {
      throw new TypeError("rates and latency need a clock");
    }
    this.calls = new Calls(clock && latencyMilliseconds > 0 ? () => clock.sleep(latencyMilliseconds) : undefined);
    this.#rates = clock && rates ? new AccountRates(rates, clock) : undefined;
    this.#pageSize = options.pageSize ?? MAX_PAGE;
    this.#maxAddresses = options.maxAddresses ?? MAX_ADDRESSES;
    this.#spell = options.spell ?? ((address) => address);
  }

  send(command: ListIPSetsCommand): Promise<ListIPSetsCommandOutput>;
  send(command: GetIPSetCommand): Promise<GetIPSetCommandOutput>;
  send(command: UpdateIPSetCommand): Promise<UpdateIPSetCommandOutput>;
  send(
    command: ListIPSetsCommand | GetIPSetCommand | UpdateIPSetCommand,
  ): Promise<ListIPSetsCommandOutput | GetIPSetCommandOutput | UpdateIPSetCommandOutput> {
    if (command instanceof ListIPSetsCommand) {
      const { input } = command;
      return this.#call("ListIPSets", input, () => this.#list(input));
    }
    if (command instanceof GetIPSetCommand) {
      const { input } = command;
      return this.#call("GetIPSet", input, () => this.#get(input));
    }
    const { input } = command;
    return this.#call("UpdateIPSet", input, () => this.#update(input));
  }

  /**
   * Somebody else in the account makes one call of this action now, of any resource.
   *
   * @returns whether it went through; if not, the rate was used up, and it cost nothing
   */
  spend(operation: WafOperation): boolean {
    return this.#requireRates().admit(operation);
  }

  /** Somebody else uses up this action's rate from now on: every call of the next `milliseconds` is throttled. */
  occupy(operation: WafOperation, milliseconds: number): void {
    this.#requireRates().occupy(operation, milliseconds);
  }

  /**
   * Tells every change of a set as it happens, by whomever: for a check that watches what is never allowed. The order of the
   * calls is the order of the changes. The observer should note what it saw and not throw: what it throws would reach the caller as if from AWS.
   */
  onUpdate(observer: (change: SetChange) => void): void {
    this.#observers.push(observer);
  }

  /** Creates a set, as the stack would; `description` is what Terraform gives it, or nothing. */
  createSet(name: string, version: IpVersion, addresses: readonly string[] = [], description?: string): void {
    if (this.#sets.has(name)) throw new WAFDuplicateItemException({ ...metadata, message: `${name} exists` });
    const stored = this.#validated(version, addresses, description);
    const set = { name, id: randomUUID(), version, description, addresses: stored, lockToken: randomUUID() };
    this.#sets.set(name, set);
    this.#byId.set(set.id, set);
    this.#listed = undefined;
    this.#tell({ name, by: "createSet", before: [], after: stored });
  }

  /** Somebody else writes a set: its token changes; the description stays unless one is given. */
  overwrite(name: string, addresses: readonly string[], description?: string): void {
    const set = this.#named(name);
    this.#write(set, "overwrite", addresses, description ?? set.description);
  }

  deleteSet(name: string): void {
    const set = this.#named(name);
    this.#sets.delete(name);
    this.#byId.delete(set.id);
    this.#listed = undefined;
    this.#tell({ name, by: "deleteSet", before: set.addresses, after: [] });
  }

  /** Names of all sets, sorted. */
  names(): readonly string[] {
    return this.#inOrder().map(({ name }) => name);
  }

  /** The addresses of a set as they were written, sorted. */
  addresses(name: string): readonly string[] {
    return [...this.#named(name).addresses].sort();
  }

  description(name: string): string | undefined {
    return this.#named(name).description;
  }

  #call<T>(operation: WafOperation, { Scope: scope }: { readonly Scope?: string }, effect: () => T): Promise<T> {
    return this.calls.run(operation, () => {
      if (this.#rates?.admit(operation) === false) throw throttled();
      if (scope !== SCOPE) throw invalidParameter(`Scope ${scope ?? "is missing"}`);
      return effect();
    });
  }

  #list({ NextMarker: marker, Limit: limit = MAX_PAGE }: ListIPSetsCommandInput): ListIPSetsCommandOutput {
    if (limit < 1 || limit > MAX_PAGE) throw invalidParameter(`Limit ${limit}`);
    const after = this.#inOrder().filter(({ name }) => marker === undefined || name > marker);
    const page = after.slice(0, Math.min(limit, this.#pageSize));
    return {
      ...metadata,
      NextMarker: page.length < after.length ? page.at(-1)?.name : undefined,
      IPSets: page.map(({ name, id, description, lockToken }) => ({
        Name: name,
        Id: id,
        Description: description,
        LockToken: lockToken,
        ARN: arn(name, id),
      })),
    };
  }

  #get(input: GetIPSetCommandInput): GetIPSetCommandOutput {
    const set = this.#identified(input);
    return {
      ...metadata,
      LockToken: set.lockToken,
      IPSet: {
        Name: set.name,
        Id: set.id,
        ARN: arn(set.name, set.id),
        Description: set.description,
        IPAddressVersion: set.version,
        Addresses: set.addresses.map((address) => this.#spell(address)),
      },
    };
  }

  #update(input: UpdateIPSetCommandInput): UpdateIPSetCommandOutput {
    const { LockToken: token, Addresses: addresses, Description: description } = input;
    const set = this.#identified(input);
    if (addresses === undefined) throw invalidParameter("no Addresses");
    this.#write(set, "UpdateIPSet", addresses, description, () => {
      if (set.lockToken !== token) throw staleToken();
    });
    return { ...metadata, NextLockToken: set.lockToken };
  }

  /** @param check runs when all else is known to be right, before anything changes */
  #write(
    set: StoredSet,
    by: SetChange["by"],
    addresses: readonly string[],
    description: string | undefined,
    check?: () => void,
  ): void {
    const after = this.#validated(set.version, addresses, description);
    check?.();
    const before = set.addresses;
    set.addresses = after;
    set.description = description;
    set.lockToken = randomUUID();
    this.#tell({ name: set.name, by, before, after });
  }

  /** The addresses as they are to be stored: each once, in a list that nobody else holds. */
  #validated(version: IpVersion, addresses: readonly string[], description: string | undefined): readonly string[] {
    if (description !== undefined && (description.length > MAX_DESCRIPTION || !DESCRIPTION.test(description))) {
      throw invalidParameter(`description "${description}"`);
    }
    const bad = addresses.find((address) => !isCidr(address, version));
    if (bad !== undefined) throw invalidParameter(`address "${bad}"`);
    const unique = [...new Set(addresses)];
    if (unique.length > this.#maxAddresses) throw limitExceeded(`more than ${this.#maxAddresses} addresses`);
    return Object.freeze(unique);
  }

  #tell(change: SetChange): void {
    for (const observer of this.#observers) observer(change);
  }

  #inOrder(): readonly StoredSet[] {
    this.#listed ??= [...this.#sets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return this.#listed;
  }

  #named(name: string): StoredSet {
    const set = this.#sets.get(name);
    if (set === undefined) throw nonexistent(`IP set ${name}`);
    return set;
  }

  #identified({ Id: id = "", Name: name = "" }: GetIPSetCommandInput): StoredSet {
    const set = this.#byId.get(id);
    if (set?.name !== name) throw nonexistent(`IP set ${name} with id ${id}`);
    return set;
  }

  #requireRates(): AccountRates<WafOperation> {
    if (this.#rates === undefined) throw new TypeError("this FakeWaf has no rates");
    return this.#rates;
  }
}

function arn(name: string, id: string): string {
  return `arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/${name}/${id}`;
}
