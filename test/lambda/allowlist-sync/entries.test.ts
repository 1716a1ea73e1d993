import { hosts, V4, V6, World } from "./world";

describe("the three encodings of ips", () => {
  const cidrs = ["203.0.113.10/32", "2001:db8:1::/64"];

  test.each([
    ["a String Set", { SS: cidrs }],
    ["a List of strings", { L: cidrs.map((cidr) => ({ S: cidr })) }],
    ["a String with a JSON array", { S: JSON.stringify(cidrs) }],
    ["a JSON array with other white space", { S: `[\n  "${cidrs.join('" ,"')}"\n]` }],
  ])("%s", async (_, ips) => {
    const world = new World();
    world.table.put({ id: { S: "billing" }, ips });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.waf.addresses(V6)).toEqual(["2001:db8:1::/64"]);
    expect(world.metric("RejectedEntries")).toEqual([0]);
  });

  test.each([
    ["an empty List", { L: [] }],
    ["an empty JSON array", { S: "[]" }],
  ])("%s is a cluster without addresses, not a fault", async (_, ips) => {
    const world = new World();
    world.table.put({ id: { S: "billing" }, ips });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([]);
    expect(world.metric("RejectedEntries")).toEqual([0]);
  });
});

describe("bad entries", () => {
  test("two halves of the internet are refused like the whole", async () => {
    const world = new World();
    world.put("everybody", "0.0.0.0/1", "128.0.0.0/1", "::/1", "203.0.113.1/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.1/32"]);
    expect(world.waf.addresses(V6)).toEqual([]);
    expect(world.metric("RejectedEntries")).toEqual([3]);
  });

  test("an impossible address is named in log and metric, and blocks nobody else", async () => {
    const world = new World();
    world.put("an-article", "203.0.113.1/32", "54.123.456.78/32", "203.0.113.2/32");
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.1/32", "203.0.113.10/32", "203.0.113.2/32"]);
    expect(world.records("entry-rejected")).toEqual([
      expect.objectContaining({ level: "warn", cluster: "an-article", entry: "54.123.456.78/32" }),
    ]);
    expect(world.records("entry-rejected")[0]?.reason).toMatch(/\w+ \w+/);
    expect(world.metric("RejectedEntries")).toEqual([1]);
    expect(world.metric("PassSucceeded")).toEqual([1]);
  });

  test.each([
    "0.0.0.0/0",
    "::/0",
    "203.0.113.10",
    "203.0.113.10/24",
    "203.0.113.010/32",
    "203.0.113.10/33",
    " 203.0.113.10/32",
    "::ffff:203.0.113.10/128",
    "203.0.113.10/32,203.0.113.11/32",
    "",
  ])("%p is refused, never repaired or widened", async (entry) => {
    const world = new World();
    world.table.put({ id: { S: "billing" }, ips: { S: JSON.stringify([entry, "198.51.100.1/32"]) } });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["198.51.100.1/32"]);
    expect(world.waf.addresses(V6)).toEqual([]);
    expect(world.metric("RejectedEntries")).toEqual([1]);
  });

  test.each([
    ["a number in a List", { L: [{ N: "1" }, { S: "198.51.100.1/32" }] }],
    ["a number in a JSON array", { S: `[1, "198.51.100.1/32"]` }],
    ["nothing in a JSON array", { S: `[null, "198.51.100.1/32"]` }],
    ["an array in a JSON array", { S: `[["203.0.113.10/32"], "198.51.100.1/32"]` }],
  ])("%s costs that entry alone", async (_, ips) => {
    const world = new World();
    world.table.put({ id: { S: "billing" }, ips });
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["198.51.100.1/32"]);
    expect(world.records("entry-rejected")).toEqual([
      expect.objectContaining({ cluster: "billing", reason: "the entry is not a string" }),
    ]);
  });

  test.each([
    ["no id", { ips: { SS: ["203.0.113.10/32"] } }, undefined],
    ["an id that is a number", { id: { N: "7" }, ips: { SS: ["203.0.113.10/32"] } }, undefined],
    ["no ips", { id: { S: "broken" } }, "broken"],
    ["ips that is a number", { id: { S: "broken" }, ips: { N: "7" } }, "broken"],
    ["ips that is null", { id: { S: "broken" }, ips: { NULL: true } }, "broken"],
    ["ips that is no JSON", { id: { S: "broken" }, ips: { S: "203.0.113.10/32" } }, "broken"],
    ["ips that is cut JSON", { id: { S: "broken" }, ips: { S: `["203.0.113.10/32"` } }, "broken"],
    ["ips that is a JSON string", { id: { S: "broken" }, ips: { S: `"203.0.113.10/32"` } }, "broken"],
    ["ips that is a JSON object", { id: { S: "broken" }, ips: { S: `{"0":"203.0.113.10/32"}` } }, "broken"],
  ] as const)("an item with %s is reported and blocks nothing", async (_, item, cluster) => {
    const world = new World();
    // Enough of them that some lie before the bad item in the order of the hashes, and some behind it.
    for (const [index, address] of hosts(30).entries()) world.put(`cluster-${index}`, address);
    world.table.plant(item);
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual([...hosts(30)].sort());
    const [rejection, ...more] = world.records("entry-rejected");
    expect(more).toEqual([]);
    expect(rejection?.cluster).toBe(cluster);
    expect(rejection).not.toHaveProperty("entry");
    expect(world.metric("RejectedEntries")).toEqual([1]);
  });

  test("one bad writer does not fill the log, but every bad entry is counted", async () => {
    const world = new World();
    world.put("noisy", ...Array.from({ length: 250 }, (_, index) => `nonsense-${index}`));
    world.put("long", "x".repeat(5_000));
    await world.stream();
    expect(world.metric("RejectedEntries")).toEqual([251]);
    expect(world.records("entry-rejected")).toHaveLength(100);
    expect(world.records("entries-rejected")).toEqual([expect.objectContaining({ count: 251, shown: 100 })]);
    for (const line of world.lines) expect(line.length).toBeLessThan(1_500);
  });
});

describe("entries made to break the function", () => {
  test("lists nested deeper than any stack cost their item only", async () => {
    const world = new World();
    world.table.put({ id: { S: "deep" }, ips: { S: `${"[".repeat(50_000)}${"]".repeat(50_000)}` } });
    world.put("billing", "203.0.113.10/32");
    await world.stream();
    expect(world.waf.addresses(V4)).toEqual(["203.0.113.10/32"]);
    expect(world.metric("RejectedEntries")).toEqual([1]);
    expect(world.records("entry-rejected")).toEqual([expect.objectContaining({ cluster: "deep", entry: "a list" })]);
  });

  test.each([
    ["[1]", "a number"],
    ["[null]", "null"],
    ['[{"a":"b"}]', "a object"],
  ])("%s is named by its kind, not repeated", async (ips, kind) => {
    const world = new World();
    world.table.put({ id: { S: "odd" }, ips: { S: ips } });
    await world.stream();
    expect(world.records("entry-rejected")).toEqual([expect.objectContaining({ entry: kind })]);
  });

  test("of a hundred thousand bad entries a hundred are told and all are counted", async () => {
    const world = new World();
    world.table.put({ id: { S: "flood" }, ips: { S: `[${Array<number>(100_000).fill(1).join()}]` } });
    await world.stream();
    expect(world.records("entry-rejected")).toHaveLength(100);
    expect(world.records("entries-rejected")).toEqual([expect.objectContaining({ count: 100_000, shown: 100 })]);
    expect(world.metric("RejectedEntries")).toEqual([100_000]);
  });
});
