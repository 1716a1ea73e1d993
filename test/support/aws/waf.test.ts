import {
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  WAFDuplicateItemException,
  WAFInvalidParameterException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
} from "@aws-sdk/client-wafv2";
import { connectionReset, FakeWaf, type SetChange } from ".";

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

  test.each([
    ["192.0.2.1"],
    ["0.0.0.0/0"],
    ["192.0.2.1/33"],
    ["300.1.1.1/32"],
    ["2001:db8::/32"],
    [""],
    ["x/32"],
    ["192.0.2.1/32/32"],
  ])("%p is no address for an IPv4 set", async (address) => {
    const { waf, set } = await oneSet();
    await expect(waf.send(update(set, [address]))).rejects.toThrow(WAFInvalidParameterException);
  });

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

  test("a hook for the next calls runs before each of them, with its number, and no longer", async () => {
    const { waf, set } = await oneSet();
    const seen: number[] = [];
    waf.calls.beforeNext("GetIPSet", 2, (call) => void seen.push(call));
    for (let get = 0; get < 3; get += 1) await waf.send(new GetIPSetCommand({ Scope, ...set }));
    expect(seen).toEqual([0, 1]);
  });

  test("counts are forgotten without the hooks, and hooks without the counts", async () => {
    const { waf, set } = await oneSet();
    const get = (): Promise<unknown> => waf.send(new GetIPSetCommand({ Scope, ...set }));
    const fail = (): never => {
      throw connectionReset();
    };
    waf.calls.before("GetIPSet", fail);
    waf.calls.after("GetIPSet", fail);
    waf.calls.reset();
    expect(waf.calls.count("ListIPSets")).toBe(0);
    await expect(get()).rejects.toThrow("socket hang up");
    waf.calls.forgetHooks();
    await get();
    expect(waf.calls.count("GetIPSet")).toBe(2);
  });

  test("another hand keeps the description unless it gives one", async () => {
    const { waf } = await oneSet();
    waf.overwrite("a", []);
    expect(waf.description("a")).toBe("first text");
    waf.overwrite("a", [], "second text");
    expect(waf.description("a")).toBe("second text");
  });

  test("a write of another scope, another name's id or no set is refused", async () => {
    const { waf, set } = await oneSet();
    waf.createSet("b", "IPV4");
    await expect(waf.send(update({ ...set, Scope: "CLOUDFRONT" }, []))).rejects.toThrow(WAFInvalidParameterException);
    for (const wrong of [{ Name: "b" }, { Id: "unknown" }]) {
      await expect(waf.send(update({ ...set, ...wrong }, []))).rejects.toThrow(WAFNonexistentItemException);
      const get = new GetIPSetCommand({ Scope, ...set, ...wrong });
      await expect(waf.send(get)).rejects.toThrow(WAFNonexistentItemException);
    }
    expect(waf.addresses("a")).toEqual(["192.0.2.1/32"]);
  });

  test("a smaller cap can be asked for; repeated addresses count once", () => {
    const waf = new FakeWaf({ maxAddresses: 2 });
    waf.createSet("a", "IPV4", ["192.0.2.1/32", "192.0.2.1/32", "192.0.2.2/32"]);
    expect(() => {
      waf.overwrite("a", ["192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"]);
    }).toThrow(WAFLimitsExceededException);
    expect(waf.addresses("a")).toHaveLength(2);
  });

  test("what it holds can be changed neither through what it was given nor through what it returns", async () => {
    const { waf, set } = await oneSet();
    const given = ["192.0.2.7/32"];
    const observed: (readonly string[])[] = [];
    waf.onUpdate(({ after }) => observed.push(after));
    await waf.send(update(set, given));
    given.push("192.0.2.8/32");
    const { IPSet } = await waf.send(new GetIPSetCommand({ Scope, ...set }));
    IPSet?.Addresses?.push("192.0.2.9/32");
    expect(waf.addresses("a")).toEqual(["192.0.2.7/32"]);
    expect(Object.isFrozen(observed[0])).toBe(true);
  });

  test("an observer hears of every change that took effect, and of no other", async () => {
    const { waf, set } = await oneSet();
    const changes: SetChange[] = [];
    waf.onUpdate((change) => changes.push(change));

    await expect(waf.send(update({ ...set, LockToken: "stale" }, []))).rejects.toThrow(WAFOptimisticLockException);
    await expect(waf.send(update(set, ["nonsense"]))).rejects.toThrow(WAFInvalidParameterException);
    waf.calls.before("UpdateIPSet", () => {
      throw connectionReset();
    });
    await expect(waf.send(update(set, []))).rejects.toThrow("socket hang up");
    expect(changes).toEqual([]);

    waf.calls.after("UpdateIPSet", () => {
      throw connectionReset();
    });
    await expect(waf.send(update(set, ["192.0.2.2/32"]))).rejects.toThrow("socket hang up");
    waf.overwrite("a", ["192.0.2.3/32"]);
    waf.createSet("b", "IPV6", ["2001:db8::/32"]);
    expect(waf.names()).toEqual(["a", "b"]);
    waf.deleteSet("a");
    expect(waf.names()).toEqual(["b"]);
    expect(changes).toEqual([
      { name: "a", by: "UpdateIPSet", before: ["192.0.2.1/32"], after: ["192.0.2.2/32"] },
      { name: "a", by: "overwrite", before: ["192.0.2.2/32"], after: ["192.0.2.3/32"] },
      { name: "b", by: "createSet", before: [], after: ["2001:db8::/32"] },
      { name: "a", by: "deleteSet", before: ["192.0.2.3/32"], after: [] },
    ]);
  });

  test("a hundred full sets are written, listed and read well within a test's time", async () => {
    const waf = new FakeWaf();
    const names = Array.from({ length: 100 }, (_, n) => `set-${String(n).padStart(2, "0")}`);
    for (const name of names) waf.createSet(name, "IPV6");
    const { IPSets = [], NextMarker } = await waf.send(new ListIPSetsCommand({ Scope, Limit: 100 }));
    expect(IPSets.map(({ Name }) => Name)).toEqual(names);
    expect(NextMarker).toBeUndefined();

    let held = 0;
    for (const [slot, { Name, Id, LockToken }] of IPSets.entries()) {
      const addresses = Array.from({ length: 10_000 }, (_, n) => `2001:db8:${slot}:${n}::/64`);
      await waf.send(update({ Name, Id, LockToken }, addresses));
      const { IPSet } = await waf.send(new GetIPSetCommand({ Scope, Name, Id }));
      held += IPSet?.Addresses?.length ?? 0;
    }
    expect(held).toBe(1_000_000);
  });
});
