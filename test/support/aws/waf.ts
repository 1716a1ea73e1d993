import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import {
  GetIPSetCommand,
  ListIPSetsCommand,
  type UpdateIPSetCommand,
  WAFDuplicateItemException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  WAFV2ServiceException,
  type GetIPSetCommandOutput,
  type ListIPSetsCommandOutput,
  type UpdateIPSetCommandInput,
  type UpdateIPSetCommandOutput,
} from "@aws-sdk/client-wafv2";
import { Calls } from "./calls";

type IpVersion = "IPV4" | "IPV6";

interface StoredSet {
  readonly name: string;
  readonly id: string;
  readonly version: IpVersion;
  description: string | undefined;
  addresses: readonly string[];
  lockToken: string;
}

/** Source: AWS WAF Developer Guide, "AWS WAF quotas". */
const MAX_ADDRESSES = 10_000;
/** Source of this and the pattern: AWS WAFV2 API Reference, "UpdateIPSet". */
const MAX_DESCRIPTION = 256;
const DESCRIPTION = /^[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]$/;

const metadata = { $metadata: {} };

/**
 * AWS WAF's IP sets of one scope, in memory.
 *
 * Stands in for a `WAFV2Client` where only `send` is used: it takes the SDK's command objects and answers or throws the
 * SDK's own exceptions. Like AWS:
 *
 * - Every write needs the set's current lock token and replaces it; a stale one is a `WAFOptimisticLockException`.
 * - An update replaces all addresses and the description, and without a description clears it (assumed, the worse case).
 * - A set takes up to 10,000 CIDRs of its own family (`WAFLimitsExceededException`); bare addresses, `/0`, bad CIDRs and
 *   descriptions are a `WAFInvalidParameterException`. Repeated addresses are stored once.
 * - Lists come in pages with every set's description and token, never its addresses.
 *
 * Unlike AWS: no rates (throw {@link throttled} from a hook), no propagation delay, no create or delete calls (the stack
 * does those; see {@link FakeWaf.createSet}), host bits in a CIDR are let through.
 */
export class FakeWaf {
  readonly calls = new Calls<"ListIPSets" | "GetIPSet" | "UpdateIPSet">();
  readonly #sets = new Map<string, StoredSet>();
  readonly #pageSize: number;
  readonly #spell: (address: string) => string;

  /**
   * @param options.pageSize most sets in one page, whatever a caller asks for. Default 100, as AWS allows
   * @param options.spell how a read spells an address that was written, e.g. {@link expandIpv6}
   */
  constructor(options: { readonly pageSize?: number; readonly spell?: (address: string) => string } = {}) {
    this.#pageSize = options.pageSize ?? 100;
    this.#spell = options.spell ?? ((address) => address);
  }

