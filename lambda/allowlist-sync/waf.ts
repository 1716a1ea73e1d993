import {
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  type GetIPSetCommandOutput,
  type ListIPSetsCommandOutput,
  type Scope,
  type UpdateIPSetCommandOutput,
} from "@aws-sdk/client-wafv2";
import type { Paced } from "./pacing";

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

/** Somebody else wrote or deleted the set since it was listed: what was planned from then on no longer holds. */
export class LockConflict extends Error {
  override readonly name = "LockConflict";

  constructor(set: string) {
    super(`IP set ${set} was written or deleted by somebody else during the pass`);
  }
}

/** The IP sets of one scope. */
export interface IpSets {
  /** Every set whose name starts with `prefix`. */
  list(prefix: string): Promise<readonly ListedSet[]>;
  /**
   * The set as it is now, which may be newer than it was listed, and its addresses as WAF spells them.
   * @throws LockConflict when it no longer exists
   */
  read(set: ListedSet): Promise<{ readonly set: ListedSet; readonly addresses: readonly string[] }>;
  /**
   * Replaces addresses and description in one step.
   *
   * @returns the set's next lock token
   * @throws LockConflict when the set is no longer the one that was listed
   */
  update(set: ListedSet, addresses: readonly string[], description: string): Promise<string>;
}

/** The most that WAF lists in one call. Source: AWS WAFV2 API Reference, "ListIPSets". */
const PAGE_SIZE = 100;

/** The IP sets of a scope, through this client and at this pace. */
export function ipSets(client: WafClient, scope: Scope, paced: Paced): IpSets {
  return {
    async list(prefix) {
      const sets: ListedSet[] = [];
      let marker: string | undefined;
      do {
        const command = new ListIPSetsCommand({ Scope: scope, Limit: PAGE_SIZE, NextMarker: marker });
        const page = await paced("ListIPSets", "the list of IP sets", () => client.send(command));
        for (const { Name: name, Id: id, LockToken: lockToken, Description: description } of page.IPSets ?? []) {
          if (!name?.startsWith(prefix)) continue;
          if (id === undefined || lockToken === undefined)
            throw new Error(`WAF lists IP set ${name} without id or token`);
          sets.push({ name, id, lockToken, description });
        }
        marker = page.NextMarker;
      } while (marker !== undefined && marker !== "");
      return sets;
    },

    async read({ name, id }) {
      const command = new GetIPSetCommand({ Scope: scope, Name: name, Id: id });
      const reply = await paced("GetIPSet", `reading IP set ${name}`, () => client.send(command)).catch(
        (error: unknown) => {
          throw error instanceof WAFNonexistentItemException ? new LockConflict(name) : error;
        },
      );
      if (reply.IPSet === undefined || reply.LockToken === undefined)
        throw new Error(`WAF returned IP set ${name} without content or token`);
      const { Addresses: addresses = [], Description: description } = reply.IPSet;
      return { set: { name, id, description, lockToken: reply.LockToken }, addresses };
    },

    async update({ name, id, lockToken }, addresses, description) {
      const command = new UpdateIPSetCommand({
        Scope: scope,
        Name: name,
        Id: id,
        LockToken: lockToken,
        Addresses: [...addresses],
        // Always sent: left out, the old text would stay or go, and either would misdescribe the new content.
        Description: description,
      });
      try {
        const reply = await paced("UpdateIPSet", `the update of IP set ${name}`, () => client.send(command));
        if (reply.NextLockToken === undefined) throw new Error(`WAF updated IP set ${name} without a next token`);
        return reply.NextLockToken;
      } catch (error) {
        // Also when our own update took effect and only its answer was lost: the next round then finds all well.
        if (error instanceof WAFOptimisticLockException || error instanceof WAFNonexistentItemException)
          throw new LockConflict(name);
        throw error;
      }
    },
  };
}
