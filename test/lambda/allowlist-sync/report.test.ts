import { METRICS } from "../../../lambda/allowlist-sync/contract";
import { connectionReset } from "../../support/aws";
import { hosts, refused, V4, World, type Line } from "./world";

const PER_FAMILY: readonly string[] = [METRICS.addresses, METRICS.setFillPercent];
const ALL = Object.values(METRICS);

describe("metrics", () => {
  test("a pass with nothing to tell still emits every one, zeros included", async () => {
    const world = new World();
    await world.stream();
    world.lines.length = 0;
    await world.stream();
    for (const name of ALL) {
      const expected = name === METRICS.passSucceeded ? 1 : 0;
      if (PER_FAMILY.includes(name)) {
        expect([name, world.metric(name, "ipv4"), world.metric(name, "ipv6")]).toEqual([name, [expected], [expected]]);
      } else {
        expect([name, world.metric(name)]).toEqual([name, [expected]]);
      }
    }
  });

  test("they are in CloudWatch's embedded metric format: every name declared with its unit, dimensions at the root", async () => {
    const world = new World();
    world.put("billing", ...hosts(500), "2001:db8::/48");
    await world.stream();
    const documents = world.lines.map((line): Line => JSON.parse(line) as Line).filter((line) => "_aws" in line);
    expect(documents.map((document) => document._aws)).toEqual([
      {
        Timestamp: world.clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: "Ringfence/Allowlist",
            Dimensions: [["Environment"]],
            Metrics: expect.arrayContaining([
              { Name: "PassSucceeded", Unit: "Count" },
              { Name: "SyncLagSeconds", Unit: "Seconds" },
            ]) as unknown,
          },
        ],
      },
      ...[0, 1].map(() => ({
        Timestamp: world.clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: "Ringfence/Allowlist",
            Dimensions: [["Environment", "Family"]],
            Metrics: [
              { Name: "Addresses", Unit: "Count" },
              { Name: "SetFillPercent", Unit: "Percent" },
            ],
          },
        ],
      })),
    ]);
    for (const document of documents) expect(document).toMatchObject({ Environment: "test" });
    expect(documents.slice(1)).toMatchObject([
      { Family: "ipv4", Addresses: 500, SetFillPercent: 5 },
      { Family: "ipv6", Addresses: 1, SetFillPercent: 0.01 },
    ]);
  });

  test("the lag runs from the oldest change of the event, through retries, to the end", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    const changed = world.clock.now();
    await world.clock.sleep(3_000);
    world.put("shop", "203.0.113.20/32");
    await world.clock.sleep(2_000);
    await world.stream();
    const lag = (world.clock.now() - changed) / 1000;
    expect(lag).toBeGreaterThan(5);
    expect(world.metric("SyncLagSeconds")).toEqual([lag]);
    await world.schedule();
    expect(world.metric("SyncLagSeconds")).toEqual([lag, 0]);
  });

  test("a failed pass tells its lag, and nothing that it does not know", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    const changed = world.clock.now();
    await world.clock.sleep(7_000);
    world.table.calls.before("Scan", () => {
      throw refused();
    });
    await expect(world.stream()).rejects.toThrow();
    expect(world.metric("PassSucceeded").at(-1)).toBe(0);
    expect(world.metric("SyncLagSeconds")).toEqual([(world.clock.now() - changed) / 1000]);
    expect(world.metric("RejectedEntries")).toEqual([]);
    expect(world.metric("Addresses", "ipv4")).toEqual([]);
  });
});

test("drift that was found is told by a pass that fails later", async () => {
  const world = new World();
  world.put("billing", "203.0.113.10/32");
  await world.stream();
  world.waf.overwrite(V4, ["198.18.0.1/32"]);
  world.waf.calls.before("UpdateIPSet", () => {
    throw refused();
  });
  await expect(world.audit()).rejects.toThrow();
  expect(world.metric("Drift")).toEqual([0, 1]);
});

test("long ids of changed and rejected clusters are shortened", async () => {
  const world = new World();
  world.put("y".repeat(500), "203.0.113.10/32", "nonsense");
  await world.stream();
  expect(world.records("set-changed")[0]?.clusters).toEqual([`${"y".repeat(64)}…`]);
  expect(world.records("entry-rejected")[0]?.cluster).toBe(`${"y".repeat(64)}…`);
});