  send(command: ListIPSetsCommand): Promise<ListIPSetsCommandOutput>;
  send(command: GetIPSetCommand): Promise<GetIPSetCommandOutput>;
  send(command: UpdateIPSetCommand): Promise<UpdateIPSetCommandOutput>;
  send(
    command: ListIPSetsCommand | GetIPSetCommand | UpdateIPSetCommand,
  ): Promise<ListIPSetsCommandOutput | GetIPSetCommandOutput | UpdateIPSetCommandOutput> {
    if (command instanceof ListIPSetsCommand) {
      const { NextMarker: marker, Limit: limit } = command.input;
      return this.calls.run("ListIPSets", () => this.#list(marker, limit));
    }
    if (command instanceof GetIPSetCommand) {
      const { Id: id } = command.input;
      return this.calls.run("GetIPSet", () => this.#get(id));
    }
    const { input } = command;
    return this.calls.run("UpdateIPSet", () => this.#update(input));
  }

  /** Creates a set, as the stack would; `description` is what Terraform gives it, or nothing. */
  createSet(name: string, version: IpVersion, addresses: readonly string[] = [], description?: string): void {
    if (this.#sets.has(name)) throw new WAFDuplicateItemException({ ...metadata, message: `${name} exists` });
    validate(version, addresses, description);
    const id = randomUUID();
    this.#sets.set(name, { name, id, version, description, addresses: unique(addresses), lockToken: randomUUID() });
  }

  /** Somebody else writes a set: its token changes; the description stays unless one is given. */
  overwrite(name: string, addresses: readonly string[], description?: string): void {
    const set = this.#named(name);
    validate(set.version, addresses, description);
    set.addresses = unique(addresses);
    set.description = description ?? set.description;
    set.lockToken = randomUUID();
  }

  deleteSet(name: string): void {
    this.#sets.delete(this.#named(name).name);
  }

  /** The addresses of a set as they were written, sorted. */
  addresses(name: string): readonly string[] {
    return [...this.#named(name).addresses].sort();
  }

  description(name: string): string | undefined {
    return this.#named(name).description;
  }

  #list(marker: string | undefined, limit = 100): ListIPSetsCommandOutput {
    if (limit < 1 || limit > 100) throw invalid(`Limit ${limit}`);
    const after = [...this.#sets.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .filter(({ name }) => marker === undefined || name > marker);
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

  #get(id: string | undefined): GetIPSetCommandOutput {
    const set = this.#identified(id);
    return {
      ...metadata,
      LockToken: set.lockToken,
      IPSet: {
        Name: set.name,
        Id: set.id,
        ARN: arn(set.name, set.id),
        Description: set.description,
        IPAddressVersion: set.version,
        Addresses: set.addresses.map(this.#spell),
      },
    };
  }

  #update({
    Id: id,
    Name: name,
    LockToken: token,
    Addresses: addresses,
    Description: description,
  }: UpdateIPSetCommandInput): UpdateIPSetCommandOutput {
    const set = this.#identified(id);
    if (set.name !== name)
      throw new WAFNonexistentItemException({ ...metadata, message: `${name ?? ""} has another id` });
    if (addresses === undefined) throw invalid("no Addresses");
    validate(set.version, addresses, description);
    if (set.lockToken !== token) {
      throw new WAFOptimisticLockException({ ...metadata, message: "the token is not the current one" });
    }
    set.addresses = unique(addresses);
    set.description = description;
    set.lockToken = randomUUID();
    return { ...metadata, NextLockToken: set.lockToken };
  }

  #named(name: string): StoredSet {
    const set = this.#sets.get(name);
    if (set === undefined) throw new WAFNonexistentItemException({ ...metadata, message: `no IP set ${name}` });
    return set;
  }

  #identified(id: string | undefined): StoredSet {
    const set = [...this.#sets.values()].find((candidate) => candidate.id === id);
    if (set === undefined) throw new WAFNonexistentItemException({ ...metadata, message: `no IP set ${id ?? ""}` });
    return set;
  }
}

/** What WAF answers when the account has used up its rate; the SDK would retry it a few times first. */
export function throttled(): WAFV2ServiceException {
  return new WAFV2ServiceException({
    ...metadata,
    name: "ThrottlingException",
    $fault: "client",
    message: "Rate exceeded",
  });
}

/** Spells an IPv6 CIDR with all its digits, as WAF may; leaves IPv4 alone. */
export function expandIpv6(cidr: string): string {
  const [address = "", prefix = ""] = cidr.split("/");
  if (isIP(address) !== 6) return cidr;
  const [head = "", tail] = address.split("::");
  const groups = (text: string | undefined): string[] => (text ? text.split(":") : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail)];
  return `${all.map((group) => group.padStart(4, "0")).join(":")}/${prefix}`;
}

function validate(version: IpVersion, addresses: readonly string[], description: string | undefined): void {
  if (description !== undefined && (description.length > MAX_DESCRIPTION || !DESCRIPTION.test(description))) {
    throw invalid(`description "${description}"`);
  }
  const [family, bits] = version === "IPV4" ? [4, 32] : [6, 128];
  for (const cidr of addresses) {
    const [address = "", prefix = "", ...rest] = cidr.split("/");
    const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
    if (isIP(address) !== family || length < 1 || length > bits || rest.length > 0) throw invalid(`address "${cidr}"`);
  }
  if (unique(addresses).length > MAX_ADDRESSES) {
    throw new WAFLimitsExceededException({ ...metadata, message: `more than ${MAX_ADDRESSES} addresses` });
  }
}

function invalid(what: string): WAFInvalidParameterException {
  return new WAFInvalidParameterException({ ...metadata, message: `invalid parameter: ${what}` });
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)];
}

function arn(name: string, id: string): string {
  return `arn:aws:wafv2:eu-central-1:111122223333:regional/ipset/${name}/${id}`;
}
