import { AUDIT_EVENT, FAMILIES, SCHEDULE_EVENT, type Family } from "../../../../lambda/allowlist-sync/contract";
import type { SyncEvent } from "../../../../lambda/allowlist-sync/trigger";
import { Violation, type Invariant } from "./invariants";
import { reportOf, type Report } from "./lines";
import type { Pass } from "./pass";
import { LONGEST_SECONDS, type Process } from "./process";
import type { Stage } from "./stage";
import { digestOf } from "./watch";

function require(holds: boolean, invariant: Invariant, detail: () => string): void {
  if (!holds) throw new Violation(invariant, detail());
}

/**
 * The faults stop. One pass must make everything right, and a second one, warm or cold, must find nothing to do.
 *
 * @throws Violation
 */
export async function settleDown(stage: Stage): Promise<void> {
  const { random, clock, traffic, watch } = stage;
  stage.disarm();
  await traffic.arrive();
  if (random.chance(0.7)) stage.isBucketDenied = false;
  if ([...stage.sets.keys()].some((name) => !watch.exists(name))) stage.deploy();
  // Whatever used the account's rate is over.
  await clock.sleep(60_000);
  if (random.chance(0.2)) stage.process = stage.start();
  // What somebody put into a set that describes itself as empty only an audit finds.
  const event: SyncEvent =
    watch.hasSilentChanges || random.chance(0.3) ? AUDIT_EVENT : random.pick([SCHEDULE_EVENT, { Records: [] }]);
  await settle(stage, stage.process, event);

  await checkNothingToDo(stage, stage.process, true);
  // What the bucket has lost, the first process that misses it reads once and stores again.
  await checkNothingToDo(stage, stage.start(), false);
  await checkNothingToDo(stage, stage.start(), !stage.isBucketDenied);
}

async function settle(stage: Stage, process: Process, event: SyncEvent): Promise<void> {
  const expected = expectRemovals(stage, process);
  stage.waf.calls.reset();
  const pass = await runWell(stage, process, event);
  const report = reportOf(pass);
  checkGuard(stage, expected, report);
  checkContents(stage, report);
  checkCosts(stage, pass, report);
}

async function runWell(stage: Stage, process: Process, event: SyncEvent): Promise<Pass> {
  const pass = await process.run(event, LONGEST_SECONDS);
  stage.traffic.takeEnded();
  stage.learn(pass);
  require(pass.error === undefined, "ends", () => String(pass.error));
  stage.check();
  if (event === AUDIT_EVENT) stage.watch.audited();
  return pass;
}

/** What the guard must say to what is not asked for. */
interface Expectation {
  /** Sorted. */
  readonly unclaimed: readonly string[];
  readonly digest: string;
  readonly verdict: "removed" | "held" | "either";
}

function expectRemovals(stage: Stage, process: Process): Expectation {
  const { watch, model } = stage;
  const present = watch.admitted();
  const unclaimed = present.filter((address) => !model.isAsked(address)).sort();
  const digest = digestOf(unclaimed);
  return { unclaimed, digest, verdict: expectVerdict(stage, process, { unclaimed, digest, present: present.length }) };
}

function expectVerdict(
  stage: Stage,
  process: Process,
  {
    unclaimed,
    digest,
    present,
  }: { readonly unclaimed: readonly string[]; readonly digest: string; readonly present: number },
): Expectation["verdict"] {
  const { terrain, approvals, clock, waitingInBucket, held } = stage;
  const { maxAddresses, maxShare } = terrain.limits;
  if (unclaimed.length <= maxAddresses) return "removed";
  // A plan that waits goes on waiting, though additions have made it a smaller share of all.
  const isWaiting =
    unclaimed.length > maxShare * present ||
    process.memory.isWaiting(digest, waitingInBucket === digest, held.has(digest));
  if (isWaiting === false) return "removed";
  const approval = approvals.state(unclaimed, digest, clock.now());
  // While the bucket does not say whether an approval was used, it counts for nothing; a part of a plan goes if the bucket knows it.
  const isTold = terrain.missing === "NoSuchKey" && !stage.isBucketDenied;
  if (approval === "exact" && isTold) return "removed";
  return approval === "none" && isWaiting === true ? "held" : "either";
}

