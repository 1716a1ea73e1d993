import type { Clock } from "./clock";
import { describeContent, addressesIn, textDigest, textOf } from "./description";
import { findHoldings, type HeldSet, type Holdings, type HoldingsDependencies } from "./holdings";
import type { Reading } from "./items";
import type { Knowledge } from "./knowledge";
import { backOff } from "./pacing";
import { compareAll, makePlan, unclaimedIn, writesOf, type PlanDependencies, type Write } from "./plan";
import type { Reporter } from "./report";
import type { ClusterTable } from "./table";
import { LockConflict } from "./waf";

/** What a pass works with. */
export interface Pass extends HoldingsDependencies, PlanDependencies {
  readonly table: ClusterTable;
  readonly knowledge: Knowledge;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** A number from 0 to 1, for the jitter of the back-off. */
  readonly random: () => number;
}

/**
 * Rounds in a row that may be lost without a write, about twelve seconds with their pauses: against a writer that is merely
 * concurrent the second wins.
 */
const MAX_CONFLICTS = 6;

/** Looks at the table in one round. If it still changes by then, the events of those changes are on their way. */
const MAX_LOOKS = 5;

/**
 * Makes the IP sets equal to the table: the whole table, whatever woke the function.
 *
 * @throws Error when sets are missing, time runs out, another writer keeps winning, or AWS refuses a call. What was
 * written until then stays and is right; the next pass does the rest.
 */
export async function sync(pass: Pass): Promise<void> {
  /** Lock tokens under which this pass has read sets: what it read stays good when another set brings a conflict. */
  const audited = new Set<string>();
  let conflicts = 0;
  for (;;) {
    const written = pass.reporter.changes();
    try {
      await syncRound(pass, audited);
      return;
    } catch (error) {
      if (!(error instanceof LockConflict)) throw error;
      pass.reporter.lockConflict(error.message);
      conflicts = pass.reporter.changes() > written ? 1 : conflicts + 1;
      if (conflicts === MAX_CONFLICTS) {
        throw new Error(`gave up after ${MAX_CONFLICTS} rounds: ${error.message}`, { cause: error });
      }
      const pause = backOff(conflicts, pass.random);
      pass.deadline.require("another round", pause);
      await pass.clock.sleep(pause);
    }
  }
}

/**
 * One round. Its order matters: lock tokens first, the table second, writes with those tokens last. Of two passes
 * that run at once, the slower one may hold an older view of the table. Where the other wrote, its tokens are older still, and it
 * starts again instead of overwriting. Where the other found nothing to write, tokens say nothing; so a round that wrote looks at
 * the table once more, and is over only when the table asks for nothing else.
 */
async function syncRound(pass: Pass, audited: Set<string>): Promise<void> {
  const { table, reporter, deadline } = pass;
  let held = await findHoldings(pass, audited);
  deadline.require("reading the table");
  let before: Reading | undefined;
  let reading = await table.read();

  for (let look = 1; look <= MAX_LOOKS; look += 1) {
    if (look > 1) {
      deadline.require("a last look at the table");
      before = reading;
      reading = await table.read();
    }
    let compared = compareAll(held, reading, before);
    if (before === undefined && unclaimedIn(compared).length > 0) {
      // A scan is no snapshot. A writer that replaces an item (new key first, then the old one deleted: the only way to
      // change a composite key) can do both behind and before the scan's position, which then meets neither; the same
      // goes for an address that moves from one cluster to another. So nothing goes unless a second scan, begun after
      // the first ended, misses it too. What that leaves: an address replaced once during each of both scans.
      deadline.require("reading the table again");
      before = reading;
      reading = await table.read();
      compared = compareAll(held, reading, before);
    }

    const plan = await makePlan(pass, compared, reading, pass.clock.now());
    reporter.findings(plan, reading.rejections);
    const writes = writesOf(plan, held);
    if (writes.length === 0) return;
    for (const write of writes) held = replace(held, await writeSet(pass, write));
  }
}

async function writeSet({ sets, knowledge, deadline, reporter }: Pass, { set, change }: Write): Promise<HeldSet> {
  const text = textOf(change.target);
  const addresses = addressesIn(text);
  const description = describeContent({ digest: textDigest(text), count: addresses.length });
  deadline.require(`the update of IP set ${set.listed.name}`);
  knowledge.expect(set.listed, text);
  const lockToken = await sets.update(set.listed, addresses, description);
  const listed = { ...set.listed, lockToken, description };
  knowledge.remember(listed, text);
  const written = { ...set, listed, text, addresses };
  reporter.setChanged(set, written, change);
  return written;
}

function replace(held: Holdings, written: HeldSet): Holdings {
  const sets = held[written.family].map((set) => (set.listed.id === written.listed.id ? written : set));
  return { ...held, [written.family]: sets };
}
