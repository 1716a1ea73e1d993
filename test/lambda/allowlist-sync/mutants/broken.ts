import type { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import { Violation, type Invariant } from "../hostile/invariants";
import { HostileFailure, hostileRun } from "../hostile/run";
import { play } from "./scenarios";
import type { Mutant } from "./mutant";

/** Worlds of a random run that a mutant must survive, and does not. */
export const RANDOM = { seed: 4, worlds: 12, eventsPerWorld: 400 } as const;

/** Whether a function is seen to break the invariant, and all others that are seen broken on the way. */
export async function findBroken(
  create: typeof createHandler,
  { scenario, breaks }: Pick<Mutant, "scenario" | "breaks">,
): Promise<readonly Invariant[]> {
  if (scenario !== undefined) return brokenBy(() => play(scenario, create));
  const broken: Invariant[] = [];
  for (let world = 0; world < RANDOM.worlds && !broken.includes(breaks); world += 1) {
    const run = { seed: RANDOM.seed + world, events: RANDOM.eventsPerWorld, create };
    broken.push(...(await brokenBy(() => hostileRun(run))));
  }
  return broken;
}

async function brokenBy(run: () => Promise<unknown>): Promise<readonly Invariant[]> {
  try {
    await run();
    return [];
  } catch (error) {
    if (error instanceof Violation) return [error.invariant];
    if (error instanceof HostileFailure && error.invariant !== undefined) return [error.invariant];
    throw error;
  }
}