function checkGuard({ watch }: Stage, { unclaimed, digest, verdict }: Expectation, report: Report): void {
  const left = unclaimed.filter((address) => watch.isAdmitted(address));
  const isHeld = left.length > 0;
  if (verdict === "removed") require(!isHeld, "equal", () => `nobody asks for ${left.join(" ")}`);
  if (verdict === "held")
    require(left.length === unclaimed.length, "guard", () => `of ${unclaimed.join(" ")} are left ${left.join(" ")}`);
  const [record] = report.records("removals-held");
  require((record !== undefined) === isHeld &&
    (!isHeld || (record?.digest === digest && record.count === left.length)), "reported", () =>
    `held are ${left.join(" ")} (${digest}), told is ${JSON.stringify(record)}`);
  require(report.metric("RemovalsHeld") === left.length, "reported", () =>
    `held are ${left.length}, told ${String(report.metric("RemovalsHeld"))}`);
}

function checkContents(stage: Stage, report: Report): void {
  const { watch, model, sets, waf } = stage;
  const refused = FAMILIES.reduce((sum, family) => sum + checkFamily(stage, family, report).length, 0);
  require(report.metric("AddressesRefused") === refused, "capacity", () =>
    `${refused} addresses found no room, told ${String(report.metric("AddressesRefused"))}`);
  require(report.metric("RejectedEntries") === model.rejected(), "reported", () =>
    `${model.rejected()} entries are bad, told ${String(report.metric("RejectedEntries"))}`);
  for (const name of sets.keys()) {
    const description = waf.description(name);
    require(watch.describes(name, description), "description", () => `${name} says "${description ?? ""}"`);
  }
}

/** @returns what is asked for and absent, rightly */
export function checkFamily({ watch, model }: Stage, family: Family, report?: Report): readonly string[] {
  const absent = new Set(model.asked(family).filter((address) => !watch.isAdmitted(address)));
  const room = watch.room(family);
  const refusals = report?.records("addresses-refused").filter((record) => record.family === family);
  let named = 0;
  for (const [cluster, addresses] of model.clusters()) {
    const missing = [...addresses].filter((address) => absent.has(address));
    if (missing.length === 0) continue;
    require(missing.length > room, refusals?.some((refusal) => refusal.cluster === cluster) === true
      ? "capacity"
      : "equal", () => `${missing.join(" ")} of ${cluster} are absent, and there is room for ${room}`);
    if (refusals === undefined) continue;
    const refusal = refusals.find((record) => record.cluster === cluster);
    named += 1;
    require(refusal?.count === missing.length, "capacity", () =>
      `${missing.join(" ")} of ${cluster} found no room, told is ${JSON.stringify(refusal)}`);
  }
  if (refusals !== undefined)
    require(refusals.length === named, "capacity", () => `told as refused: ${JSON.stringify(refusals)}`);
  return [...absent];
}

/**
 * However little was known: each set is read once at most, and written once. Calls that WAF refuses for the rate are not
 * counted: one that was long on its way may let the next one arrive too soon.
 */
function checkCosts({ waf, sets }: Stage, { writes }: Pass, report: Report): void {
  const reads = waf.calls.count("GetIPSet") - Number(report.metric("Throttles"));
  require(reads <= sets.size && writes <= sets.size, "quiet", () =>
    `${reads} sets were read and ${writes} written, of ${sets.size}`);
}

/** @param knows whether the process can know all contents: from its own memory, or from a bucket that is in order */
async function checkNothingToDo(stage: Stage, process: Process, knows: boolean): Promise<void> {
  const { waf, table, clock, terrain, model, watch } = stage;
  await clock.sleep(5_000);
  // To a process that cannot know that a plan waits, it may be new, and small enough.
  const { unclaimed, verdict } = expectRemovals(stage, process);
  if (unclaimed.length > 0 && verdict !== "held") await settle(stage, process, SCHEDULE_EVENT);
  waf.calls.reset();
  table.calls.reset();
  await runWell(stage, process, SCHEDULE_EVENT);
  const pages = (entries: number, page: number): number => Math.max(1, Math.ceil(entries / page));
  const lists = waf.calls.count("ListIPSets");
  const scans = table.calls.count("Scan") / (Math.floor(table.items().length / terrain.pages.table) + 1);
  const updates = waf.calls.count("UpdateIPSet");
  const gets = waf.calls.count("GetIPSet");
  // What is held back is looked at twice.
  const mostScans = watch.admitted().some((address) => !model.isAsked(address)) ? 2 : 1;
  const isQuiet = lists === pages(waf.names().length, terrain.pages.waf) && scans <= mostScans && updates === 0;
  require(isQuiet && (gets === 0 || !knows), "quiet", () =>
    `there were ${lists} pages of lists, ${scans} scans, ${updates} updates and ${gets} reads of sets`);
}
