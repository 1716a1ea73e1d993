import { EMPTY_DESCRIPTION } from "../../../lambda/allowlist-sync/contract";
import { connectionReset, type FakeItem } from "../../support/aws";
import { hosts, refused, setName, V4, V6, World } from "./world";

describe("other writers", () => {
  test("a second writer between list and update: the pass starts again and the table wins", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    world.put("shop", "203.0.113.20/32");
    world.waf.calls.before("UpdateIPSet", () => {
      world.waf.overwrite(V4, ["203.0.113.10/32", "192.0.2.99/32"], "somebody else");
    });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.20/32"]);
    expect(world.metric("LockConflicts")).toEqual([0, 1]);
    expect(world.records("lock-conflict")).toHaveLength(1);
    world.takeCalls();
    await world.stream();
    expect(world.takeCalls().updates).toBe(0);
  });

  test("a second writer between list and read is no conflict: the set's content and token come with the read", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.before("GetIPSet", () => {
      world.waf.overwrite(V4, ["192.0.2.99/32"]);
    });
    await world.audit();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.metric("LockConflicts")).toEqual([0]);
    expect(world.metric("Drift")).toEqual([1]);
  });

  test("a retry reads the table again", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.before("UpdateIPSet", () => {
      world.waf.overwrite(V4, []);
      world.put("shop", "203.0.113.20/32");
    });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.20/32"]);
  });

  test("two functions at once: both end, and the sets equal the table", async () => {
    const world = new World();
    const second = world.newHandler();
    world.put("billing", "203.0.113.10/32", "2001:db8:1::/64");
    world.waf.calls.before("UpdateIPSet", async () => {
      world.put("shop", "203.0.113.20/32", "2001:db8:2::/64");
      await second({ Records: [] }, world.context);
    });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.20/32"]);
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64", "2001:db8:2::/64"]);
    expect(world.metric("LockConflicts")).toEqual([0, 1]);
  });

  test.each(["ListIPSets", "Scan"] as const)(
    "an older pass that is overtaken after its %s cannot overwrite a newer one",
    async (moment) => {
      const world = new World();
      const newer = world.newHandler();
      world.put("billing", "203.0.113.10/32", "203.0.113.11/32");
      await world.stream();
      world.put("late", "198.51.100.1/32");
      const overtake = async (): Promise<void> => {
        world.put("billing", "203.0.113.12/32");
        await newer({ Records: [] }, world.context);
      };
      // The last page of the call, so that the older pass has all of its answer: three pages of sets, two of items.
      if (moment === "Scan") world.table.calls.after("Scan", overtake, 1);
      else world.waf.calls.after("ListIPSets", overtake, 2);

      await world.stream();
      expect(world.waf.addresses(V4)).toEqual(["198.51.100.1/32", "203.0.113.12/32"]);
    },
  );

  test("an audit overtaken before it reads a set takes the other's write for no drift", async () => {
    const world = new World();
    const newer = world.newHandler();
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    world.waf.calls.before("GetIPSet", async () => {
      world.put("shop", "203.0.113.20/32");
      await newer({ Records: [] }, world.context);
    });
    await world.audit();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.20/32"]);
    expect(world.records("drift-found")).toEqual([]);
  });

  test("a writer that never rests ends the pass with an error that says so", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.beforeNext("UpdateIPSet", 20, (round) => {
      world.waf.overwrite(V4, [`192.0.2.${round}/32`]);
    });
    await expect(world.stream()).rejects.toThrow(/gave up after \d rounds: IP set test-clusters-ipv4-00 was written/);
    expect(Number(world.metric("LockConflicts")[0])).toBeLessThan(10);
  });

  test("conflicts, however many, end no pass that gets on", async () => {
    const sets = 10;
    const world = new World({ slots: { ipv4: sets }, maxPerSet: 5, lambdaSeconds: 900 });
    world.put("big", ...hosts(sets * 5));
    // Of each two updates the second comes too late.
    for (let slot = 1; slot < sets; slot += 1) {
      world.waf.calls.before(
        "UpdateIPSet",
        () => {
          world.waf.overwrite(setName("ipv4", slot), []);
        },
        2 * slot - 1,
      );
    }
    world.remaining = Infinity;
    await world.stream();
    expect(world.metric("LockConflicts")).toEqual([sets - 1]);
    expect(world.admitted("ipv4")).toHaveLength(sets * 5);
  });

  test("rounds come ever later, and by chance, so that two writers do not meet again", async () => {
    const lastWaits = async (random: number): Promise<readonly number[]> => {
      const world = new World({ random: () => random });
      world.put("billing", "203.0.113.10/32");
      const times: number[] = [];
      world.waf.calls.beforeNext("UpdateIPSet", 6, (round) => {
        times.push(world.clock.now());
        world.waf.overwrite(V4, [`192.0.2.${round}/32`]);
      });
      await expect(world.stream()).rejects.toThrow(/gave up/);
      return times
        .slice(1)
        .map((time, index) => Math.floor((time - (times[index] ?? 0)) / 1000))
        .slice(-2);
    };
    expect(await lastWaits(0)).toEqual([2, 4]);
    expect(await lastWaits(1)).toEqual([4, 8]);
  });
});

