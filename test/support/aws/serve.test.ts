import { spawn } from "node:child_process";
import { once } from "node:events";
import { DynamoDBClient, ResourceNotFoundException, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  GetIPSetCommand,
  type GetIPSetCommandInput,
  ListIPSetsCommand,
  ListWebACLsCommand,
  UpdateIPSetCommand,
  WAFInternalErrorException,
  WAFInvalidParameterException,
  WAFOptimisticLockException,
  WAFV2Client,
} from "@aws-sdk/client-wafv2";
import {
  connectionReset,
  FakeBucket,
  FakeTable,
  FakeWaf,
  internalError,
  realClock,
  serveAws,
  throttled,
  WAF_RATES,
  type AwsServer,
} from ".";

const Scope = "REGIONAL";
const TableName = "clusters";
const Bucket = "knowledge";

let waf: FakeWaf;
let table: FakeTable;
let bucket: FakeBucket;
let server: AwsServer;
const clients: { destroy(): void }[] = [];

/** Real clients that make each call once, so that a test sees what one call meets. */
function client<T extends { destroy(): void }>(type: new (settings: object) => T, settings: object = {}): T {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const made = new type({ endpoint: server.url, region: "eu-central-1", credentials, maxAttempts: 1, ...settings });
  clients.push(made);
  return made;
}

beforeEach(async () => {
  waf = new FakeWaf();
  table = new FakeTable({ name: TableName, clock: realClock, keys: ["id", "ips"] });
  bucket = new FakeBucket({ name: Bucket });
  server = await serveAws({ waf, table, bucket });
});

afterEach(async () => {
  for (const made of clients.splice(0)) made.destroy();
  await server.close();
});

