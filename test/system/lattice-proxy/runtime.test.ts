import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type Front as Kind, VARIABLES } from "../../../lambda/lattice-proxy/contract";
import { bundleFunction } from "../../../lib/aws/function/bundle";
import { answer } from "../../lambda/lattice-proxy-proof/checks";
import { FRONTS } from "../../lambda/lattice-proxy-proof/fronts";
import { oneRequest } from "../../lambda/lattice-proxy-proof/fronts/front";
import { CLIENT, World } from "../../lambda/lattice-proxy-proof/world";
import { FunctionProcess } from "../support/function-process";

/* The zip that is deployed, on its Node.js, under AWS's own runtime interface client: how it is loaded and what becomes of its answers. */

jest.setTimeout(30_000);

const ENTRY = resolve(__dirname, "../../../lambda/lattice-proxy/handler.ts");
const NAMES = resolve(__dirname, "../../lambda/lattice-proxy-proof/names.cjs");
const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-runtime-"));
const { zipFile } = bundleFunction(ENTRY, folder, "lattice-proxy");
let world: World;

beforeAll(async () => {
  world = await World.create({ file: "none" });
});

afterAll(async () => {
  await world.remove();
  rmSync(folder, { recursive: true });
});

async function start(kind: Kind, changed: Readonly<Record<string, string>> = {}): Promise<FunctionProcess> {
  const variables = { ...world.environment(kind), NODE_OPTIONS: `--require ${NAMES}`, ...changed };
  return FunctionProcess.start(
    { ...variables, TEST_NAMES: JSON.stringify(world.names) },
    { name: "lattice-proxy", zipFile },
  );
}

it.each(FRONTS.map((front) => ({ front, form: front.form })))("passes requests on behind $form", async ({ front }) => {
  const lambda = await start(front.kind);
  try {
    world.services.shop.behaviour = answer(201, [["Set-Cookie", "a=1"]], Buffer.from([0xff, 0x00, 0xfe]));
    const request = oneRequest(
      Buffer.from(
        "POST /a%20b?c=%20d HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok",
      ),
    );
    for (let times = 0; times < 3; times += 1) {
      world.forget();
      const result = await lambda.invoke(front.enter(request, CLIENT).event);
      const { status, body } = world.leave(front, result, "POST");
      expect([status, body]).toEqual([201, Buffer.from([0xff, 0x00, 0xfe])]);
      expect(world.services.shop.only.target).toBe("/a%20b?c=%20d");
      expect(String(world.services.shop.only.body)).toBe("ok");
      world.verify(world.services.shop.only);
    }
    expect(lambda.lines().map(({ status, cold }) => [status, cold])).toEqual([
      [201, true],
      [201, false],
      [201, false],
    ]);
    expect(lambda.nodeVersion).toMatch(/^v24\./);
  } finally {
    await lambda.stop();
  }
});

it("says what is wrong with its environment before it takes an event", async () => {
  await expect(start("alb", { [VARIABLES.hosts]: "", [VARIABLES.front]: "nlb" })).rejects.toMatchObject({
    name: "FunctionError",
    message: expect.stringMatching(/FRONT.*HOSTS is not set/) as unknown,
  });
});

it("is a bundle of less than 250 kB", () => {
  expect(statSync(zipFile).size).toBeLessThan(250_000);
});
