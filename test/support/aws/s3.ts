import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  NoSuchBucket,
  NoSuchKey,
  type PutObjectCommand,
  S3ServiceException,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  type PutObjectCommandInput,
  type PutObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { Calls } from "./calls";
import type { Clock } from "./clock";

/** The calls that the fake takes. */
export type BucketOperation = "GetObject" | "PutObject";

/** What a {@link FakeBucket} is, and can be asked to do differently. */
export interface FakeBucketOptions {
  readonly name: string;
  /**
   * What a caller learns of a key without an object: a caller who may not list the bucket (`s3:ListBucket`) is denied
   * access instead. Source: Amazon S3 API Reference, "GetObject".
   * @default "NoSuchKey"
   */
  readonly missing?: "NoSuchKey" | "AccessDenied";
  /** Needed for the latency. */
  readonly clock?: Clock;
  /** How long each call takes to arrive. @default 0 */
  readonly latencyMilliseconds?: number;
}

/** Longest key, in bytes of UTF-8. Source: Amazon S3 User Guide, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1024;

/**
 * One S3 bucket without versions, in memory.
 *
 * Stands in for an `S3Client` where only `send` is used: it takes the SDK's command objects and answers or throws as the SDK
 * does. Like AWS: a read sees the latest write; the last of two writers wins; a body is a stream that can be read once.
 *
 * Unlike AWS: no conditions, versions, ranges, metadata but the content type, and a body must be a text or bytes.
 */
export class FakeBucket {
  readonly calls: Calls<BucketOperation>;
  readonly name: string;
  readonly #missing: "NoSuchKey" | "AccessDenied";
  readonly #objects = new Map<string, { readonly body: Buffer; readonly contentType: string | undefined }>();

  /** @throws TypeError when latency is given without a clock */
  constructor({ name, missing = "NoSuchKey", clock, latencyMilliseconds = 0 }: FakeBucketOptions) {
    if (clock === undefined && latencyMilliseconds > 0) throw new TypeError("latency needs a clock");
    this.name = name;
    this.calls = new Calls(clock && latencyMilliseconds > 0 ? () => clock.sleep(latencyMilliseconds) : undefined);
    this.#missing = missing;
  }

  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
  send(command: PutObjectCommand): Promise<PutObjectCommandOutput>;
  send(command: GetObjectCommand | PutObjectCommand): Promise<GetObjectCommandOutput | PutObjectCommandOutput> {
    if (command instanceof GetObjectCommand) {
      const { input } = command;
      return this.calls.run("GetObject", () => this.#get(input));
    }
    const { input } = command;
    return this.calls.run("PutObject", () => this.#put(input));
  }

  /** The text of an object, or nothing when there is none. */
  text(key: string): string | undefined {
    return this.#objects.get(key)?.body.toString("utf8");
  }

  /** Somebody else writes an object. */
  put(key: string, text: string): void {
    this.#objects.set(key, { body: Buffer.from(text), contentType: undefined });
  }

  /** Somebody else, or a lifecycle rule, removes an object: in silence if there is none. */
  remove(key: string): void {
    this.#objects.delete(key);
  }

  /** The keys of all objects, sorted. */
  keys(): readonly string[] {
    return [...this.#objects.keys()].sort();
  }

  #get(input: GetObjectCommandInput): GetObjectCommandOutput {
    const key = this.#checkedKey(input);
    const object = this.#objects.get(key);
    if (object === undefined) throw this.#missingObject(key);
    const { body, contentType } = object;
    return {
      $metadata: { httpStatusCode: 200 },
      Body: sdkStream(body),
      ContentLength: body.length,
      ContentType: contentType ?? "binary/octet-stream",
      ETag: etag(body),
    };
  }

  #put(input: PutObjectCommandInput): PutObjectCommandOutput {
    const key = this.#checkedKey(input);
    const body = bytesOf(input.Body);
    this.#objects.set(key, { body, contentType: input.ContentType });
    return { $metadata: { httpStatusCode: 200 }, ETag: etag(body) };
  }

  #checkedKey({ Bucket: bucket = "", Key: key = "" }: GetObjectCommandInput | PutObjectCommandInput): string {
    if (bucket !== this.name) {
      throw new NoSuchBucket({ $metadata: { httpStatusCode: 404 }, message: `no bucket ${bucket}` });
    }
    if (key !== "" && Buffer.byteLength(key) <= MAX_KEY_BYTES) return key;
    throw refused("KeyTooLongError", 400, `a key has 1 to ${MAX_KEY_BYTES} bytes`);
  }

  #missingObject(key: string): S3ServiceException {
    if (this.#missing === "AccessDenied") return refused("AccessDenied", 403, "Access Denied");
    return new NoSuchKey({ $metadata: { httpStatusCode: 404 }, message: `no object ${key}` });
  }
}

function refused(name: string, httpStatusCode: number, message: string): S3ServiceException {
  return new S3ServiceException({ $metadata: { httpStatusCode }, name, $fault: "client", message });
}

function bytesOf(body: PutObjectCommandInput["Body"]): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string" || body instanceof Uint8Array) return Buffer.from(body);
  throw new TypeError("the fake takes a body as a text or as bytes");
}

function etag(body: Buffer): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}

/** A body as the SDK returns it in Node: a stream with methods that read all of it, once. */
function sdkStream(body: Buffer): NonNullable<GetObjectCommandOutput["Body"]> {
  const stream = Readable.from([body], { objectMode: false });
  let isRead = false;
  const readOnce = (): Buffer<ArrayBuffer> => {
    if (isRead) throw new Error("the body has been read already");
    isRead = true;
    return Buffer.from(body);
  };
  // As the SDK does: a second read rejects, and does not throw at once.
  const bytes = (): Promise<Buffer<ArrayBuffer>> =>
    new Promise((resolve) => {
      resolve(readOnce());
    });
  return Object.assign(stream, {
    transformToByteArray: bytes,
    transformToString: async (encoding?: string) => new TextDecoder(encoding).decode(await bytes()),
    transformToWebStream: () => new Blob([readOnce()]).stream(),
  });
}
