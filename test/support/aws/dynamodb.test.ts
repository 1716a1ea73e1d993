import { ResourceNotFoundException, ScanCommand } from "@aws-sdk/client-dynamodb";
import { FakeTable, VirtualClock, type FakeItem } from ".";

describe("FakeTable", () => {
  const TableName = "t";
  const all = { ConsistentRead: true, TableName };

  async function scan(
    table: FakeTable,
    between: () => void = () => undefined,
  ): Promise<readonly (string | undefined)[]> {
    const ids: (string | undefined)[] = [];
    let ExclusiveStartKey: Parameters<FakeTable["send"]>[0]["input"]["ExclusiveStartKey"];
    do {
      const page = await table.send(new ScanCommand({ ...all, ExclusiveStartKey }));
      ids.push(...(page.Items ?? []).map(({ id }) => id?.S));
      ExclusiveStartKey = page.LastEvaluatedKey;
      between();
    } while (ExclusiveStartKey !== undefined);
    return ids;
  }

  function withItems(count: number): FakeTable {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock() });
    for (let n = 0; n < count; n += 1) table.put({ id: { S: `id-${n}` }, ips: { SS: [] } });
    return table;
  }

  test.each([0, 1, 2, 3, 4, 7])(
    "a scan of %d items in pages of two meets each once, in the order of a hash",
    async (count) => {
      const ids = await scan(withItems(count));
      expect([...ids].sort()).toEqual(Array.from({ length: count }, (_, n) => `id-${n}`));
      if (count === 7) expect(ids).not.toEqual([...ids].sort());
    },
  );

  test("a full last page still names a key, as DynamoDB does", async () => {
    const table = withItems(2);
    const { LastEvaluatedKey } = await table.send(new ScanCommand(all));
    expect(LastEvaluatedKey).toBeDefined();
    const next = await table.send(new ScanCommand({ ...all, ExclusiveStartKey: LastEvaluatedKey }));
    expect(next).toMatchObject({ Items: [], LastEvaluatedKey: undefined });
  });

  test("a scan is no snapshot: it goes on behind its last key, also when that item is gone", async () => {
    const table = withItems(6);
    const order = await scan(table);
    let cleared = false;
    const seen = await scan(table, () => {
      if (!cleared) table.clear();
      cleared = true;
    });
    expect(seen).toEqual(order.slice(0, 2));
  });

  test("an eventually consistent scan misses the latest write", async () => {
    const table = withItems(1);
    expect((await table.send(new ScanCommand({ TableName }))).Items).toEqual([]);
    expect((await table.send(new ScanCommand(all))).Items).toHaveLength(1);
  });

  test("the stream tells each real change once, with its keys and its time in seconds", () => {
    const clock = new VirtualClock(5_000);
    const table = new FakeTable({ name: TableName, clock, keys: ["id", "ips"] });
    const item = { id: { S: "a" }, ips: { S: "[]" } };
    const changed = { ...item, note: { S: "x" } };
    for (const put of [item, item, changed, changed]) table.put(put);
    table.delete(item);
    table.delete(item);
    const { Records } = table.takeEvent();
    expect(Records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    expect(Records[0]?.dynamodb).toEqual({ Keys: item, ApproximateCreationDateTime: 5 });
    expect(table.takeEvent().Records).toEqual([]);
  });

  test("a table of another name is not found", async () => {
    await expect(withItems(0).send(new ScanCommand({ TableName: "u" }))).rejects.toThrow(ResourceNotFoundException);
  });

  test("an eventually consistent scan still meets what the latest write deleted or replaced", async () => {
    const table = withItems(3);
    const eventual = async (): Promise<unknown> => (await table.send(new ScanCommand({ TableName }))).Items;
    const before = (await table.send(new ScanCommand(all))).Items;
    const first = table.items()[0] ?? {};
    table.delete(first);
    expect(await eventual()).toEqual(before);
    expect((await table.send(new ScanCommand(all))).Items).not.toEqual(before);
    // The latest write is another one now.
    table.put({ id: { S: "other" } });
    expect(await eventual()).not.toContainEqual(first);
  });

  test("a projection names as many attributes as it likes, numbers too, and misses none in silence", async () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock() });
    table.put({ id: { S: "a" }, expires: { N: "17" }, by: { S: "me" }, other: { NULL: true } });
    const ExpressionAttributeNames = { "#i": "id", "#e": "expires", "#b": "by" };
    const scanFor = (ProjectionExpression: string): ScanCommand =>
      new ScanCommand({ ...all, ProjectionExpression, ExpressionAttributeNames });
    const { Items } = await table.send(scanFor("#i, #e,#b"));
    expect(Items).toEqual([{ id: { S: "a" }, expires: { N: "17" }, by: { S: "me" } }]);
    await expect(table.send(scanFor("#i, #e, #b, #x"))).rejects.toMatchObject({ name: "ValidationException" });
    await expect(table.send(scanFor("#i"))).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("what the fake cannot do in a scan is no silent success", async () => {
    await expect(withItems(1).send(new ScanCommand({ ...all, FilterExpression: "#a = :b" }))).rejects.toThrow(
      "the fake knows no FilterExpression",
    );
  });

  test.each([
    ["no sort key", { id: { S: "a" } }],
    ["an empty key", { id: { S: "" }, ips: { S: "x" } }],
    ["a key of another type", { id: { N: "1" }, ips: { S: "x" } }],
    ["a partition key of 2,049 bytes", { id: { S: "x".repeat(2049) }, ips: { S: "x" } }],
    ["a sort key of 1,025 bytes", { id: { S: "a" }, ips: { S: `${"é".repeat(512)}x` } }],
    ["more than 400 KB", { id: { S: "a" }, ips: { S: "x" }, rest: { S: "x".repeat(400 * 1024) } }],
  ] satisfies readonly [string, FakeItem][])("an item with %s is refused and can be planted", (_, item) => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock(), keys: ["id", "ips"] });
    expect(() => {
      table.put(item);
    }).toThrow(/^(key|the item) /);
    expect(table.items()).toEqual([]);
    table.plant(item);
    expect(table.items()).toEqual([item]);
    expect(table.takeEvent().Records).toEqual([]);
  });

  test("the longest keys and the largest item are taken", () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock(), keys: ["id", "ips"] });
    const item = { id: { S: "x".repeat(2048) }, ips: { S: "é".repeat(512) } };
    table.put({ ...item, rest: { S: "x".repeat(400 * 1024 - 2 - 2048 - 3 - 1024 - 4) } });
    expect(table.items()).toHaveLength(1);
  });

  test("what it holds can be changed neither through what it was given nor through what it returns", async () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock() });
    const SS = ["192.0.2.1/32"];
    table.put({ id: { S: "a" }, ips: { SS }, list: { L: [{ SS }] } });
    SS.push("192.0.2.2/32");
    const expected = [{ id: { S: "a" }, ips: { SS: ["192.0.2.1/32"] }, list: { L: [{ SS: ["192.0.2.1/32"] }] } }];
    const first = await table.send(new ScanCommand(all));
    expect(first.Items).toEqual(expected);
    first.Items?.[0]?.ips?.SS?.push("192.0.2.3/32");
    expect((await table.send(new ScanCommand(all))).Items).toEqual(expected);
  });

  test("neither attributes nor the elements of a set have an order that the stream could tell", () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock() });
    table.put({ id: { S: "a" }, ips: { SS: ["x", "y"] } });
    table.put({ ips: { SS: ["y", "x"] }, id: { S: "a" } });
    table.put({ id: { S: "a" }, ips: { L: [{ S: "x" }, { S: "y" }] } });
    table.put({ id: { S: "a" }, ips: { L: [{ S: "y" }, { S: "x" }] } });
    expect(table.takeEvent().Records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "MODIFY"]);
  });

  describe("pages of 1 MB", () => {
    /** Items of exactly 4 KB: two bytes of name and four of id, four of name, the rest text. */
    function withKilobytes(count: number): FakeTable {
      const table = new FakeTable({ name: TableName, clock: new VirtualClock(), pageSize: Infinity });
      for (let n = 0; n < count; n += 1) {
        table.put({ id: { S: String(1000 + n) }, text: { S: "x".repeat(4096 - 2 - 4 - 4) } });
      }
      return table;
    }

    test("a page ends with the item that fills it, whatever the projection returns of it", async () => {
      const table = withKilobytes(300);
      const projection = { ProjectionExpression: "#id", ExpressionAttributeNames: { "#id": "id" } };
      const first = await table.send(new ScanCommand({ ...all, ...projection }));
      expect(first.Count).toBe(256);
      expect(first.Items?.[0]).toEqual({ id: { S: expect.any(String) as string } });
      const second = await table.send(new ScanCommand({ ...all, ExclusiveStartKey: first.LastEvaluatedKey }));
      expect(second).toMatchObject({ Count: 44, LastEvaluatedKey: undefined });
    });

    test("an item that crosses the border is still read", async () => {
      const table = new FakeTable({ name: TableName, clock: new VirtualClock(), pageSize: Infinity });
      for (const id of ["a", "b", "c", "d"]) table.put({ id: { S: id }, text: { S: "x".repeat(399 * 1024) } });
      expect((await table.send(new ScanCommand(all))).Count).toBe(3);
    });

    test("a caller's own limit makes shorter pages", async () => {
      expect((await withKilobytes(9).send(new ScanCommand({ ...all, Limit: 4 }))).Count).toBe(4);
    });

    test("a page costs a unit for every 4 KB begun, half of it if it need not be consistent", async () => {
      const table = withKilobytes(300);
      table.put({ id: { S: "one" } });
      await table.send(new ScanCommand({ ...all, Limit: 10 }));
      // Also when the small item is among them: what it begins is a unit like any other.
      expect(table.readUnits).toBe(10);
      table.calls.reset();
      expect(table.readUnits).toBe(0);
      for (const scanned of [await scan(table), await scan(table)]) expect(scanned).toHaveLength(301);
      // 300 full units and one begun, in two pages.
      expect(table.readUnits).toBe(2 * 301);
      table.calls.reset();
      await table.send(new ScanCommand({ TableName }));
      expect(table.readUnits).toBe(128);
    });

    test("even an empty page costs one", async () => {
      const table = withKilobytes(0);
      await table.send(new ScanCommand(all));
      expect(table.readUnits).toBe(1);
    });
  });

  test("fifty thousand items are written, changed, scanned and deleted well within a test's time", async () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock(), pageSize: Infinity });
    const put = (n: number, text: string): void => {
      table.put({ id: { S: `cluster-${n}` }, ips: { S: text } });
    };
    for (let n = 0; n < 50_000; n += 1) put(n, "first");
    for (let n = 0; n < 50_000; n += 2) put(n, "second");
    for (let n = 1; n < 50_000; n += 2) table.delete({ id: { S: `cluster-${n}` } });
    expect(await scan(table)).toHaveLength(25_000);
    expect(table.takeEvent().Records).toHaveLength(100_000);
  });

  test("a small page of a large table costs next to nothing", async () => {
    const table = new FakeTable({ name: TableName, clock: new VirtualClock() });
    for (let n = 0; n < 20_000; n += 1) table.put({ id: { S: `cluster-${n}` } });
    expect(new Set(await scan(table)).size).toBe(20_000);
  });
});
