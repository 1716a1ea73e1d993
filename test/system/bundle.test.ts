import { randomBytes } from "node:crypto";
import {
  AUDIT_EVENT,
  FAMILIES,
  MAX_ADDRESSES_PER_SET,
  SCHEDULE_EVENT,
  type TableKeySchema,
} from "../../lambda/allowlist-sync/contract";
import { Account } from "./bundle/account";
import { createChance } from "./bundle/chance";
import type { Entry } from "./bundle/clusters";
import { fillByHand, HOSTILITIES } from "./bundle/hostilities";
import { Traffic } from "./bundle/traffic";

/*
 * The deployed bundle under AWS's rates in real time: real SDK clients over HTTP, whose sockets break, under Node.js of Lambda, at a
 * WAF that takes one update a second. The same on a virtual clock, a thousand times as long, is in
 * test/lambda/allowlist-sync/hostile; emulators have no rates and do not fail.
 */

// Replays what a failure printed.
const SEED = process.env.BUNDLE_SEED ?? randomBytes(4).toString("hex");

jest.setTimeout(180_000);

const accounts: Account[] = [];

function open(options: ConstructorParameters<typeof Account>[0]): Account {
  const account = new Account(options);
  accounts.push(account);
  return account;
}

afterEach(async () => {
  await Promise.all(accounts.splice(0).map((account) => account.close()));
});

/** Every hostility once, in an order of its own, with a quiet pass after each. */
async function hostileRun(keySchema: TableKeySchema): Promise<void> {
  const chance = createChance(`${SEED} ${keySchema}`);
  const account = open({ keySchema, sets: { ipv4: 3, ipv6: 2 } });
  const traffic = new Traffic(account.clusters, chance);
  const stage = { account, traffic, chance };
  for (let n = 0; n < 3; n += 1) {
    traffic.add({ ipv4: 2, ipv6: 1 });
    traffic.add({ ipv4: 1 });
    traffic.add({ ipv6: 2 });
  }
  fillByHand(stage);
  await account.coldStart();
  await account.pass();
  account.expectEqual();

  for (const name of chance.shuffle(Object.keys(HOSTILITIES))) {
    try {
      await HOSTILITIES[name]?.(stage);
      await account.pass(SCHEDULE_EVENT);
      account.expectEqual();
    } catch (error) {
      throw new Error(`BUNDLE_SEED=${SEED}, ${keySchema}, ${name}: ${String(error)}`, { cause: error });
    }
  }
}

// Both at once: they have nothing in common, and most of the time is waiting.
it(`holds the sets equal to the table through every fault, by either key schema (seed ${SEED})`, async () => {
  const runs = await Promise.allSettled([hostileRun("id"), hostileRun("id+ips")]);
  expect(runs.flatMap((run) => (run.status === "rejected" ? [run.reason as unknown] : []))).toEqual([]);
});

it("fills a set of each family in one update, and nothing is refused for the rate while nobody else uses it", async () => {
  const account = open({ keySchema: "id", sets: { ipv4: 2, ipv6: 2 }, pageSize: Infinity });
  const { clusters, waf, watch } = account;
  const quarter = MAX_ADDRESSES_PER_SET / 4;
  const addresses = (owner: number, count: number): readonly Entry[] =>
    Array.from({ length: count }, (_, n) => {
      const [high, low] = [Math.floor(n / 100), n % 100];
      return [`10.${owner}.${high}.${low}/32`, `2001:db8:${owner}:${high + 1}:1000:2000:3000:${low + 1}/128`];
    })
      .flat()
      .map((address) => ({ written: address, address }));
  for (const owner of [1, 2, 3, 4]) clusters.put(`large-${owner}`, addresses(owner, quarter), "SS");
  clusters.put("small", addresses(5, 3), "L");

  await account.coldStart();
  await account.pass();
  account.expectEqual();
  for (const family of FAMILIES)
    expect(account.sets(family).map((name) => waf.addresses(name).length)).toEqual([MAX_ADDRESSES_PER_SET, 3]);
  expect(watch.updates).toHaveLength(4);

  // WAF spells IPv6 addresses out when they are read.
  await account.pass(AUDIT_EVENT);
  expect(waf.calls.count("GetIPSet")).toBe(4);
  expect(account.lambda.records("drift-found")).toEqual([]);
  expect(watch.updates).toHaveLength(4);

  clusters.put("large-4", [...addresses(4, quarter - 1), ...addresses(6, 1)], "S");
  await account.pass();
  account.expectEqual();
  expect(watch.updates).toHaveLength(6);
  expect(account.lambda.records("throttled")).toEqual([]);
});
