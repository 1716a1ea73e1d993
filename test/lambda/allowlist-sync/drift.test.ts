import { EMPTY_DESCRIPTION } from "../../../lambda/allowlist-sync/contract";
import { hosts, V4, V6, World } from "./world";

async function settled(): Promise<World> {
  const world = new World();
  world.put("billing", "203.0.113.10/32", "203.0.113.11/32");
  await world.stream();
  world.takeCalls();
  return world;
}

describe("somebody else edited a managed set and left its description", () => {
  test("an audit finds it, repairs it and says what it found", async () => {
    const world = await settled();
    world.waf.overwrite(V4, ["203.0.113.10/32", "192.0.2.99/32"]);
    await world.audit();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
    expect(world.metric("Drift")).toEqual([0, 1]);
    expect(world.records("drift-found")).toEqual([
      expect.objectContaining({
        set: V4,
        countWritten: 2,
        countFound: 2,
        foreign: 1,
        firstForeign: ["192.0.2.99/32"],
        missing: 1,
        firstMissing: ["203.0.113.11/32"],
      }),
    ]);
    expect(world.records("set-changed").at(-1)).toMatchObject({ cause: "audit", added: 1, removed: 1 });
    await world.audit();
    expect(world.metric("Drift")).toEqual([0, 1, 0]);
  });

  test("so does a pass started by hand", async () => {
    const world = await settled();
    world.waf.overwrite(V4, []);
    await world.handler({}, world.context);
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
    expect(world.records("set-changed").at(-1)).toMatchObject({ cause: "manual", added: 2 });
  });

  test("a change of the table repairs it on its way, since the set has another lock token", async () => {
    const world = await settled();
    world.waf.overwrite(V4, ["192.0.2.99/32"]);
    world.put("shop", "203.0.113.20/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32", "203.0.113.20/32"]);
    expect(world.metric("Drift")).toEqual([0, 1]);
  });

  test("foreign addresses go through the guard like any others", async () => {
    const world = await settled();
    world.waf.overwrite(V4, ["203.0.113.10/32", "203.0.113.11/32", ...hosts(100)]);
    await world.audit();
    expect(world.waf.addresses(V4)).toHaveLength(102);
    expect(world.metric("RemovalsHeld")).toEqual([0, 100]);
    expect(world.metric("Drift")).toEqual([0, 1]);
  });
});

describe("a set under a description that is not the function's", () => {
  test("with the wrong content: read, repaired and counted", async () => {
    const world = await settled();
    world.waf.overwrite(V4, ["192.0.2.99/32"], "edited by hand");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
    expect(world.metric("Drift")).toEqual([0, 1]);
  });

  test("with the right content: gets its description back", async () => {
    const world = await settled();
    const before = world.waf.description(V4);
    world.waf.overwrite(V4, ["203.0.113.10/32", "203.0.113.11/32"], "edited by hand");
    await world.stream();
    expect(world.waf.description(V4)).toBe(before);
    world.takeCalls();
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 0 });
  });

  test("emptied: found, filled again and counted, by a cold start too", async () => {
    for (const isCold of [false, true]) {
      const world = await settled();
      world.waf.overwrite(V4, [], "edited by hand");
      await (isCold ? world.newHandler() : world.handler)({ Records: [] }, world.context);
      expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
      expect(world.metric("Drift")).toEqual([0, 1]);
    }
  });

  test("a new, empty set is no drift", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    expect(world.metric("Drift")).toEqual([0]);
  });

  test("content that no parser of ours reads is unclaimed, and goes", async () => {
    const world = new World({ contents: { ipv4: ["192.0.2.1/24"], ipv6: ["::ffff:192.0.2.1/128"] } });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
    expect(world.waf.addresses(V6)).toEqual([]);
  });
});

describe("a set whose description was put back to that of an empty one", () => {
  const reset = async (): Promise<World> => {
    const world = await settled();
    world.waf.overwrite(V4, ["203.0.113.10/32", "203.0.113.11/32", "192.0.2.99/32"], EMPTY_DESCRIPTION);
    world.put("shop", "203.0.113.20/32");
    return world;
  };
  const repaired = ["203.0.113.10/32", "203.0.113.11/32", "203.0.113.20/32"];

  test("is read, and nothing that is wanted goes missing", async () => {
    const world = await reset();
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(repaired);
    expect(world.metric("Drift").at(-1)).toBe(1);
  });

  test("also by a cold start, which learns from the bucket that it was written before", async () => {
    const world = await reset();
    await world.newHandler()({ Records: [] }, world.context);
    expect(world.waf.addresses(V4)).toEqual(repaired);
    expect(world.metric("Drift").at(-1)).toBe(1);
  });
});

test("an audit that finds all well stores nothing", async () => {
  const world = await settled();
  await world.audit();
  world.bucket.calls.reset();
  await world.audit();
  expect(world.bucket.calls.count("PutObject")).toBe(0);
});
