import {
  ResourceNotFoundException,
  type ScanCommand,
  type AttributeValue,
  type ScanCommandInput,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { Calls } from "./calls";
import type { Clock } from "./clock";
import { HashOrder } from "./hash-order";
import {
  copyItem,
  isSameItem,
  itemBytes,
  textOf,
  validateItem,
  validationError,
  type FakeItem,
  type FakeValue,
} from "./item";

/** What a {@link FakeTable} is, and can be asked to do differently. */
export interface FakeTableOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Names of the partition key and, if there is one, the sort key. @default `id` alone */
  readonly keys?: readonly [string] | readonly [string, string];
  /** Most items in a page of a scan; `Infinity` leaves only DynamoDB's own 1 MB. @default 2, so that every test pages */
  readonly pageSize?: number;
  /** How long each call takes to arrive. @default 0 */
  readonly latencyMilliseconds?: number;
}

interface StoredItem {
  readonly item: FakeItem;
  readonly bytes: number;
}

/** A scan's page ends when it has read this much. Source: Amazon DynamoDB Developer Guide, "Scanning tables in DynamoDB". */
const PAGE_BYTES = 1024 * 1024;
/** What one read unit reads. Source: Amazon DynamoDB Developer Guide, "DynamoDB read and write operations". */
const UNIT_BYTES = 4 * 1024;

/** The parts of a scan that the fake follows; any other would be ignored in silence. */
const KNOWN_INPUT = new Set([
  "TableName",
  "ConsistentRead",
  "ExclusiveStartKey",
  "ExpressionAttributeNames",
  "Limit",
  "ProjectionExpression",
]);

/** Counts read units beside the calls. */
class TableCalls extends Calls<"Scan"> {
  readUnits = 0;

  override reset(): void {
    super.reset();
    this.readUnits = 0;
  }
}

/**
 * One DynamoDB table with string keys and its stream, in memory.
 *
 * Stands in for a `DynamoDBClient` where only `send` is used: it takes the SDK's command objects. Like AWS:
 *
 * - Items lie in the order of a hash of their partition key, then of their sort key. A scan walks that order page by
 *   page and is no snapshot: what changes behind its position is not seen, what changes ahead is.
 * - A page ends with the item that takes it over 1 MB, names, values and all attributes counted, whatever the projection asks for.
 * - A full page names its last key even when nothing follows, so the last page may be empty.
 * - A page costs a read unit for every 4 KB begun, at least one, and half of that when the read is not consistent.
 * - A read that does not ask for consistency may miss the latest write; here it always does.
 * - A put under an existing key replaces the item; other keys make another item, so that a table with `ips` as its sort
 *   key keeps the old one until it is deleted.
 * - Keys and items have their largest sizes.
 *
 * Unlike AWS: pages also end by number of items; a projection must be a list of `#placeholders`; a set may be empty; and an
 * item that a table would never take can be {@link FakeTable.plant}ed.
 */
export class FakeTable {
  readonly calls: Calls<"Scan">;
  readonly name: string;
  readonly #calls: TableCalls;
  readonly #keys: readonly string[];
  readonly #pageSize: number;
  readonly #clock: Clock;
  readonly #items = new HashOrder<StoredItem>();
  #lastWrite: { readonly position: string; readonly before: StoredItem | undefined } | undefined;
  #stream: DynamoDBRecord[] = [];

  constructor(options: FakeTableOptions) {
    const { clock, latencyMilliseconds = 0 } = options;
    this.#calls = new TableCalls(latencyMilliseconds > 0 ? () => clock.sleep(latencyMilliseconds) : undefined);
    this.calls = this.#calls;
    this.name = options.name;
    this.#clock = clock;
    this.#keys = options.keys ?? ["id"];
    this.#pageSize = options.pageSize ?? 2;
  }

  /** Read units that the scans have used since the calls were last reset. */
  get readUnits(): number {
    return this.#calls.readUnits;
  }

