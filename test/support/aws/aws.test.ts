import { ResourceNotFoundException, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  WAFDuplicateItemException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFOptimisticLockException,
} from "@aws-sdk/client-wafv2";
import { expandIpv6, FakeTable, FakeWaf, VirtualClock } from ".";

const Scope = "REGIONAL";

describe("FakeWaf", () => {
  async function oneSet(): Promise<{ waf: FakeWaf; set: { Id: string; Name: string; LockToken: string } }> {
    const waf = new FakeWaf();
    waf.createSet("a", "IPV4", ["192.0.2.1/32"], "first text");
    const { IPSets: [listed] = [] } = await waf.send(new ListIPSetsCommand({ Scope }));
    return { waf, set: { Name: "a", Id: listed?.Id ?? "", LockToken: listed?.LockToken ?? "" } };
  }
  const update = (set: object, Addresses: string[], Description?: string): UpdateIPSetCommand =>
    new UpdateIPSetCommand({ Scope, Name: "", Id: "", LockToken: "", ...set, Addresses, Description });

  test("an update replaces addresses, description and token; the old token is good no more", async () => {
    const { waf, set } = await oneSet();
    const { NextLockToken } = await waf.send(update(set, ["192.0.2.2/32", "192.0.2.2/32"], "second text"));
    expect(await waf.send(new GetIPSetCommand({ Scope, Name: set.Name, Id: set.Id }))).toMatchObject({
      LockToken: NextLockToken,
      IPSet: { Addresses: ["192.0.2.2/32"], Description: "second text" },
    });
    await expect(waf.send(update(set, []))).rejects.toThrow(WAFOptimisticLockException);
    await waf.send(update({ ...set, LockToken: NextLockToken }, []));
    expect(waf.description("a")).toBeUndefined();
  });

  test("an edit by another hand makes the token stale too", async () => {
    const { waf, set } = await oneSet();
    waf.overwrite("a", ["192.0.2.3/32"]);
    await expect(waf.send(update(set, []))).rejects.toThrow(WAFOptimisticLockException);
    expect(waf.addresses("a")).toEqual(["192.0.2.3/32"]);
  });

  test.each([["192.0.2.1"], ["0.0.0.0/0"], ["192.0.2.1/33"], ["300.1.1.1/32"], ["2001:db8::/32"], [""], ["x/32"]])(
    "%p is no address for an IPv4 set",
    async (address) => {
      const { waf, set } = await oneSet();
      await expect(waf.send(update(set, [address]))).rejects.toThrow(WAFInvalidParameterException);
    },
  );

  test.each([[""], ["ab"], [" leading"], ["exclaims!"], ["x".repeat(257)]])("%p is no description", async (text) => {
    const { waf, set } = await oneSet();
    await expect(waf.send(update(set, [], text))).rejects.toThrow(WAFInvalidParameterException);
  });

  test("a set takes 10,000 addresses and not one more", async () => {
    const { waf, set } = await oneSet();
    const addresses = Array.from({ length: 10_001 }, (_, n) => `10.0.${n >> 8}.${n & 255}/32`);
    await expect(waf.send(update(set, addresses))).rejects.toThrow(WAFLimitsExceededException);
    await waf.send(update(set, addresses.slice(1)));
    expect(waf.addresses("a")).toHaveLength(10_000);
  });

  test("a list comes in pages, and every set once", async () => {
    const waf = new FakeWaf();
    for (const name of ["e", "d", "c", "b", "a"]) waf.createSet(name, "IPV6");
    const pages: (readonly (string | undefined)[])[] = [];
    let NextMarker: string | undefined;
    do {
      const page = await waf.send(new ListIPSetsCommand({ Scope, Limit: 2, NextMarker }));
      pages.push((page.IPSets ?? []).map(({ Name }) => Name));
      NextMarker = page.NextMarker;
    } while (NextMarker !== undefined);
    expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    await expect(waf.send(new ListIPSetsCommand({ Scope, Limit: 101 }))).rejects.toThrow("Limit");
  });

  test("two sets cannot share a name", async () => {
    const { waf } = await oneSet();
    expect(() => {
      waf.createSet("a", "IPV4");
    }).toThrow(WAFDuplicateItemException);
  });

  test("hooks run once, around the effect, in their turn", async () => {
    const { waf, set } = await oneSet();
    const seen: string[] = [];
    const get = (): Promise<unknown> => waf.send(new GetIPSetCommand({ Scope, ...set }));
    waf.calls.before("UpdateIPSet", () => void seen.push(`before: ${waf.addresses("a").length}`));
    waf.calls.after("UpdateIPSet", () => void seen.push(`after: ${waf.addresses("a").length}`));
    waf.calls.before("GetIPSet", () => void seen.push("second get"), 1);
    await waf.send(update(set, []));
    await get();
    expect(seen).toEqual(["before: 1", "after: 0"]);
    await get();
    await get();
    expect(seen).toEqual(["before: 1", "after: 0", "second get"]);
    expect(waf.calls.count("GetIPSet")).toBe(3);
  });
});

test.each([
  ["2001:db8::/32", "2001:0db8:0000:0000:0000:0000:0000:0000/32"],
  ["::1/128", "0000:0000:0000:0000:0000:0000:0000:0001/128"],
  ["2001:db8:1:2:3:4:5:6/128", "2001:0db8:0001:0002:0003:0004:0005:0006/128"],
  ["192.0.2.1/32", "192.0.2.1/32"],
])("expandIpv6 spells %s out", (short, long) => {
  expect(expandIpv6(short)).toBe(long);
});

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
});
