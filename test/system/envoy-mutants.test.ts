import { envoyConfiguration } from "../../lib/aws/envoy/container";
import { CHECKS } from "./envoy/checks";
import { mutate, MUTANTS } from "./envoy/mutants";
import { World } from "./envoy/world";

/* Whether the checks of the fleet can fail: each fault is put into the configuration, and the check that must notice it is run. */

jest.setTimeout(30_000);

let world: World;

beforeAll(async () => {
  world = await World.create();
});

afterAll(async () => {
  await world.remove();
});

it.each(MUTANTS)("an Envoy that $name is found out", async (mutant) => {
  const task = await world.start({}, mutate(envoyConfiguration(world.props()), mutant));
  try {
    await expect(CHECKS[mutant.breaks]({ world, task })).rejects.toThrow();
  } finally {
    await task.kill();
  }
});