describe("records", () => {
  test("one for each change of a set: cause, clusters, counts, addresses, digests that chain", async () => {
    const world = new World();
    world.put("shop", ...hosts(15));
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    world.put("billing", "203.0.113.11/32");
    await world.stream();
    const [first, second, ...more] = world.records("set-changed").filter(({ set }) => set === V4);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      level: "info",
      cause: "stream",
      clusters: ["billing", "shop"],
      clusterCount: 2,
      added: 16,
      removed: 0,
      firstRemoved: [],
    });
    expect(first?.firstAdded).toHaveLength(10);
    expect(second).toMatchObject({
      clusters: ["billing"],
      added: 1,
      firstAdded: ["203.0.113.11/32"],
      removed: 1,
      firstRemoved: ["203.0.113.10/32"],
    });
    expect(second?.digestBefore).toBe(first?.digestAfter);
    expect(second?.digestAfter).not.toBe(second?.digestBefore);
    expect(world.waf.description(V4)).toContain(second?.digestAfter);
  });

  test("every line is one JSON object with its time, also when it fails, and no stack or request", async () => {
    const world = new World();
    world.put("billing", "nonsense\nwith a line break");
    world.waf.calls.before("ListIPSets", () => {
      throw Object.assign(refused(), {
        $response: { headers: { authorization: "AWS4-HMAC secret-of-the-request" } },
      });
    });
    await expect(world.stream()).rejects.toThrow();
    await world.stream();
    for (const line of world.lines) {
      expect(line).not.toMatch(/\n|secret-of-the-request|\.ts:\d|node_modules/);
      const parsed = JSON.parse(line) as Line;
      if (!("_aws" in parsed)) expect(parsed.time).toMatch(/^2026-01-01T00:00:0\d\.\d{3}Z$/);
    }
    expect(world.records("pass-failed")).toHaveLength(1);
    expect(world.records("entry-rejected")).toHaveLength(1);
  });

  test("odd records in an event do not stop the pass", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    await world.stream({ Records: [{}, { dynamodb: {} }, { dynamodb: { Keys: { other: { N: "1" } } } }] });
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.metric("SyncLagSeconds")).toEqual([0]);
  });
});

describe("a pass that fails", () => {
  test("still records what it found: refusals and rejections are not only for those that end well", async () => {
    const world = new World();
    world.put("big", ...hosts(10_001), "nonsense");
    world.put("billing", "203.0.113.10/32");
    world.waf.calls.before("UpdateIPSet", () => {
      throw refused();
    });
    await expect(world.stream()).rejects.toThrow("not authorized");
    expect(world.records("addresses-refused")).toEqual([expect.objectContaining({ cluster: "big" })]);
    expect(world.records("entry-rejected")).toHaveLength(1);
  });

  test("because of one set lets the others gain, and removes nothing", async () => {
    const world = new World({ slots: { ipv4: 2 }, maxPerSet: 5 });
    world.put("a", ...hosts(5));
    await world.stream();
    world.put("b", ...hosts(5, 10));
    await world.stream();
    world.put("a", ...hosts(4));
    world.remove("b");
    world.put("c", "2001:db8::/48");
    world.put("d", ...hosts(2, 20));
    // Two sets gain; the first that is asked refuses for good.
    world.waf.calls.before("UpdateIPSet", () => {
      throw refused();
    });
    const before = world.admitted("ipv4");
    await expect(world.stream()).rejects.toThrow("not authorized");
    const after = [...world.admitted("ipv4"), ...world.admitted("ipv6")];
    for (const address of before) expect(after).toContain(address);
    expect(world.takeCalls().updates).toBeGreaterThan(1);
    await world.stream();
    expect(world.admitted("ipv4")).toEqual([...hosts(4), ...hosts(2, 20)].sort());
  });
});

test("a change whose answer was lost is recorded like any other", async () => {
  const world = new World();
  world.put("billing", "203.0.113.10/32");
  world.waf.calls.after("UpdateIPSet", () => {
    throw connectionReset();
  });
  await world.stream();
  expect(world.records("set-changed")).toEqual([
    expect.objectContaining({ set: V4, added: 1, firstAdded: ["203.0.113.10/32"], clusters: ["billing"] }),
  ]);
  expect(world.metric("SetsChanged")).toEqual([1]);
});

test.each([null, undefined, 5, "text", [], { Records: [null, 5] }, { Records: "x" }])(
  "the event %p is a reason for a pass like any other",
  async (event) => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    await world.handler(event as Parameters<typeof world.handler>[0], world.context);
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
  },
);
