import { hash } from "node:crypto";

interface Entry<T> {
  readonly position: string;
  value: T;
}

/** Entries whose hashes begin alike, sorted: so short that inserting into one costs next to nothing. */
type Bucket<T> = Entry<T>[];

/** A bucket for every beginning of this many hexadecimal digits. */
const DIGITS = 2;
const BUCKETS = 16 ** DIGITS;
/** Lies before every position. */
const START = "0".repeat(DIGITS);

/**
 * Values in the order in which DynamoDB scans: by a hash of the partition key, then by the sort key's text. Finding, setting and
 * deleting cost the same whether it holds ten values or a hundred thousand.
 */
export class HashOrder<T> {
  readonly #buckets = Array.from({ length: BUCKETS }, (): Bucket<T> => []);

  /** Where the value of a key lies; positions compare as texts. */
  static position(partition: string, sort: string): string {
    return `${hash("sha256", partition)} ${sort}`;
  }

  get(position: string): T | undefined {
    const { entry } = this.#find(position);
    return entry?.value;
  }

  set(position: string, value: T): void {
    const { bucket, index, entry } = this.#find(position);
    if (entry === undefined) bucket.splice(index, 0, { position, value });
    else entry.value = value;
  }

  delete(position: string): void {
    const { bucket, index, entry } = this.#find(position);
    if (entry !== undefined) bucket.splice(index, 1);
  }

  /** The values behind a position, or all of them. Not to be changed while they are walked. */
  *after(position = START): Generator<T> {
    const { bucket, index, entry } = this.#find(position);
    const rest = bucket.slice(entry === undefined ? index : index + 1);
    for (const { value } of rest) yield value;
    for (const next of this.#buckets.slice(bucketOf(position) + 1)) {
      for (const { value } of next) yield value;
    }
  }

  /** Where a position is, or would be inserted. */
  #find(position: string): {
    readonly bucket: Bucket<T>;
    readonly index: number;
    readonly entry: Entry<T> | undefined;
  } {
    const bucket = this.#buckets[bucketOf(position)] ?? [];
    let low = 0;
    let high = bucket.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((bucket[middle]?.position ?? "") < position) low = middle + 1;
      else high = middle;
    }
    const found = bucket[low];
    return { bucket, index: low, entry: found?.position === position ? found : undefined };
  }
}

function bucketOf(position: string): number {
  return Number.parseInt(position.slice(0, DIGITS), 16);
}
