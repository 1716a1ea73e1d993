import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bundle } from "../../lambda/lattice-proxy-proof/bundle";
import { findRuntimeNode } from "../support/tools";
import { type PhaseName, PHASES, Trouble } from "./phases";

jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-phases-"));
let trouble: Trouble;

beforeAll(async () => {
  trouble = await Trouble.create(await bundle(join(folder, "index.js")), findRuntimeNode());
});

afterAll(async () => {
  await trouble.remove();
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(PHASES) as PhaseName[])("%s", async (name) => {
  await PHASES[name](trouble);
});
