import type { DynamoDBStreamEvent } from "aws-lambda";
import type { FakeTable } from "../../../support/aws";
import type { Random } from "./random";

/** Batches that a replay may still bring back. */
const MEMORY = 20;

/** A stream that keeps no promise: batches get lost, come twice, out of order, or long after. */
export class Deliveries {
  #waiting: DynamoDBStreamEvent[] = [];
  #past: DynamoDBStreamEvent[] = [];

  constructor(
    private readonly table: FakeTable,
    private readonly random: Random,
  ) {}

  /** What Lambda gets next. */
  next(): { readonly event: DynamoDBStreamEvent; readonly how: string } {
    const { random } = this;
    const fresh = this.table.takeEvent();
    if (fresh.Records.length > 0) this.#waiting.push(fresh);
    if (this.#past.length > 0 && random.chance(0.1)) return { event: random.pick(this.#past), how: "replayed" };
    if (this.#waiting.length === 0) return { event: { Records: [] }, how: "empty" };

    const isInOrder = random.chance(0.7);
    const index = isInOrder ? 0 : random.below(this.#waiting.length);
    const event = this.#waiting[index] ?? { Records: [] };
    if (random.chance(0.1)) return { event, how: "first of two" };
    this.#waiting.splice(index, 1);
    this.#past = [...this.#past.slice(1 - MEMORY), event];
    return { event, how: isInOrder ? "in order" : "out of order" };
  }

  /** What waits will never come. */
  lose(): string {
    this.table.takeEvent();
    const lost = this.#waiting.length;
    this.#waiting = [];
    return `lose ${lost} batches`;
  }
}
