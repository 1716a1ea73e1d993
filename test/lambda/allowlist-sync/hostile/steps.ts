import { AUDIT_EVENT, FAMILIES, TIME_RESERVE_SECONDS } from "../../../../lambda/allowlist-sync/contract";
import type { SyncEvent } from "../../../../lambda/allowlist-sync/trigger";
import { Violation } from "./invariants";
import type { Pass } from "./pass";
import { LONGEST_SECONDS } from "./process";
import { checkFamily } from "./quiet";
import type { Stage } from "./stage";

/**
 * How long Lambda lets a pass run, in seconds: mostly long enough, sometimes for a few writes only, sometimes hardly for the first
 * call.
 */
const TIMEOUTS = [
  LONGEST_SECONDS,
  LONGEST_SECONDS,
  LONGEST_SECONDS,
  ...[1.5, 4, 25].map((more) => TIME_RESERVE_SECONDS + more),
];

/** One pass amid all that was armed for it. */
export async function onePass(stage: Stage, event: SyncEvent): Promise<string> {
  const { process, random } = stage;
  return step(stage, event, () => process.run(event, random.pick(TIMEOUTS)));
}

/** Two functions at once, which nobody meant. */
export async function twoPasses(stage: Stage, event: SyncEvent): Promise<string> {
  const { process, random } = stage;
  const second = stage.start();
  const seconds = random.pick(TIMEOUTS);
  const outcome = await step(stage, event, () =>
    Promise.all([process.run(event, seconds), second.run({ Records: [] }, LONGEST_SECONDS)]),
  );
  // Which of the two Lambda keeps warm is anybody's guess.
  if (random.chance(0.5) && stage.isUsable(second)) stage.process = second;
  return outcome;
}

async function step(stage: Stage, event: SyncEvent, run: () => Promise<unknown>): Promise<string> {
  const { ledger, traffic, watch, model, clock, random } = stage;
  const foreignBefore = watch.lastForeign;
  ledger.beginStep();
  await run();
  ledger.endStep();
  stage.disarm();
  const passes = traffic.takeEnded();
  for (const pass of passes) stage.learn(pass);
  if (!stage.isUsable(stage.process)) stage.process = stage.start();

  stage.check();
  const [only, ...others] = passes;
  if (only !== undefined && others.length === 0 && watch.lastForeign === foreignBefore) checkRecords(only);
  const isClean = passes.every(({ error }) => error === undefined) && watch.lastForeign === foreignBefore;
  if (isClean) {
    if (event === AUDIT_EVENT) watch.audited();
    // All that changed had changed when the last of them began. No event of another change is on its way, so all must be right.
    const isTold = Math.max(...passes.map(({ began }) => began)) === model.moment;
    if (isTold && !watch.hasSilentChanges && !traffic.hasLateUpdates) checkSettled(stage);
  }
  if (random.chance(0.5)) await traffic.arrive();
  await clock.sleep(random.below(3_000));
  return passes.map(({ error }) => (error instanceof Error ? error.message : "well")).join("; ");
}

/** Each change of a set has its record, a change whose answer was lost too. */
function checkRecords({ error, lines, writes }: Pass): void {
  const told = lines.filter((line) => line.includes('"record":"set-changed"')).length;
  if (error !== undefined || told === writes) return;
  throw new Violation("reported", `${writes} sets were changed, told are ${told}`);
}

/** @throws Violation when a set lacks what is asked for, though there is room, or holds what nobody asks for, though nothing is held */
export function checkSettled(stage: Stage): void {
  const { watch, model, terrain } = stage;
  for (const family of FAMILIES) {
    checkFamily(stage, family);
    const extra = watch.admitted(family).filter((address) => !model.isAsked(address));
    if (extra.length > 0 && terrain.limits.maxShare === 1)
      throw new Violation("equal", `nobody asks for ${extra.join(" ")}, and nobody will come again`);
  }
}
