import { CHECKS } from "./envoy/checks";
import type { EnvoyTask } from "./envoy/task";
import { World } from "./envoy/world";

/*
 * The fleet's configuration and start as they are shipped, on the real Envoy, between a client that does what a load balancer does and
 * services with certificates of their own. The container's root file system is read-only, and it runs as nobody in particular.
 */

jest.setTimeout(30_000);

let world: World;
let task: EnvoyTask;

beforeAll(async () => {
  world = await World.create();
  task = await world.start();
});

afterAll(async () => {
  await task.kill();
  await world.remove();
});

describe("a fleet between its load balancer and its services", () => {
  it.each(Object.entries(CHECKS))("%s", async (_, check) => {
    await check({ world, task });
  });
});