  send(command: ScanCommand): Promise<ScanCommandOutput> {
    return this.calls.run("Scan", () => this.#scan(command.input));
  }

  /** @throws DynamoDBServiceException named ValidationException when a key is missing or something is too large */
  put(item: FakeItem): void {
    validateItem(item, this.#keys);
    const before = this.#write(this.#position(item), item);
    // DynamoDB leaves a write that changes nothing out of the stream.
    if (before !== undefined && isSameItem(before.item, item)) return;
    this.#record(before === undefined ? "INSERT" : "MODIFY", item);
  }

  /** Deletes the item with the key of the one given, as DynamoDB does: in silence if there is none. */
  delete(key: FakeItem): void {
    const before = this.#write(this.#position(key), undefined);
    if (before !== undefined) this.#record("REMOVE", key);
  }

  clear(): void {
    for (const item of this.items()) this.delete(item);
  }

  /** Stores an item as it is, without a stream record: a table of somebody else's, with other keys than expected. */
  plant(item: FakeItem): void {
    this.#write(this.#position(item), item);
  }

  /** All items, in the order of a scan. */
  items(): readonly FakeItem[] {
    return [...this.#items.after()].map(({ item }) => item);
  }

  /** The stream's records since the last call, as Lambda delivers them. */
  takeEvent(): DynamoDBStreamEvent {
    const Records = this.#stream;
    this.#stream = [];
    return { Records };
  }

  #scan(input: ScanCommandInput): ScanCommandOutput {
    const attributes = this.#requestedAttributes(input);
    const consistent = input.ConsistentRead === true;
    const start = input.ExclusiveStartKey === undefined ? undefined : this.#position(input.ExclusiveStartKey);
    const read = (): Page => this.#page(start, Math.min(this.#pageSize, input.Limit ?? Infinity));
    const page = consistent ? read() : this.#beforeLastWrite(read);

    this.#calls.readUnits += Math.max(1, Math.ceil(page.bytes / UNIT_BYTES)) * (consistent ? 1 : 0.5);
    return {
      $metadata: {},
      Count: page.items.length,
      ScannedCount: page.items.length,
      Items: page.items.map((item) => copyItem(item, attributes)),
      LastEvaluatedKey: page.last === undefined ? undefined : copyItem(page.last, this.#keys),
    };
  }

  #page(start: string | undefined, mostItems: number): Page {
    const items: FakeItem[] = [];
    let bytes = 0;
    for (const stored of this.#items.after(start)) {
      items.push(stored.item);
      bytes += stored.bytes;
      if (items.length >= mostItems || bytes >= PAGE_BYTES) return { items, bytes, last: stored.item };
    }
    return { items, bytes, last: undefined };
  }

  /** Reads the table as it was before its latest write. */
  #beforeLastWrite(read: () => Page): Page {
    if (this.#lastWrite === undefined) return read();
    const { position, before } = this.#lastWrite;
    const now = this.#items.get(position);
    this.#store(position, before);
    try {
      return read();
    } finally {
      this.#store(position, now);
    }
  }

  /** @returns what lay there before */
  #write(position: string, item: FakeItem | undefined): StoredItem | undefined {
    const before = this.#items.get(position);
    this.#store(position, item && { item: copyItem(item), bytes: itemBytes(item) });
    this.#lastWrite = { position, before };
    return before;
  }

  #store(position: string, stored: StoredItem | undefined): void {
    if (stored === undefined) this.#items.delete(position);
    else this.#items.set(position, stored);
  }

  #record(eventName: "INSERT" | "MODIFY" | "REMOVE", item: FakeItem): void {
    const Keys = Object.fromEntries(this.#keys.map((key) => [key, { S: textOf(item[key]) ?? "" }]));
    this.#stream.push({
      eventName,
      eventSource: "aws:dynamodb",
      dynamodb: { Keys, ApproximateCreationDateTime: this.#clock.now() / 1000 },
    });
  }

  #position(item: Readonly<Record<string, AttributeValue | FakeValue>>): string {
    const [partition = "", sort = ""] = this.#keys.map((key) => textOf(item[key]) ?? "");
    return HashOrder.position(partition, sort);
  }

  /** Checks the request; returns the attributes it asks for, or nothing for all. */
  #requestedAttributes(input: ScanCommandInput): readonly string[] | undefined {
    const unknown = Object.entries(input).find(([name, value]) => value !== undefined && !KNOWN_INPUT.has(name));
    if (unknown !== undefined) throw new Error(`the fake knows no ${unknown[0]} in a scan`);
    if (input.TableName !== this.name) {
      throw new ResourceNotFoundException({
        $metadata: { httpStatusCode: 400 },
        message: "Requested resource not found",
      });
    }
    return projection(input);
  }
}

interface Page {
  readonly items: readonly FakeItem[];
  readonly bytes: number;
  /** Undefined when the page is the last one. */
  readonly last: FakeItem | undefined;
}

function projection({
  ProjectionExpression,
  ExpressionAttributeNames = {},
}: ScanCommandInput): readonly string[] | undefined {
  const placeholders = ProjectionExpression?.split(",").map((part) => part.trim());
  const unused = Object.keys(ExpressionAttributeNames).find((placeholder) => !placeholders?.includes(placeholder));
  if (unused !== undefined) throw validationError(`${unused} of ExpressionAttributeNames is not used`);
  return placeholders?.map((placeholder) => {
    const name = ExpressionAttributeNames[placeholder];
    if (name === undefined) throw validationError(`${placeholder} is not in ExpressionAttributeNames`);
    return name;
  });
}
