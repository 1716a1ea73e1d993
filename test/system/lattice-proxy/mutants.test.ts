import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bundle, change } from "../../lambda/lattice-proxy-proof/bundle";
import { type CheckName, CHECKS } from "../../lambda/lattice-proxy-proof/checks";
import { World } from "../../lambda/lattice-proxy-proof/world";
import { MUTANTS } from "./mutants";
import { type PhaseName, PHASES, Trouble } from "./phases";

/* Whether the checks of the function can fail: each fault is put into its sources, and the check that must notice it is run. */

jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-mutants-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))("a proxy that $name is found out", async (mutant) => {
  const file = await bundle(join(folder, `mutant-${mutant.index}.js`), [mutant]);
  const { breaks } = mutant;
  if (isPhase(breaks)) {
    const trouble = await Trouble.create(file);
    try {
      await starts(trouble.world);
      await expect(PHASES[breaks](trouble)).rejects.toThrow();
    } finally {
      await trouble.remove();
    }
  } else {
    const world = await World.create({ file });
    try {
      await starts(world);
      await expect(CHECKS[breaks](world)).rejects.toThrow();
    } finally {
      await world.remove();
    }
  }
});

test("a change whose text is not in its file exactly once is none", () => {
  expect(change("a x b", { file: "any.ts", find: "x", replace: "y" })).toBe("a y b");
  expect(() => change("a b", { file: "any.ts", find: "x", replace: "y" })).toThrow("any.ts must hold exactly once: x");
  expect(() => change("x x", { file: "any.ts", find: "x", replace: "y" })).toThrow("exactly once");
});

/** A mutant that cannot even start is none. */
async function starts(world: World): Promise<void> {
  await world.instance("alb");
}

function isPhase(name: CheckName | PhaseName): name is PhaseName {
  return name in PHASES;
}