describe("a scan is no snapshot", () => {
  // Within one id, items lie in the order of `ips`, two to a page: the new name is behind the first page, the old ahead.
  test.each([
    ["first", 0],
    ["second", 3],
  ])("a composite key replaced during the %s scan, seen there by neither name, loses nothing", async (_, pages) => {
    const world = new World({ keys: ["id", "ips"] });
    const item = (...cidrs: readonly string[]): FakeItem => ({
      id: { S: "billing" },
      ips: { S: JSON.stringify(cidrs) },
    });
    const old = item("203.0.113.10/32");
    const gone = item("203.0.113.99/32");
    for (const put of [item("10.0.0.1/32"), item("10.0.0.2/32"), old, item("203.0.113.11/32"), gone]) {
      world.table.put(put);
    }
    await world.stream();

    world.table.delete(gone);
    world.table.calls.after(
      "Scan",
      () => {
        world.table.put(item("10.0.0.0/32", "203.0.113.10/32"));
        world.table.delete(old);
      },
      pages,
    );
    await world.stream({ Records: [] });
    expect(world.waf.addresses(V4)).toContain("203.0.113.10/32");
    expect(world.waf.addresses(V4)).not.toContain("203.0.113.99/32");
    const removals = world.records("set-changed").map(({ firstRemoved }) => firstRemoved);
    expect(removals.flat()).toEqual(["203.0.113.99/32"]);
  });

  test("an address that moves from one cluster to another during the scan loses nothing", async () => {
    const world = new World();
    const names = ["a", "b", "c", "d", "e", "f"];
    for (const [index, name] of names.entries()) world.put(name, `10.0.0.${index}/32`);
    await world.stream();

    // Whatever the order of the hashes: for some pair, one lies before the scan's position and one behind it.
    for (const from of names) {
      for (const to of names) {
        if (from === to) continue;
        const moving = `198.51.100.7/32`;
        world.put(from, moving);
        await world.stream();
        world.table.calls.after("Scan", () => {
          world.put(to, moving, "10.9.9.9/32");
          world.put(from, "10.8.8.8/32");
        });
        await world.stream({ Records: [] });
        expect(world.waf.addresses(V4)).toContain(moving);
        await world.stream();
        expect(world.waf.addresses(V4)).toContain(moving);
        world.put(to, "10.7.7.7/32");
        await world.stream();
      }
    }
  });

  test("an address that really went goes, though it was there during the first scan", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.put("shop", "203.0.113.20/32", "203.0.113.21/32");
    await world.stream();
    world.put("shop", "203.0.113.20/32");
    // Goes between the two scans of this pass; this pass may keep it, the pass of its own event may not.
    world.table.calls.after(
      "Scan",
      () => {
        world.remove("billing");
      },
      1,
    );
    await world.stream();
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.20/32"]);
  });
});

