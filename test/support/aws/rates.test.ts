import { GetIPSetCommand, ListIPSetsCommand, UpdateIPSetCommand } from "@aws-sdk/client-wafv2";
import { FakeWaf, VirtualClock, WAF_RATES } from ".";

const Scope = "REGIONAL";

interface Account {
  readonly clock: VirtualClock;
  readonly waf: FakeWaf;
  readonly list: () => Promise<unknown>;
  readonly get: (name: string) => Promise<unknown>;
  readonly update: (name: string, addresses?: string[]) => Promise<unknown>;
}

/** Two sets, `a` and `b`, and calls that read their tokens beside the rates. */
async function account(): Promise<Account> {
  const clock = new VirtualClock();
  const waf = new FakeWaf({ clock, rates: WAF_RATES });
  for (const name of ["a", "b"]) waf.createSet(name, "IPV4");
  const list = (): ReturnType<typeof waf.send> => waf.send(new ListIPSetsCommand({ Scope }));
  const { IPSets = [] } = await waf.send(new ListIPSetsCommand({ Scope }));
  await clock.sleep(1000);
  const tokens = new Map(IPSets.map(({ Name, LockToken }) => [Name, LockToken]));
  const key = (name: string): { Scope: typeof Scope; Name: string; Id: string | undefined } => ({
    Scope,
    Name: name,
    Id: IPSets.find(({ Name }) => Name === name)?.Id,
  });
  return {
    clock,
    waf,
    list,
    get: (name) => waf.send(new GetIPSetCommand(key(name))),
    update: async (name, Addresses = []) => {
      const LockToken = tokens.get(name);
      const reply = await waf.send(new UpdateIPSetCommand({ ...key(name), LockToken, Addresses }));
      tokens.set(name, reply.NextLockToken);
    },
  };
}

const REFUSED = { name: "ThrottlingException", message: "Rate exceeded" };

test("one update a second, whichever set it is of", async () => {
  const { clock, waf, update } = await account();
  await update("a", ["192.0.2.1/32"]);
  await clock.sleep(999);
  await expect(update("b", ["192.0.2.2/32"])).rejects.toMatchObject(REFUSED);
  expect(waf.addresses("b")).toEqual([]);
  await clock.sleep(1);
  await update("b", ["192.0.2.2/32"]);
  expect(waf.addresses("b")).toEqual(["192.0.2.2/32"]);
});

test("a refused call uses nothing up, a call that fails for another reason does", async () => {
  const { clock, update } = await account();
  await update("a");
  await clock.sleep(500);
  await expect(update("a")).rejects.toMatchObject(REFUSED);
  await clock.sleep(500);
  await expect(update("a", ["nonsense"])).rejects.toMatchObject({ name: "WAFInvalidParameterException" });
  await expect(update("a")).rejects.toMatchObject(REFUSED);
});

test("five reads a second of each action, evenly: no burst, and no action in another's way", async () => {
  const { clock, list, get, update } = await account();
  await list();
  await get("a");
  await update("a");
  await clock.sleep(199);
  await expect(list()).rejects.toMatchObject(REFUSED);
  await expect(get("b")).rejects.toMatchObject(REFUSED);
  await clock.sleep(1);
  await list();
  await get("b");
});

test("an idle second saves nothing up", async () => {
  const { clock, update } = await account();
  await clock.sleep(60_000);
  await update("a");
  await expect(update("a")).rejects.toMatchObject(REFUSED);
});

test("somebody else's call takes the second, if it still is to be had", async () => {
  const { clock, waf, update } = await account();
  expect(waf.spend("UpdateIPSet")).toBe(true);
  await expect(update("a")).rejects.toMatchObject(REFUSED);
  expect(waf.spend("UpdateIPSet")).toBe(false);
  await clock.sleep(1000);
  await update("a");
});

test("somebody else can take every second for a while", async () => {
  const { clock, waf, list, update } = await account();
  waf.occupy("UpdateIPSet", 30_000);
  // A shorter claim does not end a longer one.
  waf.occupy("UpdateIPSet", 10);
  await list();
  await clock.sleep(29_999);
  await expect(update("a")).rejects.toMatchObject(REFUSED);
  await clock.sleep(1);
  await update("a");
});

test("a hook can take the rate just before a call arrives", async () => {
  const { waf, update } = await account();
  waf.calls.before("UpdateIPSet", () => void waf.spend("UpdateIPSet"));
  await expect(update("a")).rejects.toMatchObject(REFUSED);
});

test("latency is time on the way to the effect", async () => {
  const clock = new VirtualClock(0);
  const waf = new FakeWaf({ clock, rates: WAF_RATES, latencyMilliseconds: 80 });
  const arrivals: number[] = [];
  for (const wait of [0, 120, 119]) {
    await clock.sleep(wait);
    waf.calls.before("ListIPSets", () => void arrivals.push(clock.now()));
    await waf.send(new ListIPSetsCommand({ Scope })).catch(() => arrivals.push(NaN));
  }
  expect(arrivals).toEqual([80, 280, 479, NaN]);
});

test("without rates nothing is refused, and nobody can spend them; without a clock there are none", async () => {
  const waf = new FakeWaf();
  for (let n = 0; n < 50; n += 1) await waf.send(new ListIPSetsCommand({ Scope }));
  expect(() => waf.spend("ListIPSets")).toThrow("no rates");
  expect(() => new FakeWaf({ rates: WAF_RATES })).toThrow("need a clock");
  expect(() => new FakeWaf({ latencyMilliseconds: 1 })).toThrow("need a clock");
});
