import { createHash } from "node:crypto";
import { connectionReset } from "../../support/aws";
import { hosts, V4, V6, World } from "./world";

/** As an operator would compute it from the list of what goes. */
function digestOf(addresses: readonly string[]): string {
  return createHash("sha256")
    .update([...addresses].sort().join("\n"))
    .digest("hex")
    .slice(0, 32);
}

const HOUR = 60 * 60 * 1000;
const ALL = [...hosts(100), "2001:db8::/48"];

/** A table that was emptied by mistake, or on purpose: 101 addresses wait. */
async function emptied(options: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = new World(options);
  const item = { id: { S: "cluster" }, ips: { S: JSON.stringify(ALL) } };
  world.table.plant(item);
  await world.stream();
  world.table.delete(item);
  await world.stream();
  return world;
}

interface ApprovalItem {
  readonly digest: string;
  readonly expires?: number | undefined;
  readonly approvedBy?: string;
}

function approve(world: World, { digest, expires = world.clock.now() + HOUR, approvedBy }: ApprovalItem): void {
  world.table.put({
    id: { S: "ringfence:approval" },
    ips: { S: digest },
    expires: { N: String(Math.floor(expires / 1000)) },
    ...(approvedBy === undefined ? {} : { approvedBy: { S: approvedBy } }),
  });
}

test("a held plan tells its digest in log and metric, and where all of it stands", async () => {
  const world = await emptied();
  expect(world.waf.addresses(V4)).toHaveLength(100);
  const digest = digestOf(ALL);
  expect(world.records("removals-held")).toEqual([
    expect.objectContaining({ level: "error", digest, count: 101, all: `s3://knowledge/plans/${digest}.txt` }),
  ]);
  expect(world.bucket.text(`plans/${digest}.txt`)).toBe([...ALL].sort().join("\n"));
  const withPlan = world.lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ Plan }) => Plan);
  expect(withPlan).toEqual([expect.objectContaining({ Plan: digest, Environment: "test", RemovalsHeld: 101 })]);
  expect(withPlan[0]?._aws).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [["Environment", "Plan"]] }] });
});

test.each([["id"], ["id", "ips"]] as const)(
  "with the key %s %s, exactly that digest lets it go, and is recorded",
  async (...keys) => {
    const world = await emptied({ keys });
    approve(world, { digest: digestOf(ALL), approvedBy: "ada" });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
    expect(world.waf.addresses(V6)).toEqual([]);
    expect(world.records("removals-approved")).toEqual([
      expect.objectContaining({ level: "warn", digest: digestOf(ALL), approvedBy: "ada", count: 101 }),
    ]);
    // The approval is no cluster, in the records either.
    expect(world.records("set-changed").at(-1)).toMatchObject({ clusters: [], clusterCount: 0 });
    expect(world.metric("RemovalsHeld").at(-1)).toBe(0);
    expect(world.metric("RejectedEntries").at(-1)).toBe(0);
  },
);

test("with the composite key, approvals of other plans may stand beside it", async () => {
  const world = await emptied({ keys: ["id", "ips"] });
  for (const digest of ["0".repeat(32), digestOf(ALL), "f".repeat(32)]) approve(world, { digest });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual([]);
});

test.each([
  ["another digest", digestOf(hosts(99))],
  ["a part of the digest", digestOf(ALL).slice(0, 31)],
  ["nothing", ""],
])("%s lets nothing go", async (_, digest) => {
  const world = await emptied();
  approve(world, { digest });
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(100);
  expect(world.metric("RemovalsHeld").at(-1)).toBe(101);
});

test("a plan that has grown since is another plan", async () => {
  const world = new World();
  world.put("a", ...hosts(100));
  world.put("b", ...hosts(100, 100));
  await world.stream();
  world.remove("a");
  await world.stream();
  world.remove("b");
  approve(world, { digest: digestOf(hosts(100)) });
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(200);
  approve(world, { digest: digestOf(hosts(200)) });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual([]);
});

test("new clusters do not make it another plan", async () => {
  const world = await emptied();
  world.put("new", "203.0.113.10/32");
  approve(world, { digest: digestOf(ALL) });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
});

