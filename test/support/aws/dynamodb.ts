import { createHash } from "node:crypto";
import {
  ResourceNotFoundException,
  type ScanCommand,
  type AttributeValue,
  type ScanCommandInput,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { Calls } from "./calls";
import type { VirtualClock } from "./clock";

/** The types of attribute that the fake can also put on its stream. */
export type FakeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly SS: readonly string[] }
  | { readonly L: readonly FakeValue[] }
  | { readonly NULL: true };

export type FakeItem = Readonly<Record<string, FakeValue>>;

/**
 * One DynamoDB table with string keys and its stream, in memory.
 *
 * Stands in for a `DynamoDBClient` where only `send` is used: it takes the SDK's command objects. Like AWS:
 *
 * - Items lie in the order of a hash of their partition key, then of their sort key. A scan walks that order page by
 *   page and is no snapshot: what changes behind its position is not seen, what changes ahead is.
 * - A full page names its last key even when nothing follows, so the last page may be empty.
 * - A read that does not ask for consistency may miss the latest write; here it always does.
 * - A put under an existing key replaces the item; other keys make another item, so that a table with `ips` as its sort
 *   key keeps the old one until it is deleted.
 *
 * Unlike AWS: pages end by number of items, not at 1 MB; a projection must be a list of `#placeholders`; keys are not
 * checked for their size, and an item without a proper key can be {@link FakeTable.plant}ed.
 */
export class FakeTable {
  readonly calls = new Calls<"Scan">();
  readonly name: string;
  readonly #keys: readonly string[];
  readonly #pageSize: number;
  readonly #clock: VirtualClock;
  #items = new Map<string, FakeItem>();
  #beforeLastWrite = this.#items;
  #stream: DynamoDBRecord[] = [];

  /**
   * @param options.keys names of the partition key and, if there is one, the sort key. Default `id` alone
   * @param options.pageSize items in a page of a scan. Default 2, so that every test pages
   */
  constructor(options: {
    readonly name: string;
    readonly clock: VirtualClock;
    readonly keys?: readonly [string] | readonly [string, string];
    readonly pageSize?: number;
  }) {
    this.name = options.name;
    this.#clock = options.clock;
    this.#keys = options.keys ?? ["id"];
    this.#pageSize = options.pageSize ?? 2;
  }

  send(command: ScanCommand): Promise<ScanCommandOutput> {
    return this.calls.run("Scan", () => this.#scan(command.input));
  }

  put(item: FakeItem): void {
    const known = this.#items.get(this.#position(item));
    this.#write((items) => items.set(this.#position(item), item));
    // DynamoDB leaves a write that changes nothing out of the stream.
    if (JSON.stringify(known) === JSON.stringify(item)) return;
    this.#record(known === undefined ? "INSERT" : "MODIFY", item);
  }

  /** Deletes the item with the key of the one given, as DynamoDB does: in silence if there is none. */
  delete(key: FakeItem): void {
    const known = this.#items.has(this.#position(key));
    this.#write((items) => items.delete(this.#position(key)));
    if (known) this.#record("REMOVE", key);
  }

  clear(): void {
    for (const item of [...this.#items.values()]) this.delete(item);
  }

  /** Stores an item as it is, without a stream record: a table of somebody else's, with other keys than expected. */
  plant(item: FakeItem): void {
    this.#write((items) => items.set(this.#position(item), item));
  }

  /** The stream's records since the last call, as Lambda delivers them. */
  takeEvent(): DynamoDBStreamEvent {
    const Records = this.#stream;
    this.#stream = [];
    return { Records };
  }

  #scan(input: ScanCommandInput): ScanCommandOutput {
    if (input.TableName !== this.name) {
      throw new ResourceNotFoundException({ $metadata: {}, message: "Requested resource not found" });
    }
    const source = input.ConsistentRead === true ? this.#items : this.#beforeLastWrite;
    const start = input.ExclusiveStartKey === undefined ? undefined : this.#position(input.ExclusiveStartKey);
    const ahead = [...source]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([position]) => start === undefined || position > start);
    const page = ahead.slice(0, this.#pageSize).map(([, item]) => item);
    const last = page.length === this.#pageSize ? page.at(-1) : undefined;
    return {
      $metadata: {},
      Count: page.length,
      Items: page.map((item) => pick(item, attributesOf(input))),
      LastEvaluatedKey: last === undefined ? undefined : pick(last, this.#keys),
    };
  }

  #write(change: (items: Map<string, FakeItem>) => void): void {
    this.#beforeLastWrite = new Map(this.#items);
    change(this.#items);
  }

  #record(eventName: "INSERT" | "MODIFY" | "REMOVE", item: FakeItem): void {
    const Keys = Object.fromEntries(this.#keys.map((key) => [key, { S: text(item[key]) ?? "" }]));
    this.#stream.push({
      eventName,
      eventSource: "aws:dynamodb",
      dynamodb: { Keys, ApproximateCreationDateTime: this.#clock.now() / 1000 },
    });
  }

  /** Where an item lies: sorts by the hash of the partition key, then by the sort key's text. */
  #position(item: Readonly<Record<string, AttributeValue | FakeValue>>): string {
    const [partition = "", sort = ""] = this.#keys.map((key) => text(item[key]) ?? "");
    return `${createHash("sha256").update(partition).digest("hex")} ${partition} ${sort}`;
  }
}

function text(value: AttributeValue | FakeValue | undefined): string | undefined {
  return value !== undefined && "S" in value ? value.S : undefined;
}

function attributesOf({
  ProjectionExpression,
  ExpressionAttributeNames,
}: ScanCommandInput): readonly string[] | undefined {
  return ProjectionExpression?.split(",").map((part) => {
    const name = ExpressionAttributeNames?.[part.trim()];
    if (name === undefined) throw new Error(`the fake knows no projection of "${part}"`);
    return name;
  });
}

function pick(item: FakeItem, attributes: readonly string[] | undefined): Record<string, AttributeValue> {
  const chosen = Object.entries(item).filter(([name]) => attributes?.includes(name) ?? true);
  return Object.fromEntries(chosen.map(([name, value]) => [name, toSdk(value)]));
}

function toSdk(value: FakeValue): AttributeValue {
  if ("SS" in value) return { SS: [...value.SS] };
  if ("L" in value) return { L: value.L.map(toSdk) };
  return value;
}
