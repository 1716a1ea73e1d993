import { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import { Deliveries } from "./deliveries";
import type { FaultName } from "./fault-names";
import { happen, type EventName } from "./events";
import { Violation, type Invariant } from "./invariants";
import { settleDown } from "./quiet";
import { createRandom } from "./random";
import { Stage } from "./stage";
import { drawTerrain } from "./terrain";

/** How to let a run happen. */
export interface HostileRun {
  /** A whole number from 0 to 2^32 - 1: the same seed is the same run. */
  readonly seed: number;
  readonly events: number;
  /** The function. @default that of the sources */
  readonly create?: typeof createHandler;
  /** Hears of every world that ended well, and how many events there were so far. */
  readonly progress?: (events: number) => void;
}

/** How a run that went well went. */
export interface HostileSummary {
  readonly worlds: number;
  readonly events: Readonly<Partial<Record<EventName, number>>>;
  /** Faults that met their calls. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** Writes of the function that were watched. */
  readonly writes: number;
}

/** Events in one world before the next one begins with other sets, limits and keys. */
const EVENTS_PER_WORLD = 400;

/** Latest events that a failure shows. */
const SHOWN = 25;

/** An invariant was broken during a run; the message holds all that a replay needs. */
export class HostileFailure extends Error {
  override readonly name = "HostileFailure";

  constructor(
    readonly invariant: Invariant | undefined,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * Lets random, hostile things happen to the function, and watches what must never be.
 *
 * @throws HostileFailure at the first invariant that is broken
 */
export async function hostileRun({
  seed,
  events,
  create = createHandler,
  progress,
}: HostileRun): Promise<HostileSummary> {
  const counts: Partial<Record<EventName, number>> = {};
  const faults: Partial<Record<FaultName, number>> = {};
  let writes = 0;
  let done = 0;
  let worlds = 0;
  for (; done < events; worlds += 1) {
    const random = createRandom(seed + worlds);
    const terrain = drawTerrain(random, seed + worlds);
    const stage = new Stage(terrain, random, create);
    let notes: string[] = [];
    const note = (text: string): void => {
      notes = [...notes.slice(1 - SHOWN), `${done}: ${text}`];
    };
    const scene = { stage, deliveries: new Deliveries(stage.table, random), note };
    try {
      for (let step = 0; step < EVENTS_PER_WORLD && done < events; step += 1) {
        done += 1;
        const name = await happen(scene);
        counts[name] = (counts[name] ?? 0) + 1;
      }
      await settleDown(stage);
    } catch (error) {
      const replay = `seed ${seed}, event ${done}, world ${worlds} (alone: seed ${seed + worlds})`;
      const message = [String(error), replay, JSON.stringify(terrain), ...notes].join("\n");
      throw new HostileFailure(error instanceof Violation ? error.invariant : undefined, message, error);
    }
    for (const [name, count] of stage.faults) faults[name] = (faults[name] ?? 0) + count;
    writes += stage.watch.writes;
    progress?.(done);
  }
  return { worlds, events: counts, faults, writes };
}
