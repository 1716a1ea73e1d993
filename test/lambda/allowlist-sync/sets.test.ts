import { connectionReset } from "../../support/aws";
import { hosts, setName, World } from "./world";

/** Ten addresses a set: small enough to be full at once. */
const SMALL = { slots: { ipv4: 4, ipv6: 2 }, maxPerSet: 10 } as const;

const nets6 = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `2001:db8:${(index + 1).toString(16)}::/48`);

test("both families fill as many sets as they need, each its own", async () => {
  const world = new World(SMALL);
  world.put("big", ...hosts(25), ...nets6(12));
  await world.stream();
  expect(world.admitted("ipv4")).toEqual([...hosts(25)].sort());
  expect(world.admitted("ipv6")).toEqual([...nets6(12)].sort());
  expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 5 });
  expect(world.metric("SetFillPercent", "ipv4")).toEqual([62.5]);
  expect(world.metric("SetFillPercent", "ipv6")).toEqual([60]);
  expect(world.metric("Addresses", "ipv4")).toEqual([25]);
});

test("sets that were appended are used when the first are full, and nothing moves", async () => {
  const world = new World({ slots: { ipv4: 1 }, maxPerSet: 10 });
  world.put("first", ...hosts(10));
  world.put("second", ...hosts(3, 50));
  await world.stream();
  expect(world.metric("AddressesRefused")).toEqual([3]);
  world.waf.createSet(setName("ipv4", 1), "IPV4", [], "made by the stack");
  // Until rules refer to it, and the stack says so, it would admit nobody.
  await world.stream();
  expect(world.waf.addresses(setName("ipv4", 1))).toEqual([]);
  await world.newHandler({ IPV4_SETS: "2" })({ Records: [] }, world.context);
  expect(world.waf.addresses(setName("ipv4", 0))).toEqual([...hosts(10)].sort());
  expect(world.waf.addresses(setName("ipv4", 1))).toEqual([...hosts(3, 50)].sort());
  expect(world.metric("AddressesRefused")).toEqual([3, 3, 0]);
});

test("what a deleted set held goes into the sets that are left", async () => {
  const world = new World(SMALL);
  world.put("big", ...hosts(15));
  await world.stream();
  world.waf.deleteSet(setName("ipv4", 1));
  await world.stream();
  expect(world.admitted("ipv4")).toEqual([...hosts(15)].sort());
  expect(world.records("sets-missing")).toEqual([
    expect.objectContaining({ level: "error", count: 1, sets: [setName("ipv4", 1)] }),
  ]);
  expect(world.metric("Drift")).toEqual([0, 1]);
});

test("additions are written before removals", async () => {
  const world = new World(SMALL);
  world.put("stays", ...hosts(10));
  world.put("goes", ...hosts(9, 20));
  await world.stream();
  const order: string[] = [];
  world.waf.onUpdate(({ before, after }) => order.push(after.length > before.length ? "adds" : "removes"));
  world.remove("goes");
  // Too many for the set that loses nine: another one must take some.
  world.put("comes", ...hosts(15, 40));
  await world.stream();
  expect(order).toEqual(["adds", "adds"]);
  expect(world.admitted("ipv4")).toEqual([...hosts(10), ...hosts(15, 40)].sort());

  order.length = 0;
  world.remove("comes");
  world.put("late", ...hosts(1, 70));
  await world.stream();
  expect(order).toEqual(["removes", "removes"]);
});

test("a set that only gains is written before one that gains and loses, and that before one that only loses", async () => {
  const world = new World({ slots: { ipv4: 3 }, maxPerSet: 10, variables: { GUARD_MAX_ADDRESSES: "1000" } });
  const [a, b, c] = [hosts(10), hosts(10, 20), hosts(4, 40)];
  world.put("a", ...a);
  await world.stream();
  world.put("b", ...b);
  await world.stream();
  world.put("c", ...c);
  await world.stream();
  const order: (readonly [string, number, number])[] = [];
  world.waf.onUpdate(({ name, before, after }) => {
    const gained = after.filter((address) => !before.includes(address)).length;
    order.push([name, gained, before.length + gained - after.length]);
  });
  world.put("a", ...a.slice(0, 9));
  world.put("b", ...b.slice(0, 5));
  world.put("d", ...hosts(10, 60));
  await world.stream();
  const ranks = order.map(([, gained, lost]) => (lost === 0 ? 0 : gained > 0 ? 1 : 2));
  expect(ranks).toEqual([...ranks].sort());
  expect(new Set(ranks).size).toBeGreaterThan(1);
  expect(world.admitted("ipv4")).toHaveLength(9 + 5 + 4 + 10);
});