test.each([
  ["has expired", -1],
  ["ends later than in 24 hours", 24 * HOUR + 2_000],
])("an approval that %s counts for nothing, and the log says why", async (reason, after) => {
  const world = await emptied();
  approve(world, { digest: digestOf(ALL), expires: world.clock.now() + after });
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(100);
  const [record] = world.records("approval-refused");
  expect(record).toMatchObject({ level: "error", digest: digestOf(ALL) });
  expect(record?.reason).toContain(reason);
});

test("an approval without an end counts for nothing", async () => {
  const world = await emptied();
  world.table.put({ id: { S: "ringfence:approval" }, ips: { S: digestOf(ALL) } });
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(100);
  expect(world.records("approval-refused")[0]?.reason).toContain('no number "expires"');
});

test("an approval that ends while nothing waits is no matter of the log", async () => {
  const world = new World();
  approve(world, { digest: digestOf(ALL), expires: world.clock.now() - HOUR });
  await world.stream();
  expect(world.records("approval-refused")).toEqual([]);
});

describe("a pass that ends half-way through an approved plan", () => {
  async function halfDone(): Promise<World> {
    const world = new World({ slots: { ipv4: 4 }, maxPerSet: 50 });
    world.put("all", ...hosts(200));
    await world.stream();
    world.remove("all");
    await world.stream();
    approve(world, { digest: digestOf(hosts(200)) });
    // Two of four sets are emptied; 100 addresses are left, still more than the guard lets go by itself.
    world.waf.calls.before(
      "UpdateIPSet",
      () => {
        throw new Error("crash");
      },
      2,
    );
    await expect(world.stream()).rejects.toThrow("crash");
    expect(world.admitted("ipv4")).toHaveLength(100);
    return world;
  }

  test("is continued under the same approval, by a fresh instance too", async () => {
    const world = await halfDone();
    await world.newHandler()({ Records: [] }, world.context);
    expect(world.admitted("ipv4")).toEqual([]);
  });

  test("but not beyond it", async () => {
    const world = await halfDone();
    world.put("other", "203.0.113.10/32");
    await world.stream();
    expect(world.admitted("ipv4")).toEqual(["203.0.113.10/32"]);
  });

  test("waits again when its plan is lost: what is left is then a plan of its own", async () => {
    const world = await halfDone();
    world.bucket.remove(`plans/${digestOf(hosts(200))}.txt`);
    await world.newHandler()({ Records: [] }, world.context);
    expect(world.admitted("ipv4")).toHaveLength(100);
  });

  test("nor does a plan in the bucket that is not what its name says", async () => {
    const world = await halfDone();
    world.bucket.put(`plans/${digestOf(hosts(200))}.txt`, hosts(300).join("\n"));
    await world.newHandler()({ Records: [] }, world.context);
    expect(world.admitted("ipv4")).toHaveLength(100);
  });
});

