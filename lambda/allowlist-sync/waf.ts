import {
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  WAFOptimisticLockException,
  type GetIPSetCommandOutput,
  type ListIPSetsCommandOutput,
  type Scope,
  type UpdateIPSetCommandOutput,
} from "@aws-sdk/client-wafv2";

/** The part of `WAFV2Client` in use. */
export interface WafClient {
  send(command: ListIPSetsCommand): Promise<ListIPSetsCommandOutput>;
  send(command: GetIPSetCommand): Promise<GetIPSetCommandOutput>;
  send(command: UpdateIPSetCommand): Promise<UpdateIPSetCommandOutput>;
}

/** An IP set as a List shows it. */
export interface ListedSet {
  readonly name: string;
  readonly id: string;
  readonly description: string | undefined;
  /** Whoever writes the set must present it, and every write replaces it. */
  readonly lockToken: string;
}

/** Somebody else wrote the set since it was listed: what was planned from then on no longer holds. */
export class LockConflict extends Error {
  override readonly name = "LockConflict";

  constructor(set: string) {
    super(`IP set ${set} was written by somebody else during the pass`);
  }
}

/** The IP sets of one scope. */
export interface IpSets {
  /** Every set whose name starts with `prefix`, by name. */
  list(prefix: string): Promise<ReadonlyMap<string, ListedSet>>;
  /**
   * The addresses as WAF spells them.
   * @throws LockConflict when the set is no longer the one that was listed
   */
  read(set: ListedSet): Promise<readonly string[]>;
  /**
   * Replaces addresses and description in one step.
   * @throws LockConflict when the set is no longer the one that was listed
   */
  update(set: ListedSet, addresses: readonly string[], description: string): Promise<void>;
}

/** The most that WAF lists in one call. Source: AWS WAFV2 API Reference, "ListIPSets". */
const PAGE_SIZE = 100;

/** The IP sets of a scope, through this client. */
export function ipSets(client: WafClient, scope: Scope): IpSets {
  return {
    async list(prefix) {
      const sets = new Map<string, ListedSet>();
      let marker: string | undefined;
      do {
        const page = await client.send(new ListIPSetsCommand({ Scope: scope, Limit: PAGE_SIZE, NextMarker: marker }));
        for (const { Name: name, Id: id, LockToken: lockToken, Description: description } of page.IPSets ?? []) {
          if (!name?.startsWith(prefix)) continue;
          if (id === undefined || lockToken === undefined)
            throw new Error(`WAF lists IP set ${name} without id or token`);
          sets.set(name, { name, id, lockToken, description });
        }
        marker = page.NextMarker;
      } while (marker !== undefined && marker !== "");
      return sets;
    },

    async read(set) {
      const reply = await client.send(new GetIPSetCommand({ Scope: scope, Name: set.name, Id: set.id }));
      if (reply.LockToken !== set.lockToken) throw new LockConflict(set.name);
      if (reply.IPSet === undefined) throw new Error(`WAF returned IP set ${set.name} without content`);
      return reply.IPSet.Addresses ?? [];
    },

    async update(set, addresses, description) {
      try {
        await client.send(
          new UpdateIPSetCommand({
            Scope: scope,
            Name: set.name,
            Id: set.id,
            LockToken: set.lockToken,
            Addresses: [...addresses],
            // Always sent: left out, the old text would stay or go, and either would misdescribe the new content.
            Description: description,
          }),
        );
      } catch (error) {
        // The SDK's own retries rightly leave this one alone: the same request can only fail again.
        if (error instanceof WAFOptimisticLockException) throw new LockConflict(set.name);
        throw error;
      }
    },
  };
}
