import { setTimeout as sleep } from "node:timers/promises";
import { AUDIT_EVENT, FAMILIES, SCHEDULE_EVENT } from "../../../lambda/allowlist-sync/contract";
import { connectionReset, internalError } from "../../support/aws";
import type { Account } from "./account";
import type { Chance } from "./chance";
import type { Traffic } from "./traffic";

/** Where a hostility takes place. */
export interface Stage {
  readonly account: Account;
  readonly traffic: Traffic;
  readonly chance: Chance;
}

/** A change of the table and what goes wrong meanwhile. Sets and table may differ when it is over; one quiet pass must mend that. */
export type Hostility = (stage: Stage) => Promise<void>;

const FAULTS = { reset: connectionReset, internal: internalError } as const;

function fail(kind: keyof typeof FAULTS): () => never {
  return () => {
    throw FAULTS[kind]();
  };
}

/** A fault of one update, after which the same pass must still come to its end. */
function updateFails(moment: "before" | "after", kind: keyof typeof FAULTS): Hostility {
  return async ({ account, traffic }) => {
    traffic.change();
    account.trap(account.waf.calls, moment, "UpdateIPSet", fail(kind));
    await account.pass();
    account.expectEqual();
  };
}

/** Ends the process in the middle of two updates. */
function killed(end: (account: Account) => void | Promise<void>): Hostility {
  return async ({ account, traffic }) => {
    traffic.add({ ipv4: 2, ipv6: 2 });
    const updates = account.watch.updates.length;
    account.trap(account.waf.calls, "after", "UpdateIPSet", () => end(account));
    await expect(account.pass()).rejects.toThrow("the function's process ended");
    expect(account.watch.updates.length).toBe(updates + 1);
    await account.coldStart();
  };
}

/** What a set holds with one address less and one more, as somebody in the console may leave it. */
function edited({ account, chance }: Pick<Stage, "account" | "chance">, name: string): readonly string[] {
  const [, ...rest] = chance.shuffle(account.waf.addresses(name));
  return [...rest, name.includes("ipv6") ? "2001:db8:ffff:1::/64" : "192.0.2.99/32"];
}