describe("WAF", () => {
  async function listed(wire: WAFV2Client): Promise<GetIPSetCommandInput & { LockToken: string | undefined }> {
    const { IPSets: [set] = [] } = await wire.send(new ListIPSetsCommand({ Scope, Limit: 1 }));
    return { Scope, Name: set?.Name, Id: set?.Id, LockToken: set?.LockToken };
  }
  const update = (set: object, Addresses: string[], Description?: string): UpdateIPSetCommand =>
    new UpdateIPSetCommand({ Scope, Name: "", Id: "", LockToken: "", ...set, Addresses, Description });

  test("a list in pages, an update and a read travel whole", async () => {
    const wire = client(WAFV2Client);
    waf.createSet("b", "IPV4");
    waf.createSet("a", "IPV6", ["2001:db8::/32"], "first text");
    const first = await wire.send(new ListIPSetsCommand({ Scope, Limit: 1 }));
    const second = await wire.send(new ListIPSetsCommand({ Scope, Limit: 1, NextMarker: first.NextMarker }));
    expect([first, second].map(({ IPSets = [] }) => IPSets.map(({ Name }) => Name))).toEqual([["a"], ["b"]]);
    expect(first.IPSets?.[0]?.Description).toBe("first text");

    const set = await listed(wire);
    const { NextLockToken } = await wire.send(update(set, ["2001:db8:1::/48", "2001:db8:2::/48"], "second text"));
    expect(await wire.send(new GetIPSetCommand(set))).toMatchObject({
      LockToken: NextLockToken,
      IPSet: {
        Addresses: ["2001:db8:1::/48", "2001:db8:2::/48"],
        Description: "second text",
        IPAddressVersion: "IPV6",
      },
    });
  });

  test("a full set travels, both ways", async () => {
    const wire = client(WAFV2Client);
    waf.createSet("a", "IPV6");
    const addresses = Array.from({ length: 10_000 }, (_, n) => `2001:db8:1111:2222:3333:4444:5555:${n}/128`);
    const set = await listed(wire);
    await wire.send(update(set, addresses));
    expect((await wire.send(new GetIPSetCommand(set))).IPSet?.Addresses).toEqual(addresses);
  });

  test("an error arrives as the SDK's own class, with its status", async () => {
    const wire = client(WAFV2Client);
    waf.createSet("a", "IPV4");
    const set = await listed(wire);
    waf.overwrite("a", ["192.0.2.1/32"]);
    const conflict = await wire.send(update(set, [])).catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(WAFOptimisticLockException);
    expect(conflict).toMatchObject({ $metadata: { httpStatusCode: 400 } });
    await expect(wire.send(update(set, ["nonsense"]))).rejects.toThrow(WAFInvalidParameterException);
    await expect(wire.send(new ListWebACLsCommand({ Scope }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });

  test("what a hook throws arrives as what it is; what is not the SDK's is a failure of the service", async () => {
    const wire = client(WAFV2Client);
    const heard = async (error: Error): Promise<unknown> => {
      waf.calls.before("ListIPSets", () => {
        throw error;
      });
      return wire.send(new ListIPSetsCommand({ Scope })).catch((caught: unknown) => caught);
    };
    expect(await heard(throttled())).toMatchObject({ name: "ThrottlingException", $metadata: { httpStatusCode: 400 } });
    const internal = await heard(internalError());
    expect(internal).toBeInstanceOf(WAFInternalErrorException);
    expect(internal).toMatchObject({ $metadata: { httpStatusCode: 500 } });
    expect(await heard(new Error("a slip"))).toMatchObject({ name: "InternalFailure", message: "Error: a slip" });
  });

  test.each([throttled, internalError, connectionReset])("the SDK's own retries outlast one %p", async (fault) => {
    const wire = client(WAFV2Client, { maxAttempts: 2 });
    waf.createSet("a", "IPV4");
    waf.calls.before("ListIPSets", () => {
      throw fault();
    });
    expect((await wire.send(new ListIPSetsCommand({ Scope }))).IPSets).toHaveLength(1);
    expect(waf.calls.count("ListIPSets")).toBe(2);
  });

  test("a lost reply: the effect is there, the retry meets a stale token", async () => {
    const wire = client(WAFV2Client, { maxAttempts: 2 });
    waf.createSet("a", "IPV4");
    const set = await listed(wire);
    waf.calls.after("UpdateIPSet", () => {
      throw connectionReset();
    });
    await expect(wire.send(update(set, ["192.0.2.1/32"]))).rejects.toThrow(WAFOptimisticLockException);
    expect(waf.addresses("a")).toEqual(["192.0.2.1/32"]);
    expect(waf.calls.count("UpdateIPSet")).toBe(2);
  });

  test("a call that never arrives has no effect", async () => {
    const wire = client(WAFV2Client);
    waf.createSet("a", "IPV4");
    const set = await listed(wire);
    waf.calls.before("UpdateIPSet", () => {
      throw connectionReset();
    });
    await expect(wire.send(update(set, ["192.0.2.1/32"]))).rejects.toThrow("socket hang up");
    expect(waf.addresses("a")).toEqual([]);
  });
});

test("rates hold in real time", async () => {
  const limited = await serveAws({ waf: new FakeWaf({ clock: realClock, rates: WAF_RATES }) });
  try {
    const wire = client(WAFV2Client, { endpoint: limited.url });
    const list = (): Promise<unknown> => wire.send(new ListIPSetsCommand({ Scope }));
    await list();
    await expect(list()).rejects.toMatchObject({ name: "ThrottlingException" });
    await realClock.sleep(210);
    await list();
  } finally {
    await limited.close();
  }
});

describe("DynamoDB", () => {
  const all = { TableName, ConsistentRead: true };

  test("a scan travels page by page, every type of value", async () => {
    const wire = client(DynamoDBClient);
    const items = [
      { id: { S: "ü" }, ips: { S: "[]" }, expires: { N: "17" }, by: { NULL: true } },
      { id: { S: "b" }, ips: { S: "[]" }, set: { SS: ["x", "y"] }, list: { L: [{ S: "x" }, { N: "1" }] } },
      { id: { S: "c" }, ips: { S: "[]" } },
    ] as const;
    for (const item of items) table.put(item);
    const found: unknown[] = [];
    let ExclusiveStartKey;
    do {
      const page: Awaited<ReturnType<FakeTable["send"]>> = await wire.send(
        new ScanCommand({ ...all, ExclusiveStartKey }),
      );
      found.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    expect(found).toHaveLength(3);
    expect(found).toEqual(expect.arrayContaining([...items]));
    expect(table.calls.count("Scan")).toBe(2);
  });

  test("errors arrive as the SDK's own", async () => {
    const wire = client(DynamoDBClient);
    await expect(wire.send(new ScanCommand({ TableName: "other" }))).rejects.toThrow(ResourceNotFoundException);
    const wrong = new ScanCommand({ ...all, ProjectionExpression: "#a" });
    await expect(wire.send(wrong)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("S3", () => {
  test("an object travels, both ways, whatever is in its key", async () => {
    const wire = client(S3Client);
    const Key = "sets/a b+ü&%/{x}.txt";
    const Body = "2001:db8::/32\n".repeat(10_000);
    await wire.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "text/plain" }));
    expect(bucket.keys()).toEqual([Key]);
    expect(bucket.text(Key)).toBe(Body);
    const reply = await wire.send(new GetObjectCommand({ Bucket, Key }));
    expect(await reply.Body?.transformToString()).toBe(Body);
    expect(reply).toMatchObject({ ContentType: "text/plain", ContentLength: Body.length });
  });

  test("an empty object is one", async () => {
    const wire = client(S3Client);
    // Not an empty text, for which the SDK warns of a stream of unknown length.
    await wire.send(new PutObjectCommand({ Bucket, Key: "empty", Body: Buffer.alloc(0) }));
    const { Body: body } = await wire.send(new GetObjectCommand({ Bucket, Key: "empty" }));
    expect(await body?.transformToString()).toBe("");
  });

  test("errors arrive as the SDK's own", async () => {
    const wire = client(S3Client);
    await expect(wire.send(new GetObjectCommand({ Bucket, Key: "<none>&" }))).rejects.toThrow(NoSuchKey);
    await expect(wire.send(new GetObjectCommand({ Bucket: "other", Key: "a" }))).rejects.toMatchObject({
      name: "NoSuchBucket",
      message: "no bucket other",
    });
    bucket.put("a", "text");
    for (const unknown of [new DeleteObjectCommand({ Bucket, Key: "a" }), new ListObjectsV2Command({ Bucket })]) {
      await expect(wire.send(unknown as DeleteObjectCommand)).rejects.toMatchObject({ name: "NotImplemented" });
    }
    expect(bucket.keys()).toEqual(["a"]);
  });

  test("a body in pieces is refused, not stored with their frames", async () => {
    const pieces = { method: "PUT", headers: { "content-encoding": "aws-chunked" }, body: "4\r\ntext\r\n0\r\n" };
    expect((await fetch(`${server.url}/${Bucket}/a`, pieces)).status).toBe(501);
    expect(bucket.keys()).toEqual([]);
  });

  test("who may not list is denied, on the wire too", async () => {
    const closed = await serveAws({ bucket: new FakeBucket({ name: Bucket, missing: "AccessDenied" }) });
    try {
      const get = client(S3Client, { endpoint: closed.url }).send(new GetObjectCommand({ Bucket, Key: "a" }));
      await expect(get).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    } finally {
      await closed.close();
    }
  });
});

/** Runs a script in a process of its own that knows nothing but the server's variables; returns what it writes. */
async function run(script: string): Promise<string> {
  const child = spawn(process.execPath, ["-e", `(async () => {${script}})();`], {
    env: server.variables,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  expect(await once(child, "close")).toEqual([0, null]);
  return Buffer.concat(chunks).toString();
}

test("another process finds all of it by its variables alone", async () => {
  waf.createSet("a", "IPV4");
  table.put({ id: { S: "b" }, ips: { S: "[]" } });
  await run(`
    const { S3 } = require("@aws-sdk/client-s3");
    const { DynamoDB } = require("@aws-sdk/client-dynamodb");
    const { WAFV2 } = require("@aws-sdk/client-wafv2");
    const { IPSets: [set] } = await new WAFV2().listIPSets({ Scope: "REGIONAL" });
    const { Items: [item] } = await new DynamoDB().scan({ TableName: "clusters", ConsistentRead: true });
    await new S3().putObject({ Bucket: "knowledge", Key: "c", Body: set.Name + item.id.S });`);
  expect(bucket.text("c")).toBe("ab");
});

// In a process of its own: the test runner has an Error class of its own, which hides the one of a broken socket.
test("a real client throws what these errors look like", async () => {
  const errors = [throttled(), internalError(), connectionReset()];
  for (const [skip, error] of errors.entries()) {
    waf.calls.before(
      "ListIPSets",
      () => {
        throw error;
      },
      skip,
    );
  }
  const thrown = await run(`
    const { WAFV2 } = require("@aws-sdk/client-wafv2");
    const waf = new WAFV2({ maxAttempts: 1 });
    const caught = [];
    for (let n = 0; n < 3; n += 1) await waf.listIPSets({ Scope: "REGIONAL" }).catch((error) => caught.push(error));
    process.stdout.write(JSON.stringify(caught.map(({ name, message, code, $fault, $metadata }) =>
      ({ name, message, code, $fault, status: $metadata.httpStatusCode }))));`);
  expect(JSON.parse(thrown)).toEqual([
    { name: errors[0]?.name, message: errors[0]?.message, $fault: "client", status: 400 },
    { name: errors[1]?.name, message: errors[1]?.message, $fault: "server", status: 500 },
    { name: errors[2]?.name, message: errors[2]?.message, code: "ECONNRESET" },
  ]);
  expect(errors).toMatchObject([
    { $fault: "client", $metadata: { httpStatusCode: 400 } },
    { $fault: "server", $metadata: { httpStatusCode: 500 } },
    { code: "ECONNRESET" },
  ]);
});
