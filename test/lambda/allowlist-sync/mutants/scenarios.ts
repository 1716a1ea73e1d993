import { EMPTY_DESCRIPTION, ipSetName, ipSetPrefix, KNOWLEDGE_KEYS } from "../../../../lambda/allowlist-sync/contract";
import type { createHandler } from "../../../../lambda/allowlist-sync/create-handler";
import { Violation } from "../hostile/invariants";
import { putApproval } from "../hostile/operator";
import { LONGEST_SECONDS } from "../hostile/process";
import { settleDown } from "../hostile/quiet";
import { createRandom } from "../hostile/random";
import { Stage } from "../hostile/stage";
import { checkSettled } from "../hostile/steps";
import type { Terrain } from "../hostile/terrain";
import { digestOf } from "../hostile/watch";

/** A world in which nothing happens by chance. */
const CALM: Terrain = {
  keys: ["id"],
  slots: { ipv4: 1, ipv6: 1 },
  maxPerSet: 48,
  clusters: 1,
  limits: { maxShare: 1, maxAddresses: 100 },
  hasSilentWriters: false,
  spelling: "as written",
  pages: { table: 2, waf: 100 },
  missing: "NoSuchKey",
  latencyMilliseconds: 0,
};

const GUARDED: Partial<Terrain> = { limits: { maxShare: 0, maxAddresses: 2 } };
const PREFIX = ipSetPrefix("hostile");
const SET = ipSetName(PREFIX, "ipv4", 0);
const HOUR = 60 * 60;
const FOREIGNER = "203.0.113.1/32";

/** Single addresses of the pool. */
function hosts(count: number, skip = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `10.0.0.${(index + skip) * 5}/32`);
}

const [FIRST = "", SECOND = "", THIRD = ""] = hosts(3);

/** One pass that must end well. */
async function pass(stage: Stage): Promise<void> {
  const { error } = await stage.process.run({ Records: [] }, LONGEST_SECONDS);
  for (const ended of stage.traffic.takeEnded()) stage.learn(ended);
  stage.check();
  if (error !== undefined) throw new Violation("ends", error instanceof Error ? error.message : "the pass failed");
  await stage.clock.sleep(5_000);
}

/** Addresses were admitted, and are asked for no more. */
async function lose(stage: Stage, addresses: readonly string[]): Promise<void> {
  stage.ledger.write("lost", addresses);
  await pass(stage);
  stage.ledger.write("lost", []);
  await pass(stage);
}

function approve(stage: Stage, plan: readonly string[], seconds: number): void {
  putApproval(stage, digestOf(plan), Math.floor(stage.clock.now() / 1000) + seconds, plan);
}

/** What happens in a scenario; throws a Violation when the function gets it wrong. */
interface Scenario {
  readonly terrain?: Partial<Terrain>;
  readonly play: (stage: Stage) => Promise<void>;
}

