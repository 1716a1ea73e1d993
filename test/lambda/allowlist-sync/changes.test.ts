import { expandIpv6 } from "../../support/aws";
import { hosts, V4, V6, World } from "./world";

describe("what the table says becomes what the sets hold", () => {
  test("a new cluster's addresses come in, each in the set of its family", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32", "2001:db8:1::/64");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64"]);
  });

  test("a changed cluster loses what it no longer names and gains the new", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32", "203.0.113.11/32");
    await world.stream();
    world.put("billing", "203.0.113.11/32", "203.0.113.12/32", "2001:db8::/48");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.11/32", "203.0.113.12/32"]);
    expect(world.waf.addresses(V6)).toEqual(["2001:db8::/48"]);
  });

  test("a removed cluster's addresses go, the others stay", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32", "2001:db8:1::/64");
    world.put("shop", "203.0.113.20/32", "2001:db8:2::/64");
    await world.stream();
    world.remove("billing");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.20/32"]);
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:2::/64"]);
  });

  test("an address stays while any cluster names it", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    world.put("shop", "203.0.113.10/32");
    await world.stream();
    world.remove("billing");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    world.remove("shop");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
  });

  test("every record of a batch counts, not only the first", async () => {
    const world = new World();
    for (const [index, address] of hosts(7).entries()) world.put(`cluster-${index}`, address);
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([...hosts(7)].sort());
  });

  test("one id may have several items under the composite key; they add up", async () => {
    const world = new World({ keys: ["id", "ips"] });
    world.table.put({ id: { S: "billing" }, ips: { S: `["203.0.113.10/32"]` } });
    world.table.put({ id: { S: "billing" }, ips: { S: `["203.0.113.11/32", "203.0.113.10/32"]` } });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
    world.table.delete({ id: { S: "billing" }, ips: { S: `["203.0.113.10/32"]` } });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32", "203.0.113.11/32"]);
  });

  test("items under the reserved prefix are no clusters", async () => {
    const world = new World();
    world.put("ringfence:approval", "203.0.113.66/32");
    world.put("ringfence:aproval", "203.0.113.67/32");
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    // A mistyped approval, for one, should not go by in silence.
    const rejection = { cluster: "ringfence:aproval", reason: expect.stringContaining("reserved") as unknown };
    expect(world.records("entry-rejected")).toEqual([expect.objectContaining(rejection)]);
  });

  test("sets of others are never written, whatever they are called", async () => {
    const world = new World();
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    await world.schedule();
    for (const name of ["another-1", "test-access-operators", "test-clusters-blue", "zz-1"]) {
      expect(world.waf.addresses(name)).toEqual(["192.0.2.1/32"]);
    }
  });

  test("overlapping and adjacent ranges are kept as they are, never merged", async () => {
    const world = new World();
    const ranges = ["198.51.100.0/25", "198.51.100.128/25", "198.51.100.7/32"];
    world.put("billing", ...ranges);
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([...ranges].sort());
  });
});

describe("what a pass costs", () => {
  // Seven sets in pages of three, and two items in pages of two with an empty last page.
  const oneList = 3;
  const oneScan = 2;

  async function settled(): Promise<World> {
    const world = new World();
    world.put("billing", "203.0.113.10/32", "2001:db8:1::/64");
    world.put("shop", "203.0.113.20/32");
    await world.stream();
    world.takeCalls();
    return world;
  }

  test("nothing changed: one list and one scan, no read and no write", async () => {
    const world = await settled();
    await world.stream();
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: oneScan, gets: 0, updates: 0 });
  });

  test("an event without records is a pass like any other", async () => {
    const world = await settled();
    world.put("shop", "203.0.113.21/32", "203.0.113.20/32");
    await world.stream({ Records: [] });
    expect(world.waf.addresses(V4)).toContain("203.0.113.21/32");
    await world.stream({ Records: [] });
    expect(world.metric("PassSucceeded")).toEqual([1, 1, 1]);
  });

  test("one family changed: one write of that family's set, and a last look at the table", async () => {
    const world = await settled();
    world.put("shop", "203.0.113.20/32", "203.0.113.21/32");
    await world.stream();
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: 2 * oneScan, gets: 0, updates: 1 });
  });

  test("a removal costs another scan before it", async () => {
    const world = await settled();
    world.put("shop", "203.0.113.21/32");
    await world.stream();
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: 3 * oneScan, gets: 0, updates: 1 });
  });

  test("a schedule costs no more", async () => {
    const world = await settled();
    await world.schedule();
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: oneScan, gets: 0, updates: 0 });
  });

  test("nor does a cold start, since the bucket knows what the sets hold", async () => {
    const world = await settled();
    await world.newHandler()({ Records: [] }, world.context);
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: oneScan, gets: 0, updates: 0 });
  });

  test("an audit reads both sets and writes neither when all is well", async () => {
    const world = await settled();
    await world.audit();
    expect(world.takeCalls()).toEqual({ lists: oneList, scans: oneScan, gets: 2, updates: 0 });
  });

  test("new sets are known to be empty: no read, and no write until there is something to hold", async () => {
    const world = new World();
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 0 });
  });

  test("empty sets that somebody else described get their description once, and cost no read from then on", async () => {
    const world = new World({ contents: { ipv4: [], ipv6: [] } });
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 2, updates: 2 });
    expect(world.metric("Drift")).toEqual([0]);
    await world.stream();
    expect(world.takeCalls()).toMatchObject({ gets: 0, updates: 0 });
  });

  test("IPv6 that WAF spells out with all its digits is the same address", async () => {
    expect(expandIpv6("2001:db8:1::/64")).toBe("2001:0db8:0001:0000:0000:0000:0000:0000/64");
    const world = new World({ spell: expandIpv6 });
    world.put("billing", "2001:db8:1::/64", "2001:DB8:0:0::1/128");
    await world.stream();
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64", "2001:db8::1/128"]);
    world.takeCalls();
    await world.audit();
    expect(world.takeCalls()).toMatchObject({ gets: 2, updates: 0 });
    expect(world.metric("Drift")).toEqual([0, 0]);
    world.put("shop", "2001:db8:2::/64");
    await world.stream();
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64", "2001:db8:2::/64", "2001:db8::1/128"]);
    expect(world.records("set-changed").at(-1)).toMatchObject({ set: V6, added: 1, removed: 0 });
  });
});
