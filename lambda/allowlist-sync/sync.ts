import type { Approval } from "./approval";
import type { Clock } from "./clock";
import type { Comparison } from "./compare";
import { OutOfTime } from "./deadline";
import { addressesIn, describeContent, textDigest, textOf } from "./description";
import type { PerFamily } from "./families";
import { findHoldings, type HeldSet, type Holdings, type HoldingsDependencies } from "./holdings";
import type { Reading } from "./items";
import type { Knowledge } from "./knowledge";
import { backOff } from "./pacing";
import {
  compareAll,
  makePlan,
  sparesAny,
  unclaimedIn,
  writesOf,
  type Plan,
  type PlanDependencies,
  type Write,
} from "./plan";
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

/** The table as it was read last, and the time before that if there was one. */
interface View {
  readonly reading: Reading;
  readonly earlier: Reading | undefined;
}

/** What one round leaves to the next of the same pass. */
interface Progress {
  /** Lock tokens under which this pass has read or written sets: what it knows of them stays good when another set brings a conflict. */
  readonly seen: Set<string>;
  /** The write that had no answer yet when the round ended. */
  unanswered: { readonly write: Write; readonly after: HeldSet; readonly plan: Plan } | undefined;
  /** The approval under which sets are being written. */
  approval: Approval | undefined;
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
 * @throws Error when a family has no set, time runs out, another writer keeps winning, or AWS refuses a call. What was
 * written until then stays and is right; the next pass does the rest.
 */
export async function sync(pass: Pass): Promise<void> {
  const progress: Progress = { seen: new Set(), unanswered: undefined, approval: undefined };
  let conflicts = 0;
  for (;;) {
    const changes = pass.reporter.changes();
    try {
      await syncRound(pass, progress);
      return;
    } catch (error) {
      if (!(error instanceof LockConflict)) throw error;
      pass.reporter.lockConflict(error.message);
      conflicts = pass.reporter.changes() > changes ? 1 : conflicts + 1;
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
async function syncRound(pass: Pass, progress: Progress): Promise<void> {
  const { table, reporter, deadline } = pass;
  let held = await findHoldings(pass, progress.seen);
  acknowledge(pass, progress, held);
  deadline.require("reading the table");
  let view: View = { reading: await table.read(), earlier: undefined };

  for (let look = 1; ; look += 1) {
    const confirmed = await confirm(pass, held, view);
    const { compared } = confirmed;
    const { reading } = confirmed.view;
    const plan = await makePlan(pass, compared, reading);
    reporter.findings(plan, reading.rejections);
    const writes = writesOf(plan, held);
    if (plan.verdict.kind === "approved") progress.approval = plan.verdict.approval;
    if (writes.length > 0) held = await writeAll(pass, progress, plan, writes, held);
    if (plan.verdict.kind !== "held") useUp(pass, progress);
    if (writes.length === 0) return;
    if (look === MAX_LOOKS) return;
    deadline.require("a last look at the table");
    view = { reading: await table.readAgain(reading), earlier: reading };
    if (view.reading === reading) return;
  }
}

/**
 * Compares sets and table, and looks again at the table for as long as some address would go, or is kept, on the word of one scan alone.
 *
 * A scan is no snapshot. A writer that replaces an item (new key first, then the old one deleted: the only way to change a composite key)
 * can do both behind and before the scan's position, which then meets neither; the same goes for an address that moves from one
 * cluster to another. So nothing goes unless two scans miss it, the second begun after the first ended. What that leaves: an address
 * replaced once during each of both scans.
 */
async function confirm(
  { table, deadline }: Pass,
  held: Holdings,
  first: View,
): Promise<{ readonly view: View; readonly compared: PerFamily<Comparison> }> {
  let view = first;
  for (let look = 1; ; look += 1) {
    const compared = compareAll(held, view.reading, view.earlier);
    const isCertain = view.earlier === undefined ? unclaimedIn(compared).length === 0 : !sparesAny(compared);
    if (isCertain || look === MAX_LOOKS) return { view, compared };
    deadline.require("reading the table again");
    const next = { reading: await table.readAgain(view.reading), earlier: view.reading };
    // Two scans that met the same agree in what they miss.
    if (view.earlier === undefined && next.reading === view.reading) return { view: next, compared };
    view = next;
  }
}

/**
 * Writes the sets in order. One that WAF refuses does not keep others from gaining; from then on nothing is removed, for what was to be
 * open before is not.
 *
 * @throws Error the first that was met, when the others are done
 */
async function writeAll(
  pass: Pass,
  progress: Progress,
  plan: Plan,
  writes: readonly Write[],
  held: Holdings,
): Promise<Holdings> {
  let after = held;
  let fault: Error | undefined;
  for (const write of writes) {
    if (fault !== undefined && write.change.removed.length > 0) continue;
    try {
      const written = await writeSet(pass, progress, plan, write);
      after = replace(after, written);
    } catch (error) {
      if (error instanceof LockConflict || error instanceof OutOfTime) throw error;
      fault ??= error instanceof Error ? error : new Error(String(error));
    }
  }
  if (fault !== undefined) throw fault;
  return after;
}

async function writeSet(pass: Pass, progress: Progress, plan: Plan, write: Write): Promise<HeldSet> {
  const { set, change } = write;
  const text = textOf(change.target);
  const addresses = addressesIn(text);
  const description = describeContent({ digest: textDigest(text), count: addresses.length });
  progress.unanswered = { write, plan, after: { ...set, text, addresses } };
  const lockToken = await pass.sets.update(set.listed, addresses, description);
  progress.unanswered = undefined;
  const written = { ...set, listed: { ...set.listed, lockToken, description }, text, addresses };
  pass.knowledge.remember(written.listed, text);
  progress.seen.add(lockToken);
  settle(pass, plan, write, written);
  return written;
}

/** A write of the last round whose answer was lost may have taken effect all the same; then it is told like any other. */
function acknowledge(pass: Pass, progress: Progress, held: Holdings): void {
  const { unanswered } = progress;
  progress.unanswered = undefined;
  if (unanswered === undefined) return;
  const { write, plan, after } = unanswered;
  const now = held[after.family].find(({ listed }) => listed.id === after.listed.id);
  if (now?.text !== after.text || now.listed.lockToken === write.set.listed.lockToken) return;
  settle(pass, plan, write, now);
}

/** What was approved is done, by this round or by one whose last answer was lost: the approval counts no second time. */
function useUp({ knowledge }: Pass, progress: Progress): void {
  if (progress.approval !== undefined) knowledge.rememberUse(progress.approval);
  progress.approval = undefined;
}

/** Tells a change of a set to those who count. */
function settle({ guard, reporter }: Pass, { verdict }: Plan, { set, change }: Write, after: HeldSet): void {
  guard.removed(change.removed.length, verdict);
  reporter.setChanged(set, after, change);
}

function replace(held: Holdings, written: HeldSet): Holdings {
  const sets = held[written.family].map((set) => (set.listed.id === written.listed.id ? written : set));
  return { ...held, [written.family]: sets };
}