const SCENARIOS = {
  "somebody else writes the set just before the function does": {
    play: async (stage) => {
      stage.ledger.write("a", [FIRST]);
      stage.waf.calls.before("UpdateIPSet", () => {
        stage.waf.overwrite(SET, [FOREIGNER], "another hand");
      });
      await pass(stage);
      checkSettled(stage);
    },
  },
  "a second function finds nothing to do, and then the first writes what it read before": {
    play: async (stage) => {
      stage.ledger.write("a", [FIRST]);
      stage.waf.calls.before("UpdateIPSet", async () => {
        stage.ledger.write("a", []);
        await stage.start().run({ Records: [] }, LONGEST_SECONDS);
      });
      await pass(stage);
      checkSettled(stage);
    },
  },
  "an address goes from one cluster to another behind the position of a scan": {
    play: async (stage) => {
      for (const [index, address] of hosts(4).entries()) stage.ledger.write(`cluster-${index}`, [address]);
      await pass(stage);
      const order = stage.table.items().map(({ id }) => (id !== undefined && "S" in id ? id.S : ""));
      const [before = "", after = ""] = [order[0], order.at(-1)];
      const addressOf = (cluster: string): string => hosts(4)[Number(cluster.slice(-1))] ?? "";
      stage.table.calls.after("Scan", () => {
        stage.ledger.write(before, [addressOf(before), addressOf(after)]);
        stage.ledger.write(after, []);
      });
      await pass(stage);
    },
  },
  "one of two clusters that share an address goes": {
    play: async (stage) => {
      stage.ledger.write("a", [FIRST]);
      stage.ledger.write("b", [FIRST, SECOND]);
      await pass(stage);
      stage.ledger.write("a", []);
      await pass(stage);
    },
  },
  "one address more than a set takes": {
    terrain: { maxPerSet: 10 },
    play: async (stage) => {
      for (const [index, address] of hosts(11).entries()) stage.ledger.write(`cluster-${index}`, [address]);
      await pass(stage);
    },
  },
  "somebody writes a set and leaves its description, and the next process is cold": {
    play: async (stage) => {
      stage.ledger.write("a", [FIRST, SECOND]);
      await pass(stage);
      stage.waf.overwrite(SET, [FIRST]);
      stage.process = stage.start();
      await pass(stage);
      checkSettled(stage);
    },
  },
  "somebody writes a set and leaves its description": {
    play: async (stage) => {
      stage.ledger.write("a", [FIRST, SECOND]);
      await pass(stage);
      stage.waf.overwrite(SET, [FIRST]);
      await pass(stage);
      checkSettled(stage);
    },
  },
  "the bucket's object bears the token of a set and another content": {
    terrain: GUARDED,
    play: async (stage) => {
      const key = KNOWLEDGE_KEYS.set(SET);
      await lose(stage, hosts(6));
      // What it lacks would be written away, and the guard would never have seen it.
      const [token = ""] = stage.bucket.text(key)?.split("\n") ?? [];
      stage.bucket.put(key, `${token}\n`);
      stage.process = stage.start();
      await pass(stage);
    },
  },
  "a deploy has made a set of which the function is not told yet": {
    terrain: { maxPerSet: 2 },
    play: async (stage) => {
      stage.waf.createSet(ipSetName(PREFIX, "ipv4", 1), "IPV4", [], EMPTY_DESCRIPTION);
      stage.ledger.write("a", [FIRST, SECOND]);
      stage.ledger.write("b", [THIRD]);
      await pass(stage);
    },
  },
  "half of what the guard allows to go goes before, half after a look": {
    terrain: GUARDED,
    play: async (stage) => {
      stage.ledger.write("a", [FIRST, SECOND]);
      stage.ledger.write("b", [THIRD]);
      stage.ledger.write("c", hosts(4, 3));
      await pass(stage);
      stage.ledger.write("a", []);
      stage.waf.calls.after("UpdateIPSet", () => {
        stage.ledger.write("b", []);
      });
      await pass(stage);
    },
  },
  "many addresses are lost": { terrain: GUARDED, play: (stage) => lose(stage, hosts(6)) },
  "an approval of another plan": {
    terrain: GUARDED,
    play: async (stage) => {
      await lose(stage, hosts(6));
      approve(stage, hosts(6, 6), HOUR);
      await pass(stage);
    },
  },
  "an approval that has expired": {
    terrain: GUARDED,
    play: async (stage) => {
      await lose(stage, hosts(6));
      approve(stage, hosts(6), -HOUR);
      await pass(stage);
    },
  },
  "an approval for two days": {
    terrain: GUARDED,
    play: async (stage) => {
      await lose(stage, hosts(6));
      approve(stage, hosts(6), 48 * HOUR);
      await pass(stage);
    },
  },
  "what was approved is lost a second time": {
    terrain: GUARDED,
    play: async (stage) => {
      await lose(stage, hosts(6));
      approve(stage, hosts(6), HOUR);
      await pass(stage);
      checkGone(stage, hosts(6));
      await lose(stage, hosts(6));
    },
  },
  "a part of what was approved is asked for again": {
    terrain: GUARDED,
    play: async (stage) => {
      await lose(stage, hosts(6));
      approve(stage, hosts(6), HOUR);
      stage.ledger.write("back", [FIRST]);
      await pass(stage);
    },
  },
  "additions make a waiting plan a smaller share": {
    terrain: { limits: { maxShare: 0.2, maxAddresses: 2 } },
    play: async (stage) => {
      await lose(stage, hosts(6));
      stage.ledger.write("new", hosts(40, 6));
      await pass(stage);
      await settleDown(stage);
    },
  },
} as const satisfies Readonly<Record<string, Scenario>>;

function checkGone({ watch }: Stage, addresses: readonly string[]): void {
  const left = addresses.filter((address) => watch.isAdmitted(address));
  if (left.length > 0) throw new Violation("equal", `${left.join(" ")} were to go`);
}

/** A scenario, by what happens in it. */
export type ScenarioName = keyof typeof SCENARIOS;

/** All scenarios. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as readonly ScenarioName[];

/** @throws Violation when the function gets the scenario wrong */
export async function play(name: ScenarioName, create: typeof createHandler): Promise<void> {
  const { terrain, play: playIn }: Scenario = SCENARIOS[name];
  await playIn(new Stage({ ...CALM, ...terrain }, createRandom(1), create));
}