/** By name, which tells where a run failed. */
export const HOSTILITIES: Readonly<Record<string, Hostility>> = {
  "an update fails before its effect": updateFails("before", "internal"),
  "an update fails after its effect": updateFails("after", "internal"),
  "an update never arrives": updateFails("before", "reset"),
  "the answer to an update is lost": updateFails("after", "reset"),

  "others use the account's rates": async ({ account, traffic }) => {
    traffic.change();
    account.waf.occupy("ListIPSets", 500);
    account.waf.occupy("UpdateIPSet", 2_000);
    await account.pass();
    expect(account.lambda.records("throttled").length).toBeGreaterThan(0);
    account.expectEqual();
  },

  "lists break": async ({ account, traffic }) => {
    traffic.change();
    account.trap(account.waf.calls, "before", "ListIPSets", fail("reset"));
    account.trap(account.waf.calls, "after", "ListIPSets", fail("internal"));
    await account.pass();
    account.expectEqual();
  },

  "scans break": async ({ account, traffic }) => {
    traffic.change();
    account.trap(account.table.calls, "before", "Scan", fail("reset"));
    account.trap(account.table.calls, "after", "Scan", fail("reset"));
    account.trap(account.table.calls, "before", "Scan", fail("internal"), 3);
    await account.pass();
    account.expectEqual();
  },

  "the bucket stores nothing": async ({ account, traffic }) => {
    traffic.change();
    account.trap(account.bucket.calls, "before", "PutObject", fail("reset"));
    account.trap(account.bucket.calls, "before", "PutObject", fail("internal"), 1);
    await account.pass();
    account.expectEqual();
    await account.coldStart();
  },

  "the answer of the bucket is lost": async ({ account, traffic }) => {
    traffic.change();
    account.trap(account.bucket.calls, "after", "PutObject", fail("reset"));
    await account.pass();
    account.expectEqual();
  },

  "a cold start without a reachable bucket": async ({ account, traffic }) => {
    traffic.change();
    await account.coldStart();
    // Twice for each set: once for the SDK's own second try.
    for (let skip = 0; skip < 2 * account.allSets().length; skip += 1)
      account.trap(account.bucket.calls, "before", "GetObject", fail(skip % 2 === 0 ? "reset" : "internal"), skip);
    await account.pass();
    account.expectEqual();
  },

  "a cold start with objects lost": async ({ account, traffic }) => {
    traffic.change();
    const reads = account.waf.calls.count("GetIPSet");
    for (const key of account.bucket.keys()) account.bucket.remove(key);
    await account.coldStart();
    await account.pass();
    account.expectEqual();
    expect(account.waf.calls.count("GetIPSet")).toBeGreaterThan(reads);
  },

  "a cold start with objects falsified": async ({ account, traffic, chance }) => {
    traffic.change();
    const reads = account.waf.calls.count("GetIPSet");
    const keys = chance.shuffle(account.bucket.keys());
    for (const [index, key] of keys.entries()) {
      const [token, ...addresses] = account.bucket.text(key)?.split("\n") ?? [];
      const [, ...fewer] = addresses;
      const texts = [[token, ...fewer].join("\n"), [token, ...addresses, "192.0.2.98/32"].join("\n"), "nonsense", ""];
      account.bucket.put(key, texts[index % texts.length] ?? "");
    }
    await account.coldStart();
    await account.pass();
    account.expectEqual();
    // None of them is believed.
    expect(account.waf.calls.count("GetIPSet")).toBeGreaterThanOrEqual(reads + keys.length);
  },

  "a cold start with all objects": async ({ account, traffic }) => {
    traffic.change();
    // What an earlier hostility took from the bucket comes back with an audit.
    await account.pass(AUDIT_EVENT);
    const reads = account.waf.calls.count("GetIPSet");
    await account.coldStart();
    await account.pass(SCHEDULE_EVENT);
    expect(account.waf.calls.count("GetIPSet")).toBe(reads);
    account.expectEqual();
  },

  "somebody writes a set just before the function does": async (stage) => {
    const { account, traffic } = stage;
    const cluster = traffic.add({ ipv4: 1 });
    await account.pass();
    const [address = ""] = account.clusters.entries(cluster).flatMap((entry) => entry.address ?? []);
    const target = account.sets("ipv4").find((name) => account.waf.addresses(name).includes(address)) ?? "";
    account.clusters.remove(cluster);
    account.trap(account.waf.calls, "before", "UpdateIPSet", () => {
      account.waf.overwrite(target, edited(stage, target));
    });
    await account.pass();
    expect(account.lambda.records("lock-conflict")).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining(target) as unknown }),
    );
    account.expectEqual();
  },

  "somebody writes a set at rest, and WAF's reads fail in the audit": async (stage) => {
    const { account, chance } = stage;
    const target = chance.pick(account.allSets().filter((name) => account.waf.addresses(name).length > 0));
    account.waf.overwrite(target, edited(stage, target));
    account.trap(account.waf.calls, "before", "GetIPSet", fail("reset"));
    account.trap(account.waf.calls, "after", "GetIPSet", fail("internal"), 2);
    await account.pass(AUDIT_EVENT);
    expect(account.lambda.records("drift-found")).toContainEqual(expect.objectContaining({ set: target }));
    account.expectEqual();
  },

  "an address moves during a scan, which meets it nowhere": async ({ account, traffic }) => {
    const { clusters, table } = account;
    for (let n = 0; n < 5; n += 1) traffic.add({ ipv4: 1 });
    await account.pass();
    const updates = account.watch.updates.length;

    const order = [...new Set(table.items().map(({ id }) => (id !== undefined && "S" in id ? id.S : "")))];
    const [from = "", to = ""] = [order.at(-1), order[0]];
    const seen = table.items().filter(({ id }) => id !== undefined && "S" in id && id.S === to).length;
    const move = (): void => {
      const moved = clusters.entries(from);
      clusters.put(to, [...clusters.entries(to), ...moved], "S");
      clusters.put(from, [], "S");
    };
    // The scan goes on behind the first page that shows all of the one cluster and something else.
    account.trap(table.calls, "after", "Scan", move, Math.floor(seen / 2));
    await account.pass();
    account.expectEqual();
    expect(account.watch.updates.length).toBe(updates);
  },

  "the process ends before it hears of an update": killed((account) => account.kill()),
  "the process ends between two updates": killed((account) => {
    setTimeout(() => void account.kill(), 300);
  }),

  "there is time for one update of two": async ({ account, traffic }) => {
    traffic.add({ ipv4: 1, ipv6: 1 });
    // So that the first need not wait for the last of another pass.
    await sleep(1_100);
    const updates = account.watch.updates.length;
    await expect(account.pass(undefined, { timeoutSeconds: 30.9 })).rejects.toThrow(/^out of time/);
    expect(account.watch.updates.length).toBe(updates + 1);
  },

  "an event comes twice": async ({ account, traffic }) => {
    traffic.change();
    const event = account.table.takeEvent();
    await account.pass(event);
    account.expectEqual();
    const updates = account.watch.updates.length;
    await account.pass(event);
    expect(account.watch.updates.length).toBe(updates);
  },

  "an event is lost, and comes late after all": async ({ account, traffic }) => {
    traffic.change();
    const late = account.table.takeEvent();
    traffic.change();
    await account.pass();
    account.expectEqual();
    await account.pass(late);
  },

  "the table changes between two updates": async ({ account, traffic }) => {
    traffic.add({ ipv4: 1, ipv6: 1 });
    account.trap(account.waf.calls, "after", "UpdateIPSet", () => {
      traffic.add({ ipv6: 1 });
    });
    await account.pass();
    // Its last look at the table has seen it.
    account.expectEqual();
  },

  "a second function runs by mistake": async ({ account, traffic }) => {
    const other = await account.startInstance();
    try {
      traffic.add({ ipv4: 1, ipv6: 1 });
      await Promise.allSettled([account.pass(), other.invoke(SCHEDULE_EVENT)]);
    } finally {
      await other.stop();
    }
  },
};

/** Fills the sets before the first pass as somebody may have done by hand: most of it is wanted, some is not. */
export function fillByHand({ account, chance }: Pick<Stage, "account" | "chance">): void {
  for (const cluster of account.clusters.names) {
    const addresses = account.clusters.entries(cluster).flatMap(({ address }) => address ?? []);
    for (const family of FAMILIES) {
      const own = addresses.filter((address) => address.includes(":") === (family === "ipv6"));
      const set = chance.pick(account.sets(family));
      account.waf.overwrite(set, [...account.waf.addresses(set), ...own], "edited by hand");
    }
  }
  // Each under a description of its own: one that says "never written" is believed until the audit.
  for (const set of account.allSets()) account.waf.overwrite(set, edited({ account, chance }, set), "edited by hand");
}