test("the same address in two sets is kept in the first", async () => {
  const world = new World(SMALL);
  world.put("a", ...hosts(3));
  await world.stream();
  world.waf.overwrite(setName("ipv4", 2), hosts(2), "edited by hand");
  await world.stream();
  expect(world.waf.addresses(setName("ipv4", 0))).toEqual(hosts(3));
  expect(world.waf.addresses(setName("ipv4", 2))).toEqual([]);
});

describe("what is known of the sets", () => {
  const filled = async (): Promise<World> => {
    const world = new World(SMALL);
    world.put("big", ...hosts(25));
    await world.stream();
    world.takeCalls();
    return world;
  };
  const coldPass = async (world: World): Promise<number> => {
    await world.newHandler()({ Records: [] }, world.context);
    return world.takeCalls().gets;
  };

  test("a cold start believes the bucket where the descriptions confirm it", async () => {
    const world = await filled();
    expect(await coldPass(world)).toBe(0);
  });

  test("an object that is lost costs one read, once", async () => {
    const world = await filled();
    world.bucket.remove(`sets/${setName("ipv4", 1)}.txt`);
    expect(await coldPass(world)).toBe(1);
    expect(await coldPass(world)).toBe(0);
  });

  test.each([
    ["other addresses", (object: string) => object.replace("10.0.0.1/32", "10.9.9.9/32")],
    ["an older content", (object: string) => object.split("\n").slice(0, -1).join("\n")],
    ["another token", (object: string) => object.replace(/^.*/, "00000000-0000-4000-8000-000000000000")],
    ["nothing", () => ""],
  ])("an object with %s is not believed", async (_, falsify) => {
    const world = await filled();
    const key = `sets/${setName("ipv4", 0)}.txt`;
    const object = world.bucket.text(key) ?? "";
    expect(falsify(object)).not.toBe(object);
    world.bucket.put(key, falsify(object));
    expect(await coldPass(world)).toBe(1);
    expect(world.admitted("ipv4")).toEqual([...hosts(25)].sort());
    expect(await coldPass(world)).toBe(0);
  });

  test("a bucket that fails costs reads, a warning, and nothing else", async () => {
    const world = await filled();
    const fail = (): never => {
      throw Object.assign(new Error("denied"), { name: "AccessDenied" });
    };
    world.bucket.calls.beforeNext("GetObject", 6, fail);
    world.put("new", "203.0.113.10/32");
    world.bucket.calls.before("PutObject", fail);
    // Also those that their descriptions call empty: whether they were ever written is not known.
    expect(await coldPass(world)).toBe(6);
    expect(world.admitted("ipv4")).toContain("203.0.113.10/32");
    expect(world.metric("PassSucceeded").at(-1)).toBe(1);
    expect(world.records("knowledge-lost")).toEqual([
      expect.objectContaining({ level: "warn", count: 7, first: Array(7).fill("AccessDenied: denied") }),
    ]);
  });

  test("a lost answer costs one read: of that set alone it is not known whether it was written", async () => {
    const world = await filled();
    world.put("new", "203.0.113.10/32");
    world.waf.calls.after("UpdateIPSet", () => {
      throw connectionReset();
    });
    await world.stream();
    // The retry meets a stale token, lists again, and reads what it had written.
    expect(world.takeCalls()).toMatchObject({ gets: 1, updates: 2 });
    expect(world.metric("Drift").at(-1)).toBe(0);
    expect(world.metric("LockConflicts").at(-1)).toBe(1);
    expect(world.admitted("ipv4")).toContain("203.0.113.10/32");
  });

  test("a write that did not take effect is known not to have", async () => {
    const world = await filled();
    world.put("new", "203.0.113.10/32");
    world.waf.calls.before("UpdateIPSet", () => {
      throw new Error("crash");
    });
    await expect(world.stream()).rejects.toThrow("crash");
    world.takeCalls();
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 1 });
  });

  test("what another instance wrote is learnt from the bucket", async () => {
    const world = await filled();
    world.put("new", "203.0.113.10/32");
    await world.newHandler()({ Records: [] }, world.context);
    world.takeCalls();
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 0 });
  });

  test("an audit reads every set once, even when a conflict makes it start again", async () => {
    const world = await filled();
    world.waf.overwrite(setName("ipv4", 3), ["192.0.2.1/32"]);
    world.waf.calls.before("UpdateIPSet", () => {
      world.waf.overwrite(setName("ipv4", 3), ["192.0.2.2/32"]);
    });
    await world.audit();
    // Six sets, and the one that was written meanwhile.
    expect(world.takeCalls()).toMatchObject({ gets: 7 });
    expect(world.metric("SetsRead").at(-1)).toBe(7);
    expect(world.admitted("ipv4")).toEqual([...hosts(25)].sort());
    expect(world.metric("Drift").at(-1)).toBe(1);
  });
});
