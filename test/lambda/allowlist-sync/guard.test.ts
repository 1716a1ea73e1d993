import { hosts, V4, V6, World } from "./world";

async function holding(...clusters: readonly (readonly string[])[]): Promise<World> {
  const world = new World();
  for (const [index, cidrs] of clusters.entries()) world.put(`cluster-${index}`, ...cidrs);
  await world.stream();
  return world;
}

describe("small losses pass", () => {
  test("the only item deleted: its one address goes", async () => {
    const world = await holding(["203.0.113.10/32"]);
    world.remove("cluster-0");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
    expect(world.metric("RemovalsHeld")).toEqual([0, 0]);
  });

  test("its only address changed: the new one comes, the old one goes", async () => {
    const world = await holding(["203.0.113.10/32"]);
    world.put("cluster-0", "203.0.113.11/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.11/32"]);
  });

  test("50 of 60 go: many by share, but not more than 50", async () => {
    const world = await holding(hosts(50), hosts(10, 50));
    world.remove("cluster-0");
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(10);
  });

  test("60 of 300 go: more than 50, but not more than 20 %", async () => {
    const world = await holding(hosts(60), hosts(240, 60));
    world.remove("cluster-0");
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(240);
  });
});

describe("great losses are held", () => {
  test("a whole table gone: 200 addresses stay, and it is said", async () => {
    const world = await holding(hosts(200));
    world.table.clear();
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(200);
    expect(world.metric("RemovalsHeld")).toEqual([0, 200]);
    expect(world.metric("PassSucceeded")).toEqual([1, 1]);
    expect(world.records("removals-held")).toEqual([expect.objectContaining({ level: "error", count: 200 })]);
  });

  test("additions still go on", async () => {
    const world = await holding(hosts(200));
    world.table.clear();
    world.put("new", "203.0.113.10/32", "2001:db8::/48");
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(201);
    expect(world.waf.addresses(V4)).toContain("203.0.113.10/32");
    expect(world.waf.addresses(V6)).toEqual(["2001:db8::/48"]);
    expect(world.metric("RemovalsHeld")).toEqual([0, 200]);
  });

  test("51 of 60 are held, and so are 61 of 300", async () => {
    const few = await holding(hosts(51), hosts(9, 51));
    few.remove("cluster-0");
    await few.stream();
    expect(few.waf.addresses(V4)).toHaveLength(60);

    const many = await holding(hosts(61), hosts(239, 61));
    many.remove("cluster-0");
    await many.stream();
    expect(many.waf.addresses(V4)).toHaveLength(300);
  });

  test("both families count together", async () => {
    const v6 = Array.from({ length: 30 }, (_, index) => `2001:db8:${index}::/48`);
    const world = await holding([...hosts(30), ...v6]);
    world.table.clear();
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(30);
    expect(world.waf.addresses(V6)).toHaveLength(30);
    expect(world.metric("RemovalsHeld")).toEqual([0, 60]);
  });

  test("they stay held, without another write, until the limits are raised", async () => {
    const world = await holding(hosts(200));
    world.table.clear();
    await world.stream();
    world.takeCalls();
    await world.schedule();
    await world.stream();
    expect(world.takeCalls().updates).toBe(0);
    expect(world.metric("RemovalsHeld")).toEqual([0, 200, 200, 200]);

    const raised = world.newHandler({ GUARD_MAX_ADDRESSES: "200" });
    await raised({ Records: [] }, world.context);
    expect(world.waf.addresses(V4)).toEqual([]);
    expect(world.metric("RemovalsHeld").at(-1)).toBe(0);
  });

  test("they end when the addresses come back", async () => {
    const world = await holding(hosts(200));
    world.table.clear();
    await world.stream();
    world.put("cluster-0", ...hosts(200));
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(200);
    expect(world.metric("RemovalsHeld")).toEqual([0, 200, 0]);
  });
});

test("the limits are those of a whole pass, however many rounds it takes", async () => {
  const world = new World();
  for (let index = 0; index < 6; index += 1) world.put(`cluster-${index}`, ...hosts(20, 20 * index));
  world.put("last", "2001:db8:1::/48", "2001:db8:2::/48");
  await world.stream();
  world.remove("cluster-0");
  world.put("last", "2001:db8:1::/48");
  // Each round removes 20 of IPv4, meets another hand at the IPv6 set, and starts again with another 20 gone.
  for (let round = 0; round < 4; round += 1) {
    world.waf.calls.before(
      "UpdateIPSet",
      () => {
        world.remove(`cluster-${round + 1}`);
        world.waf.overwrite(V6, ["2001:db8:1::/48", "2001:db8:2::/48"]);
      },
      2 * round + 1,
    );
  }
  await world.stream();
  // Two rounds make 40; with the third it would be more than 50, and more than a fifth.
  expect(world.waf.addresses(V4)).toHaveLength(80);
  expect(world.metric("RemovalsHeld").at(-1)).toBeGreaterThan(0);
});
