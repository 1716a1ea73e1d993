import { connectionReset, internalError, throttled } from "../../support/aws";
import { hosts, refused, setName, World } from "./world";

const MANY = { slots: { ipv4: 20 }, maxPerSet: 5 } as const;

test("updates go out at the account's rate, and none is refused for it", async () => {
  const world = new World(MANY);
  world.put("big", ...hosts(100));
  const started = world.clock.now();
  await world.stream();
  expect(world.takeCalls().updates).toBe(20);
  expect(world.metric("Throttles")).toEqual([0]);
  const seconds = (world.clock.now() - started) / 1000;
  // Nineteen pauses of a second, and lists in pages of three.
  expect(seconds).toBeGreaterThanOrEqual(19);
  expect(seconds).toBeLessThan(19 * 1.05 + 2);
});

test("the pace holds from one pass to the next", async () => {
  const world = new World();
  for (const address of hosts(5)) {
    world.put("billing", address);
    await world.stream();
  }
  expect(world.metric("Throttles")).toEqual([0, 0, 0, 0, 0]);
});

test("an audit reads five sets a second", async () => {
  const world = new World({ slots: { ipv4: 19 } });
  const started = world.clock.now();
  await world.audit();
  expect(world.takeCalls().gets).toBe(20);
  expect(world.metric("Throttles")).toEqual([0]);
  expect(world.clock.now() - started).toBeLessThan(10_000);
});

test.each([3_000, 30_000])("somebody else who uses the rate for %d ms only costs time", async (milliseconds) => {
  const world = new World();
  world.put("billing", "203.0.113.10/32");
  world.waf.occupy("UpdateIPSet", milliseconds);
  const started = world.clock.now();
  await world.stream();
  expect(world.admitted("ipv4")).toEqual(["203.0.113.10/32"]);
  expect(world.clock.now() - started).toBeGreaterThanOrEqual(milliseconds);
  expect(world.clock.now() - started).toBeLessThan(milliseconds + 10_000);
  expect(world.records("throttled")).toHaveLength(1);
  expect(Number(world.metric("Throttles")[0])).toBeGreaterThan(0);
});

test("tries come ever later, and by chance, so that two do not meet again", async () => {
  const waits = async (random: number): Promise<readonly number[]> => {
    const world = new World({ random: () => random });
    world.put("billing", "203.0.113.10/32");
    const times: number[] = [];
    world.waf.calls.beforeNext("UpdateIPSet", 8, (call) => {
      times.push(world.clock.now());
      if (call < 7) throw throttled();
    });
    await world.stream();
    return times.slice(1).map((time, index) => time - (times[index] ?? 0));
  };
  const [short, long] = [await waits(0), await waits(1)];
  expect(short).toEqual([...short].sort((a, b) => a - b));
  expect(Math.max(...long)).toBe(8_000);
  for (const [index, wait] of long.entries()) expect(wait).toBeGreaterThanOrEqual(short[index] ?? Infinity);
  expect(long).not.toEqual(short);
});

test("a rate that never comes free ends the pass in time, with what it had written", async () => {
  const world = new World({ ...MANY, lambdaSeconds: 90 });
  world.put("big", ...hosts(100));
  world.waf.calls.before(
    "UpdateIPSet",
    () => {
      world.waf.occupy("UpdateIPSet", 3_600_000);
    },
    10,
  );
  await expect(world.stream()).rejects.toThrow(/out of time.*the update of IP set test-clusters-ipv4-10/);
  expect(world.admitted("ipv4")).toHaveLength(50);
  expect(world.metric("SetsChanged")).toEqual([10]);
  expect(world.secondsLeft()).toBeGreaterThanOrEqual(29);
});

test("a pass that runs out of time finishes the set in hand, and the next one continues where it stopped", async () => {
  const world = new World({ ...MANY, lambdaSeconds: 40 });
  world.put("big", ...hosts(100));
  const event = world.table.takeEvent();
  let passes = 0;
  for (; world.admitted("ipv4").length < 100 && passes < 10; passes += 1) {
    await world.stream(event).catch((error: unknown) => {
      expect(error).toMatchObject({ name: "OutOfTime" });
    });
  }
  expect(passes).toBe(3);
  expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 20 });
});

test.each([
  ["an internal error", internalError],
  ["a connection that broke", connectionReset],
])("%s before or after the effect is tried again", async (_, fault) => {
  for (const moment of ["before", "after"] as const) {
    for (const operation of ["ListIPSets", "GetIPSet", "UpdateIPSet"] as const) {
      const world = new World();
      world.put("billing", "203.0.113.10/32");
      world.waf.calls[moment](operation, () => {
        throw fault();
      });
      await world.audit();
      expect(world.admitted("ipv4")).toEqual(["203.0.113.10/32"]);
      expect(world.metric("PassSucceeded")).toEqual([1]);
    }
  }
});

test("a fault that lasts is told after a few tries; one that no try can mend at once", async () => {
  for (const [fault, tries] of [
    [internalError, 5],
    [refused, 1],
  ] as const) {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.beforeNext("UpdateIPSet", 20, () => {
      throw fault();
    });
    await expect(world.stream()).rejects.toThrow(fault().message);
    expect(world.takeCalls().updates).toBe(tries);
  }
});

test("a set that somebody else keeps writing does not hold up the others for ever", async () => {
  const world = new World({ slots: { ipv4: 3 }, maxPerSet: 5 });
  world.put("big", ...hosts(15));
  const busy = setName("ipv4", 1);
  world.waf.calls.beforeNext("UpdateIPSet", 4, () => {
    world.waf.overwrite(busy, []);
  });
  await world.stream();
  expect(world.admitted("ipv4")).toHaveLength(15);
  expect(Number(world.metric("LockConflicts")[0])).toBeGreaterThan(0);
});
