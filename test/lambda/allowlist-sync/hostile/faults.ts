import { connectionReset, internalError, throttled, type Hook } from "../../../support/aws";
import { EMPTY_DESCRIPTION } from "../../../../lambda/allowlist-sync/contract";
import { denied } from "./denied";
import { digestOf } from "./watch";
import type { FaultName } from "./fault-names";
import { FOREIGN, POOL } from "./pool";
import { LONGEST_SECONDS } from "./process";
import { lottery } from "./random";
import type { Stage } from "./stage";
import type { Operation } from "./traffic";

/** Where faults strike, and among how many calls of one pass. */
const TARGETS: Readonly<Record<Operation, { readonly weight: number; readonly calls: number }>> = {
  UpdateIPSet: { weight: 8, calls: 4 },
  ListIPSets: { weight: 3, calls: 3 },
  GetIPSet: { weight: 3, calls: 4 },
  Scan: { weight: 8, calls: 8 },
  GetObject: { weight: 2, calls: 6 },
  PutObject: { weight: 2, calls: 6 },
};

const drawTarget = lottery<Operation>({
  UpdateIPSet: TARGETS.UpdateIPSet.weight,
  ListIPSets: TARGETS.ListIPSets.weight,
  GetIPSet: TARGETS.GetIPSet.weight,
  Scan: TARGETS.Scan.weight,
  GetObject: TARGETS.GetObject.weight,
  PutObject: TARGETS.PutObject.weight,
});

/** What a fault does when its call comes. */
type Fault = (stage: Stage, operation: Operation) => void | Promise<void>;

const FAULTS: Readonly<Record<FaultName, Fault>> = {
  "connection reset": () => {
    throw connectionReset();
  },
  "internal error": () => {
    throw internalError();
  },
  "access denied": () => {
    throw denied();
  },
  "throttle for no reason": () => {
    throw throttled();
  },
  "rate used by others": (stage, operation) => {
    useRate(stage, operation);
  },
  "death of the process": (stage) => {
    const pass = stage.traffic.caller();
    if (pass !== undefined) pass.isDead = true;
    throw new Error("the process died");
  },
  "time passes": async (stage) => {
    await stage.clock.sleep(stage.random.pick([1_000, 4_000, 40_000]));
  },
  "table changes": (stage) => {
    stage.ledger.change();
  },
  "somebody else writes a set": (stage) => {
    writeAsOther(stage);
  },
  "set deleted": (stage) => {
    deleteSet(stage);
  },
  deploy: (stage) => {
    stage.deploy();
  },
  "bucket spoils": (stage) => {
    spoilBucket(stage);
  },
  "overtaken by a second function": async (stage) => {
    if (stage.random.chance(0.5)) stage.ledger.regret();
    else stage.ledger.change();
    const second = stage.start();
    await second.run({ Records: [] }, LONGEST_SECONDS);
  },
};

const drawFault = lottery<FaultName>({
  "connection reset": 4,
  "internal error": 3,
  "access denied": 2,
  "throttle for no reason": 2,
  "rate used by others": 3,
  "death of the process": 3,
  "time passes": 2,
  "table changes": 8,
  "somebody else writes a set": 2,
  "set deleted": 1,
  deploy: 1,
  "bucket spoils": 1,
  "overtaken by a second function": 3,
});

/** Arms one fault for the next pass, before or after the effect of one of its calls; says which. */
export function armFault(stage: Stage, note: (text: string) => void): string {
  const { random } = stage;
  const operation = drawTarget(random);
  const name = drawFault(random);
  // Who lacks the right has no effect either.
  const moment = name === "access denied" ? "before" : random.pick(["before", "after"] as const);
  const skip = random.below(TARGETS[operation].calls);
  const what = `${name} ${moment} ${operation}`;
  if (random.chance(0.02)) {
    stage.traffic.delayUpdate();
    return "arm an update that arrives late";
  }
  hookInto(stage, operation, moment, skip, () => {
    note(`  > ${what}`);
    stage.struck(name);
    return FAULTS[name](stage, operation);
  });
  return `arm ${what} ${skip + 1}`;
}

function hookInto(stage: Stage, operation: Operation, moment: "before" | "after", skip: number, hook: Hook): void {
  if (operation === "Scan") stage.table.calls[moment](operation, hook, skip);
  else if (operation === "GetObject" || operation === "PutObject") stage.bucket.calls[moment](operation, hook, skip);
  else stage.waf.calls[moment](operation, hook, skip);
}

/** Somebody else in the account makes one call, or many. */
export function useRate(stage: Stage, operation: Operation): void {
  if (operation !== "UpdateIPSet" && operation !== "ListIPSets" && operation !== "GetIPSet") return;
  if (stage.random.chance(0.5)) stage.waf.spend(operation);
  else stage.waf.occupy(operation, stage.random.below(20_000));
}

/** Somebody else writes one of the function's sets: some addresses out, some in, with or without a word in the description. */
export function writeAsOther(stage: Stage): string {
  const { random, waf, watch, terrain } = stage;
  const present = [...stage.sets].filter(([name]) => watch.exists(name));
  if (present.length === 0) return "there is no set to write";
  const [name, family] = random.pick(present);
  const before = [...watch.contents(name)];
  const kept = before.filter(() => random.chance(0.7));
  const strangers = [...POOL, ...FOREIGN].filter(
    (network) => network.family === family && !kept.includes(network.text),
  );
  const added = random.some(strangers, random.below(4)).map(({ spellings }) => random.pick(spellings));
  const addresses = [...kept, ...added].slice(0, terrain.maxPerSet);
  const isSilent = terrain.hasSilentWriters && random.chance(0.5);
  const description = isSilent
    ? undefined
    : random.pick(["another hand", `ringfence/1 sha256=${digestOf([name])} count=3`]);
  waf.overwrite(name, addresses, description);
  if (isSilent && waf.description(name) === EMPTY_DESCRIPTION) watch.changedUnnoticed(name, before);
  return `somebody ${isSilent ? "silently " : ""}writes ${name}: ${addresses.join(" ")}`;
}

/** Somebody else deletes one of the function's sets; what it held is closed until the function finds room elsewhere. */
export function deleteSet({ random, waf, watch, sets }: Stage): string {
  const present = [...sets.keys()].filter((name) => watch.exists(name));
  if (present.length === 0) return "there is no set to delete";
  const name = random.pick(present);
  waf.deleteSet(name);
  return `somebody deletes ${name}`;
}

/** The bucket loses an object, or holds nonsense, or what was true once. */
export function spoilBucket(stage: Stage): string {
  const { random, bucket } = stage;
  const keys = bucket.keys();
  if (keys.length === 0) return "the bucket is empty";
  const key = random.pick(keys);
  const [, digest] = /^uses\/(.*)\.txt$/.exec(key) ?? [];
  if (digest !== undefined) stage.approvals.forgetUse(digest);
  const draw = random.below(3);
  if (draw === 0) bucket.remove(key);
  else if (draw === 1) bucket.put(key, "10.66.66.66/32");
  else bucket.put(key, bucket.text(random.pick(keys)) ?? "");
  return `spoil ${key}`;
}
