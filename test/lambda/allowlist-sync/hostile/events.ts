import { AUDIT_EVENT, SCHEDULE_EVENT } from "../../../../lambda/allowlist-sync/contract";
import type { Deliveries } from "./deliveries";
import { armFault, deleteSet, spoilBucket, useRate, writeAsOther } from "./faults";
import { approve } from "./operator";
import { settleDown } from "./quiet";
import { lottery } from "./random";
import type { Stage } from "./stage";
import { onePass, twoPasses } from "./steps";

/** What an event works with. */
export interface Scene {
  readonly stage: Stage;
  readonly deliveries: Deliveries;
  /** Something worth knowing when an invariant breaks. */
  readonly note: (text: string) => void;
}

/** What may happen next; each says what it did. */
type Event = (scene: Scene) => string | Promise<string>;

const deliver: Event = async ({ stage, deliveries }) => {
  const { event, how } = deliveries.next();
  return `deliver ${event.Records.length} records ${how}: ${await onePass(stage, event)}`;
};

const EVENTS = {
  "change of the table": ({ stage }: Scene) => stage.ledger.change(),
  purge: ({ stage }: Scene) => stage.ledger.purge(),
  "fault armed": ({ stage, note }: Scene) => armFault(stage, note),
  delivery: deliver,
  "events lost": ({ deliveries }: Scene) => deliveries.lose(),
  schedule: async ({ stage }: Scene) => `schedule: ${await onePass(stage, SCHEDULE_EVENT)}`,
  audit: async ({ stage }: Scene) => `audit: ${await onePass(stage, AUDIT_EVENT)}`,
  "two functions": async ({ stage, deliveries }: Scene) => `two: ${await twoPasses(stage, deliveries.next().event)}`,
  "cold start": ({ stage }: Scene) => {
    stage.process = stage.start();
    return "cold start";
  },
  "foreign write": ({ stage }: Scene) => writeAsOther(stage),
  "bucket spoiled": ({ stage }: Scene) => spoilBucket(stage),
  "bucket denied": ({ stage }: Scene) => {
    stage.isBucketDenied = !stage.isBucketDenied;
    return `the bucket ${stage.isBucketDenied ? "denies" : "grants"} everything`;
  },
  "set deleted": ({ stage }: Scene) => deleteSet(stage),
  deploy: ({ stage }: Scene) => stage.deploy(),
  "rate used": ({ stage }: Scene) => {
    useRate(stage, stage.random.pick(["UpdateIPSet", "ListIPSets", "GetIPSet"]));
    return "somebody uses the rate";
  },
  approval: ({ stage }: Scene) => approve(stage),
  "time passes": async ({ stage }: Scene) => {
    await stage.clock.sleep(stage.random.pick([1_000, 60_000, 3_600_000]));
    return "time passes";
  },
  peace: async ({ stage }: Scene) => {
    await settleDown(stage);
    return "peace";
  },
} as const satisfies Readonly<Record<string, Event>>;

/** One of the events, by name. */
export type EventName = keyof typeof EVENTS;

const draw = lottery<EventName>({
  "change of the table": 30,
  purge: 1,
  "fault armed": 28,
  delivery: 18,
  "events lost": 1,
  schedule: 4,
  audit: 2,
  "two functions": 3,
  "cold start": 2,
  "foreign write": 2,
  "bucket spoiled": 2,
  "bucket denied": 1,
  "set deleted": 0.5,
  deploy: 1,
  "rate used": 2,
  approval: 2,
  "time passes": 1,
  peace: 2,
});

/** Lets the next thing happen; says what it was. */
export async function happen(scene: Scene): Promise<EventName> {
  const name = draw(scene.stage.random);
  try {
    scene.note(await EVENTS[name](scene));
  } catch (error) {
    scene.note(`${name}: broken`);
    throw error;
  }
  return name;
}
