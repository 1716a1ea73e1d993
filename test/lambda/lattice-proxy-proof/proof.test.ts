import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bundle } from "./bundle";
import { CHECKS, type CheckName } from "./checks";
import { World } from "./world";

/*
 * The function from outside: its bundle in a process of its own, between the fronts of AWS, written from their documents, and services
 * that keep each byte. test/system/lattice-proxy asks more of it.
 */

// For machines that do much else.
jest.setTimeout(30_000);

const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-proof-"));
let world: World;

beforeAll(async () => {
  world = await World.create({ file: await bundle(join(folder, "index.js")) });
});

afterAll(async () => {
  await world.remove();
  rmSync(folder, { recursive: true });
});

test.each(Object.keys(CHECKS) as CheckName[])("%s", async (name) => {
  await CHECKS[name](world);
});