describe("failures of a call", () => {
  test("an answer lost after its effect: the pass fails, the next one finds all well", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.after("UpdateIPSet", () => {
      throw new Error("socket hang up");
    });
    await expect(world.stream()).rejects.toThrow("socket hang up");
    expect(world.metric("PassSucceeded")).toEqual([0]);
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    world.takeCalls();
    await world.schedule();
    expect(world.takeCalls()).toMatchObject({ updates: 0 });
    expect(world.metric("Drift")).toEqual([0, 0, 0]);
  });

  test("a crash between the two updates: the next pass writes only what is missing", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32", "2001:db8:1::/64");
    world.waf.calls.before(
      "UpdateIPSet",
      () => {
        throw refused();
      },
      1,
    );
    await expect(world.stream()).rejects.toThrow("not authorized");
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.waf.addresses(V6)).toEqual([]);
    expect(world.metric("SetsChanged")).toEqual([1]);
    world.takeCalls();
    await world.stream();
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64"]);
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 1 });
  });

  test.each(["ListIPSets", "GetIPSet", "UpdateIPSet", "Scan"] as const)(
    "%s refused: the pass throws and changes nothing",
    async (operation) => {
      const world = new World();
      world.put("billing", "203.0.113.10/32");
      const refuse = (): never => {
        throw refused();
      };
      if (operation === "Scan") world.table.calls.before("Scan", refuse);
      else world.waf.calls.before(operation, refuse);
      await expect(world.audit()).rejects.toThrow("not authorized");
      expect(world.waf.addresses(V4)).toEqual([]);
      expect(world.records("pass-failed")).toEqual([
        expect.objectContaining({ level: "error", error: "AccessDeniedException", message: "not authorized" }),
      ]);
    },
  );

  test("a set that does not exist is named", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.deleteSet(V6);
    await expect(world.stream()).rejects.toThrow(/test-clusters-ipv6-00 does not exist/);
    expect(world.waf.addresses(V4)).toEqual([]);
  });

  test("out of time before a write: nothing is written, and the error says so", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.table.calls.after("Scan", () => {
      world.remaining = 29_999;
    });
    await expect(world.stream()).rejects.toThrow(/out of time: 29999 ms left.*test-clusters-ipv4-00/);
    expect(world.takeCalls().updates).toBe(0);
    world.remaining = 60_000;
    world.table.calls.after("Scan", () => {
      world.remaining = 30_000;
    });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
  });

  test("out of time before the table is read: it is left to the next pass", async () => {
    const world = new World();
    // The third page of sets is the last.
    world.waf.calls.after(
      "ListIPSets",
      () => {
        world.remaining = 29_999;
      },
      2,
    );
    await expect(world.stream()).rejects.toThrow(/out of time.*reading the table/);
    expect(world.takeCalls()).toMatchObject({ scans: 0, updates: 0 });
  });

  test("out of time before a retry: the pass stops instead of starting again", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.before("UpdateIPSet", () => {
      world.waf.overwrite(V4, []);
      world.remaining = 100;
    });
    await expect(world.stream()).rejects.toThrow(/out of time: -?\d+ ms left.*another round/);
    expect(world.takeCalls().updates).toBe(1);
  });
});

test.each(["GetIPSet", "UpdateIPSet"] as const)(
  "a set that is deleted and made again before its %s is listed again, not given up",
  async (operation) => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.before(operation, () => {
      world.waf.deleteSet(V4);
      world.waf.createSet(V4, "IPV4", [], EMPTY_DESCRIPTION);
    });
    await world.audit();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.metric("PassSucceeded")).toEqual([1]);
  },
);

test("an address that goes and comes back while a slow pass runs is in when that pass ends", async () => {
  const world = new World();
  const quick = world.newHandler();
  world.put("billing", "203.0.113.10/32", "203.0.113.11/32");
  await world.stream();
  world.put("billing", "203.0.113.10/32");
  // The slow pass has read the table twice and is about to remove; the quick one finds nothing to do.
  world.waf.calls.before("UpdateIPSet", async () => {
    world.put("billing", "203.0.113.10/32", "203.0.113.11/32");
    await quick(world.table.takeEvent(), world.context);
  });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
});

test("a table that changes with every look ends the pass all the same", async () => {
  const world = new World();
  world.put("billing", "203.0.113.0/32");
  for (let call = 0; call < 50; call += 1) {
    world.waf.calls.after(
      "UpdateIPSet",
      () => {
        world.put("billing", `203.0.113.${call + 1}/32`);
      },
      call,
    );
  }
  await world.stream();
  expect(world.metric("PassSucceeded")).toEqual([1]);
  expect(world.takeCalls().updates).toBeLessThan(10);
});

test("an address that comes and goes while a slow pass runs is out when that pass ends", async () => {
  const world = new World();
  const quick = world.newHandler();
  world.put("billing", "203.0.113.10/32");
  await world.stream();
  world.put("shop", "203.0.113.20/32");
  // The slow pass is about to add; the quick one takes the event of the removal, and finds nothing to do.
  world.waf.calls.before("UpdateIPSet", async () => {
    world.remove("shop");
    await quick(world.table.takeEvent(), world.context);
  });
  await world.stream({ Records: [] });
  expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
});

test("another hand that writes twice in silence is not believed because a plan happens to fit the description", async () => {
  const world = new World();
  world.put("billing", "203.0.113.10/32");
  await world.stream();
  world.waf.overwrite(V4, ["192.0.2.1/32"]);
  world.waf.calls.before("UpdateIPSet", () => {
    world.waf.overwrite(V4, ["192.0.2.2/32"]);
  });
  await world.audit();
  expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
});

test("nor when the answer of the write in between was lost", async () => {
  const world = new World();
  world.put("billing", "203.0.113.10/32");
  world.waf.calls.after("UpdateIPSet", () => {
    world.waf.overwrite(V4, []);
    throw connectionReset();
  });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
});
