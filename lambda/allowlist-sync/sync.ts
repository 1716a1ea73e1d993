import { parseCidr } from "../../lib/addresses";
import type { Clock } from "./clock";
import { FAMILIES, ipSetName, MAX_SLOTS, TIME_RESERVE_SECONDS, WRITTEN_SLOT, type Family } from "./contract";
import { contentDigest, describeContent, parseDescription } from "./description";
import { perFamily, type PerFamily } from "./families";
import { mergeReadings, type Reading } from "./items";
import { makePlan, type GuardLimits, type SetPlan } from "./plan";
import type { Reporter } from "./report";
import type { ClusterTable } from "./table";
import { LockConflict, type IpSets, type ListedSet } from "./waf";

/** What a pass works with. */
export interface SyncDependencies {
  readonly table: ClusterTable;
  readonly sets: IpSets;
  readonly ipSetPrefix: string;
  readonly guard: GuardLimits;
  readonly clock: Clock;
  /** A number from 0 to 1, for the jitter of the back-off. */
  readonly random: () => number;
}

/** What differs from pass to pass. */
export interface PassOptions {
  /** Read what the sets really hold, even where their descriptions already name the wanted content. */
  readonly verify: boolean;
  readonly remainingMilliseconds: () => number;
  readonly reporter: Reporter;
}

/** Rounds of one pass, about twelve seconds with their pauses: against a writer that is merely concurrent the second round wins. */
const MAX_ROUNDS = 6;

/**
 * Makes the IP sets equal to the table: the whole table, whatever woke the function.
 *
 * @throws Error when a set is missing, time runs out, another writer keeps winning, or AWS refuses a call. What was
 * written until then stays and is right; the next pass does the rest.
 */
export async function sync(dependencies: SyncDependencies, options: PassOptions): Promise<void> {
  for (let round = 1; ; round += 1) {
    try {
      await syncRound(dependencies, options);
      return;
    } catch (error) {
      if (!(error instanceof LockConflict)) throw error;
      options.reporter.lockConflict(error.message);
      if (round === MAX_ROUNDS) {
        throw new Error(`gave up after ${MAX_ROUNDS} rounds: ${error.message}`, { cause: error });
      }
      requireTime(options, "another round");
      await dependencies.clock.sleep(backOff(round, dependencies.random));
    }
  }
}

/**
 * One round. Its order matters: lock tokens first, the table second, writes with those tokens last. Of two passes
 * that run at once, the slower one may hold an older view of the table; since its tokens are older still, they are
 * stale by the time it writes, and it starts again instead of overwriting what the other wrote.
 *
 * One case is left, since a pass that finds nothing to write rotates no token: an address goes and comes back (or comes
 * and goes) while a slow pass runs, a second pass finds all well, and then the slow one writes what it saw in between.
 * The next schedule repairs it; a function that never runs twice at once (reserved concurrency 1) cannot meet it.
 */
async function syncRound(dependencies: SyncDependencies, options: PassOptions): Promise<void> {
  const { table, guard } = dependencies;
  const listed = await listSets(dependencies, options.reporter);
  requireTime(options, "reading the table");
  const first = await table.read();
  const contents = await readContents(dependencies, listed, first, options);

  let reading = first;
  let plan = makePlan(first.claims, contents, guard);
  if (plan.unclaimed > 0) {
    // A scan is no snapshot. A writer that replaces an item (new key first, then the old one deleted: the only way to
    // change a composite key) can do both behind and before the scan's position, which then meets neither; the same
    // goes for an address that moves from one cluster to another. So nothing goes unless a second scan, begun after
    // the first ended, misses it too. What that leaves: an address replaced once during each of both scans.
    requireTime(options, "reading the table again");
    reading = mergeReadings(first, await table.read());
    plan = makePlan(reading.claims, contents, guard);
  }

  options.reporter.findings(plan, reading.rejections);
  // An address never moves between sets here, so one write per set can add and remove at once.
  for (const set of plan.sets) await writeSet(dependencies, listed[set.family], set, contents[set.family], options);
}

/** The one set of each family, from one sweep over all sets. */
async function listSets({ sets, ipSetPrefix }: SyncDependencies, reporter: Reporter): Promise<PerFamily<ListedSet>> {
  const listed = await sets.list(`${ipSetPrefix}-`);
  const written = perFamily((family) => {
    const name = ipSetName(ipSetPrefix, family, WRITTEN_SLOT);
    const set = listed.get(name);
    if (set === undefined) throw new Error(`IP set ${name} does not exist: has the stack been deployed?`);
    return set;
  });
  reporter.unusedSets(unusedSlots(ipSetPrefix).filter((name) => listed.has(name)));
  return written;
}

/** Names of the sets that a later version may fill. */
function unusedSlots(prefix: string): readonly string[] {
  const slots = Array.from({ length: MAX_SLOTS }, (_, slot) => slot).filter((slot) => slot !== WRITTEN_SLOT);
  return FAMILIES.flatMap((family) => slots.map((slot) => ipSetName(prefix, family, slot)));
}

/** What each set holds: known without a read where the description names what the table wants. */
async function readContents(
  { sets }: SyncDependencies,
  listed: PerFamily<ListedSet>,
  { claims }: Reading,
  options: PassOptions,
): Promise<PerFamily<ReadonlySet<string>>> {
  const read = async (family: Family): Promise<ReadonlySet<string>> => {
    const wanted = new Set(claims[family].keys());
    const described = parseDescription(listed[family].description);
    if (!options.verify && described?.digest === contentDigest(wanted)) return wanted;

    const content = new Set((await sets.read(listed[family])).map(canonical));
    // A new set is empty and described by the stack; every other content should be the one that was described.
    const asWritten = described === undefined ? content.size === 0 : described.digest === contentDigest(content);
    if (!asWritten) options.reporter.drift(listed[family], content, wanted);
    return content;
  };
  return { ipv4: await read("ipv4"), ipv6: await read("ipv6") };
}

/** WAF may spell an IPv6 range differently from how it was sent. What cannot be parsed is kept as it is: unclaimed. */
function canonical(address: string): string {
  const parsed = parseCidr(address);
  return parsed.ok ? parsed.cidr.text : address;
}

async function writeSet(
  { sets }: SyncDependencies,
  set: ListedSet,
  plan: SetPlan,
  content: ReadonlySet<string>,
  options: PassOptions,
): Promise<void> {
  const description = describeContent(plan.target);
  // A set with the right content under another description is written too: from then on it needs no read.
  if (plan.added.length === 0 && plan.removed.length === 0 && set.description === description) return;
  requireTime(options, `the update of IP set ${set.name}`);
  await sets.update(set, [...plan.target].sort(), description);
  options.reporter.setChanged(set, plan, content);
}

function requireTime({ remainingMilliseconds }: PassOptions, what: string): void {
  const remaining = remainingMilliseconds();
  if (remaining >= TIME_RESERVE_SECONDS * 1000) return;
  throw new Error(`out of time: ${remaining} ms left, too little for ${what}; the next pass continues`);
}

/** Milliseconds to wait after a lost round: doubling from half a second to eight, the upper half of it by chance. */
function backOff(round: number, random: () => number): number {
  return Math.min(500 * 2 ** (round - 1), 8_000) * (0.5 + random() / 2);
}
