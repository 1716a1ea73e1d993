import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostileFailure, hostileRun } from "./hostile/run";
import { bundle, mutate } from "./mutants/bundle";
import { MUTANTS } from "./mutants/mutants";

/** What each mutant has to survive, and does not; the function itself does. */
const RUN = { seed: 4, events: 4_000 };

const folder = mkdtempSync(join(tmpdir(), "mutants-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("the function as it is survives the run", async () => {
  await hostileRun({ ...RUN, create: await bundle(folder, "sound") });
}, 60_000);

test.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))(
  "a function that $name breaks $caughtBy",
  async (mutant) => {
    const create = await bundle(folder, `mutant-${mutant.index}`, mutant);
    const failure: unknown = await hostileRun({ ...RUN, create }).catch((error: unknown) => error);
    // A summary here means that the mutant survived.
    expect(failure).toBeInstanceOf(HostileFailure);
    expect(mutant.caughtBy).toContain((failure as HostileFailure).invariant);
  },
  60_000,
);

test("a mutant whose text is not in its file exactly once is no mutant", () => {
  const mutant = { name: "any", file: "any.ts", find: "x", replace: "y", caughtBy: [] };
  expect(mutate("a x b", mutant)).toBe("a y b");
  expect(() => mutate("a b", mutant)).toThrow('mutant "any": any.ts must hold exactly once: x');
  expect(() => mutate("x x", mutant)).toThrow("exactly once");
});
