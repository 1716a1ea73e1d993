import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";

import { bundle } from "../../lambda/lattice-proxy-proof/bundle";
import { checkFaithful, OPEN, SHOP } from "../../lambda/lattice-proxy-proof/faithful";
import { FRONTS } from "../../lambda/lattice-proxy-proof/fronts";
import { type Front, Refused } from "../../lambda/lattice-proxy-proof/fronts/front";
import { type Case, cases } from "../../lambda/lattice-proxy-proof/generate";
import { World } from "../../lambda/lattice-proxy-proof/world";
import { findRuntimeNode } from "../support/tools";

/* Generated requests through every front, the function on its own Node.js, and a service by HTTPS; and their answers back. */

jest.setTimeout(60_000);

const RUNS = 500;
const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-bytes-"));
let world: World;

beforeAll(async () => {
  world = await World.create({ file: await bundle(join(folder, "index.js")), node: findRuntimeNode() });
});

afterAll(async () => {
  await world.remove();
  rmSync(folder, { recursive: true });
});

describe.each(FRONTS.map((front) => ({ front, form: front.form })))("behind $form", ({ front }) => {
  test.each([
    { to: SHOP, runs: RUNS },
    { to: OPEN, runs: RUNS / 5 },
  ])("$runs requests for $to.host and their answers are the same bytes on either side", async ({ to, runs }) => {
    const property = fc.asyncProperty(cases(to.host), async (one) => {
      fc.pre(isTaken(front, one));
      await checkFaithful(world, front, to, one);
    });
    await fc.assert(property, { numRuns: runs, seed: 11 });
  });
});

/** Whether the front itself takes a request; what it does not take, the function never sees. */
function isTaken(front: Front, { request }: Case): boolean {
  try {
    front.enter(request, { address: "203.0.113.9" });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
