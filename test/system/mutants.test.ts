import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostileRun } from "../lambda/allowlist-sync/hostile/run";
import { findBroken, RANDOM } from "../lambda/allowlist-sync/mutants/broken";
import { bundle, mutate } from "../lambda/allowlist-sync/mutants/bundle";
import { MUTANTS } from "../lambda/allowlist-sync/mutants/mutants";
import { play, SCENARIO_NAMES } from "../lambda/allowlist-sync/mutants/scenarios";

const folder = mkdtempSync(join(tmpdir(), "mutants-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("the function as it is survives every scenario, and every world of the random run", async () => {
  const create = await bundle(folder, "sound");
  for (const name of SCENARIO_NAMES) await play(name, create);
  for (let world = 0; world < RANDOM.worlds; world += 1) {
    await hostileRun({ seed: RANDOM.seed + world, events: RANDOM.eventsPerWorld, create });
  }
}, 60_000);

test("no scenario is without a mutant that gets it wrong", () => {
  expect(SCENARIO_NAMES.filter((name) => MUTANTS.every(({ scenario }) => scenario !== name))).toEqual([]);
});

test.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))(
  "a function that $name breaks $breaks",
  async (mutant) => {
    const create = await bundle(folder, `mutant-${mutant.index}`, mutant);
    // Without the invariant in it the mutant has survived.
    expect(await findBroken(create, mutant)).toContain(mutant.breaks);
  },
  60_000,
);

test("a mutant whose text is not in its file exactly once is no mutant", () => {
  const mutant = { name: "any", file: "any.ts", find: "x", replace: "y", breaks: "equal" } as const;
  expect(mutate("a x b", mutant)).toBe("a y b");
  expect(() => mutate("a b", mutant)).toThrow('mutant "any": any.ts must hold exactly once: x');
  expect(() => mutate("x x", mutant)).toThrow("exactly once");
});
