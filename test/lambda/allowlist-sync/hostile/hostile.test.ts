import { FAULT_NAMES } from "./fault-names";
import { hostileRun } from "./run";

// Set one of them to replay a failure or to look elsewhere; a failure prints its seed.
const SEED = Number(process.env.HOSTILE_SEED ?? 20_261_122);
const EVENTS = Number(process.env.HOSTILE_EVENTS ?? 20_000);

test("20,000 random hostile events break no invariant", async () => {
  const { writes, faults } = await hostileRun({ seed: SEED, events: EVENTS });
  // A run in which nothing happens proves nothing.
  expect(writes).toBeGreaterThan(EVENTS / 10);
  expect(FAULT_NAMES.filter((name) => (faults[name] ?? 0) < EVENTS / 1_000)).toEqual([]);
}, 120_000);
