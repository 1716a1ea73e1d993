import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { ATTRIBUTES, AUDIT_EVENT, RESERVED_ID_PREFIX, SCHEDULE_EVENT } from "./contract";

/** What the event tells beyond "something may have changed": for the records and metrics only, never for the plan. */
export interface Trigger {
  readonly cause: "stream" | "schedule" | "audit" | "manual";
  /** Ids of the clusters that changed, sorted; empty unless the cause is a stream. */
  readonly clusters: readonly string[];
  /** When the oldest change of the event took place, in milliseconds since 1970. */
  readonly oldestChange: number | undefined;
}

/** What may arrive: a batch of the stream, the payload of a schedule, or whatever somebody invokes by hand. */
export type SyncEvent =
  DynamoDBStreamEvent | typeof SCHEDULE_EVENT | typeof AUDIT_EVENT | Readonly<Record<string, unknown>>;

/** Reads the event leniently: no event, however odd, is a reason not to compare table and sets. */
export function readTrigger(event: unknown): Trigger {
  if (typeof event !== "object" || event === null) return { cause: "manual", clusters: [], oldestChange: undefined };
  if (isStreamEvent(event)) {
    const clusters = new Set<string>();
    let oldest = Infinity;
    for (const record of event.Records) {
      const change = record?.dynamodb;
      const id = change?.Keys?.[ATTRIBUTES.id]?.S;
      if (id !== undefined && !id.startsWith(RESERVED_ID_PREFIX)) clusters.add(id);
      const seconds = change?.ApproximateCreationDateTime;
      if (seconds !== undefined) oldest = Math.min(oldest, seconds * 1000);
    }
    return { cause: "stream", clusters: [...clusters].sort(), oldestChange: oldest === Infinity ? undefined : oldest };
  }
  return { cause: causeOf("source" in event ? event.source : undefined), clusters: [], oldestChange: undefined };
}

function causeOf(source: unknown): Trigger["cause"] {
  if (source === SCHEDULE_EVENT.source) return "schedule";
  return source === AUDIT_EVENT.source ? "audit" : "manual";
}

/** A batch of records, any of which may be odd too: whoever may invoke the function may send anything. */
interface Batch {
  readonly Records: readonly (DynamoDBRecord | null | undefined)[];
}

function isStreamEvent(event: object): event is Batch {
  return "Records" in event && Array.isArray(event.Records);
}
