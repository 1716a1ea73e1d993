import { GetObjectCommand, NoSuchBucket, NoSuchKey, PutObjectCommand } from "@aws-sdk/client-s3";
import { FakeBucket, VirtualClock } from ".";

const Bucket = "knowledge";
const get = (Key: string): GetObjectCommand => new GetObjectCommand({ Bucket, Key });
const put = (Key: string, Body: string | Uint8Array): PutObjectCommand => new PutObjectCommand({ Bucket, Key, Body });

test("what was put is read again, text or bytes, the latest write at once", async () => {
  const bucket = new FakeBucket({ name: Bucket });
  await bucket.send(put("sets/a.txt", "one"));
  await bucket.send(put("sets/a.txt", "zwölf"));
  await bucket.send(put("b", Buffer.from("bytes")));
  expect(await (await bucket.send(get("sets/a.txt"))).Body?.transformToString()).toBe("zwölf");
  expect(await (await bucket.send(get("b"))).Body?.transformToByteArray()).toEqual(Buffer.from("bytes"));
  expect(bucket.text("sets/a.txt")).toBe("zwölf");
  expect(bucket.keys()).toEqual(["b", "sets/a.txt"]);
  expect([bucket.calls.count("PutObject"), bucket.calls.count("GetObject")]).toEqual([3, 2]);
});

test("a body is a stream, and is read once", async () => {
  const bucket = new FakeBucket({ name: Bucket });
  bucket.put("a", "text");
  const { Body: body } = await bucket.send(get("a"));
  expect(await body?.transformToString()).toBe("text");
  await expect(body?.transformToString()).rejects.toThrow("read already");

  const { Body: other } = await bucket.send(get("a"));
  const chunks: Buffer[] = [];
  for await (const chunk of other as AsyncIterable<Buffer>) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe("text");
});

test("a key without an object, and another bucket, are errors of the SDK", async () => {
  const bucket = new FakeBucket({ name: Bucket });
  bucket.put("a", "text");
  bucket.remove("a");
  await expect(bucket.send(get("a"))).rejects.toThrow(NoSuchKey);
  await expect(bucket.send(new GetObjectCommand({ Bucket: "other", Key: "a" }))).rejects.toThrow(NoSuchBucket);
  await expect(bucket.send(put("x".repeat(1025), ""))).rejects.toMatchObject({ name: "KeyTooLongError" });
  expect(bucket.text("a")).toBeUndefined();
});

test("who may not list the bucket is denied access to what is not there", async () => {
  const bucket = new FakeBucket({ name: Bucket, missing: "AccessDenied" });
  bucket.put("a", "text");
  await bucket.send(get("a"));
  const denied = expect(bucket.send(get("b"))).rejects;
  await denied.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
});

test("hooks run around its calls, and its calls take time", async () => {
  const clock = new VirtualClock(0);
  const bucket = new FakeBucket({ name: Bucket, clock, latencyMilliseconds: 30 });
  bucket.calls.after("PutObject", () => {
    throw new Error("lost");
  });
  await expect(bucket.send(put("a", "text"))).rejects.toThrow("lost");
  expect(bucket.text("a")).toBe("text");
  expect(clock.now()).toBe(30);
});

test("what it holds cannot be changed through what it was given", async () => {
  const bucket = new FakeBucket({ name: Bucket });
  const bytes = Buffer.from("text");
  await bucket.send(put("a", bytes));
  bytes.fill(0);
  expect(bucket.text("a")).toBe("text");
});
