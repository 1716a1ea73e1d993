import { hosts, V4, V6, World } from "./world";

describe("a full set", () => {
  test("holds 10,000 addresses of one cluster", async () => {
    const world = new World();
    world.put("big", ...hosts(10_000));
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(10_000);
    expect(world.metric("AddressesRefused")).toEqual([0]);
    expect(world.metric("SetFillPercent", "ipv4")).toEqual([100]);
  });

  test("refuses by name what does not fit, keeps all it had, and takes what still fits", async () => {
    const world = new World();
    world.put("big", ...hosts(9_997));
    await world.stream();
    // In order of their ids: two fit, the next two do not, the last one does.
    world.put("c1", ...hosts(2, 20_000));
    world.put("c2", ...hosts(2, 30_000), "2001:db8::/48");
    world.put("c3", ...hosts(3, 40_000));
    world.put("c4", ...hosts(1, 50_000));
    await world.stream();

    expect(world.waf.addresses(V4)).toEqual([...hosts(9_997), ...hosts(2, 20_000), ...hosts(1, 50_000)].sort());
    expect(world.waf.addresses(V6)).toEqual(["2001:db8::/48"]);
    expect(world.records("addresses-refused")).toEqual([
      expect.objectContaining({ level: "error", cluster: "c2", family: "ipv4", count: 2, first: hosts(2, 30_000) }),
      expect.objectContaining({ level: "error", cluster: "c3", family: "ipv4", count: 3 }),
    ]);
    expect(world.metric("AddressesRefused")).toEqual([0, 5]);
    expect(world.metric("PassSucceeded")).toEqual([1, 1]);

    world.takeCalls();
    await world.stream();
    expect(world.takeCalls().updates).toBe(0);
    expect(world.metric("AddressesRefused")).toEqual([0, 5, 5]);
  });

  test("names a hundred refused clusters, shortened, and counts the rest: whoever writes the table cannot fill the log", async () => {
    const world = new World();
    world.put("big", ...hosts(10_000));
    await world.stream();
    for (const [index, address] of hosts(150, 20_000).entries()) world.put(`${"x".repeat(500)}${index}`, address);
    await world.stream();
    const records = world.records("addresses-refused");
    expect(records).toHaveLength(100);
    for (const { cluster } of records) expect(cluster).toMatch(/^x{64}…$/);
    expect(world.records("clusters-refused")).toEqual([expect.objectContaining({ count: 150, shown: 100 })]);
    expect(world.metric("AddressesRefused")).toEqual([0, 150]);
  });

  test("takes what was refused as soon as there is room, in the very pass that makes it", async () => {
    const world = new World();
    world.put("big", ...hosts(9_999));
    world.put("going", ...hosts(1, 20_000));
    await world.stream();
    world.put("new", ...hosts(1, 30_000));
    await world.stream();
    expect(world.metric("AddressesRefused")).toEqual([0, 1]);
    world.remove("going");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([...hosts(9_999), ...hosts(1, 30_000)].sort());
    expect(world.metric("AddressesRefused")).toEqual([0, 1, 0]);
  });

  test("does not call an address refused that another cluster brings in", async () => {
    const world = new World();
    world.put("big", ...hosts(9_999));
    await world.stream();
    const [shared = "", own = ""] = hosts(2, 20_000);
    world.put("a-two", shared, own);
    world.put("b-one", shared);
    await world.stream();
    expect(world.waf.addresses(V4)).toContain(shared);
    expect(world.records("addresses-refused")).toEqual([
      expect.objectContaining({ cluster: "a-two", count: 1, first: [own] }),
    ]);
  });

  test("is not overfilled by what the guard holds", async () => {
    const world = new World();
    world.put("big", ...hosts(10_000));
    await world.stream();
    world.remove("big");
    world.put("new", ...hosts(5, 20_000));
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([...hosts(10_000)].sort());
    expect(world.metric("RemovalsHeld")).toEqual([0, 10_000]);
    expect(world.records("addresses-refused")).toEqual([expect.objectContaining({ cluster: "new", count: 5 })]);
  });
});