describe("an approval counts once", () => {
  async function carriedOut(): Promise<World> {
    const world = await emptied();
    approve(world, { digest: digestOf(ALL) });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
    return world;
  }
  const emptyAgain = async (world: World, pass: () => Promise<void>): Promise<void> => {
    world.put("cluster", ...ALL);
    await pass();
    expect(world.waf.addresses(V4)).toHaveLength(100);
    world.remove("cluster");
    await pass();
  };

  test("when the same addresses are lost again, they wait again", async () => {
    const world = await carriedOut();
    await emptyAgain(world, () => world.stream());
    expect(world.waf.addresses(V4)).toHaveLength(100);
    expect(world.records("approval-refused").at(-1)?.reason).toContain("carried out before");
  });

  test("so does a fresh instance hold it", async () => {
    const world = await carriedOut();
    await emptyAgain(world, () => world.newHandler()({ Records: [] }, world.context));
    expect(world.waf.addresses(V4)).toHaveLength(100);
  });

  test("and so when the answer to its last write was lost", async () => {
    const world = await emptied();
    approve(world, { digest: digestOf(ALL) });
    for (const call of [0, 1]) {
      world.waf.calls.after(
        "UpdateIPSet",
        () => {
          throw connectionReset();
        },
        2 * call,
      );
    }
    await world.stream();
    expect(world.waf.addresses(V6)).toEqual([]);
    await emptyAgain(world, () => world.stream());
    expect(world.waf.addresses(V4)).toHaveLength(100);
  });

  test("but a new approval of the same plan is a new one", async () => {
    const world = await carriedOut();
    await emptyAgain(world, () => world.stream());
    approve(world, { digest: digestOf(ALL), expires: world.clock.now() + 2 * HOUR });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
  });

  test("nor does an instance count it again that carried out the plan under an approval before it", async () => {
    const world = await carriedOut();
    const other = world.newHandler();
    await emptyAgain(world, () => world.stream());
    approve(world, { digest: digestOf(ALL), expires: world.clock.now() + 2 * HOUR });
    await other({ Records: [] }, world.context);
    expect(world.waf.addresses(V4)).toEqual([]);
    await emptyAgain(world, () => world.stream());
    expect(world.waf.addresses(V4)).toHaveLength(100);
  });

  test("even if the bucket did not take the note of it", async () => {
    const world = await emptied();
    approve(world, { digest: digestOf(ALL) });
    world.bucket.calls.beforeNext("PutObject", 6, () => {
      throw new Error("S3 is down");
    });
    await world.stream();
    expect(world.bucket.keys()).not.toContain(`uses/${digestOf(ALL)}.txt`);
    await emptyAgain(world, () => world.stream());
    expect(world.waf.addresses(V4)).toHaveLength(100);
  });

  test("when the bucket cannot tell whether it was used, nothing goes", async () => {
    const world = await emptied();
    approve(world, { digest: digestOf(ALL) });
    world.bucket.calls.before("GetObject", () => {
      throw new Error("S3 is down");
    });
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(100);
    expect(world.records("approval-refused")).toHaveLength(1);
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
  });

  test("a part of the plan is not approved while another part is wanted again", async () => {
    const world = await emptied();
    world.put("back", ...hosts(10));
    approve(world, { digest: digestOf(ALL) });
    await world.stream();
    expect(world.waf.addresses(V4)).toHaveLength(100);
    expect(world.metric("RemovalsHeld").at(-1)).toBe(91);
  });
});

test("a plan that could not be stored is stored by the next pass", async () => {
  const world = new World();
  world.put("cluster", ...ALL);
  await world.stream();
  world.remove("cluster");
  world.bucket.calls.before("PutObject", () => {
    throw new Error("S3 is down");
  });
  await world.stream();
  expect(world.bucket.text(`plans/${digestOf(ALL)}.txt`)).toBeUndefined();
  await world.stream();
  expect(world.bucket.text(`plans/${digestOf(ALL)}.txt`)).toBe([...ALL].sort().join("\n"));
});

test("a flood of approvals costs no flood of reads", async () => {
  const world = await emptied({ keys: ["id", "ips"] });
  for (let index = 0; index < 100; index += 1) approve(world, { digest: index.toString(16).padStart(32, "0") });
  world.bucket.calls.reset();
  await world.stream();
  expect(world.bucket.calls.count("GetObject")).toBeLessThanOrEqual(20);
});

test("a plan that waits goes on waiting when new addresses make it a smaller share", async () => {
  const world = new World();
  world.put("old", ...hosts(60));
  await world.stream();
  world.remove("old");
  world.put("new", ...hosts(400, 1_000));
  await world.stream();
  expect(world.metric("RemovalsHeld").at(-1)).toBe(60);
  await world.newHandler()({ Records: [] }, world.context);
  expect(world.waf.addresses(V4)).toHaveLength(460);
  // Once it has ended, the same plan is judged anew.
  world.put("old", ...hosts(60));
  await world.stream();
  world.remove("old");
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(400);
});

test("a plan that waits ends when it is approved, whatever share it has become", async () => {
  const world = new World();
  world.put("old", ...hosts(60));
  await world.stream();
  world.remove("old");
  world.put("new", ...hosts(400, 1_000));
  await world.stream();
  approve(world, { digest: digestOf(hosts(60)) });
  await world.stream();
  expect(world.waf.addresses(V4)).toHaveLength(400);
});

test("old approvals, however many, do not crowd out a new one", async () => {
  const world = await emptied({ keys: ["id", "ips"] });
  const ended = world.clock.now() - HOUR;
  for (let index = 0; index < 60; index += 1) {
    approve(world, { digest: index.toString(16).padStart(32, "0"), expires: ended });
  }
  approve(world, { digest: digestOf(ALL) });
  await world.stream();
  expect(world.waf.addresses(V4)).toEqual([]);
});
