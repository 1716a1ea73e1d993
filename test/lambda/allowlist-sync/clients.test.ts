import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ListIPSetsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";

import {
  BUCKET_CLIENT_SETTINGS,
  TABLE_CLIENT_SETTINGS,
  WAF_CLIENT_SETTINGS,
} from "../../../lambda/allowlist-sync/clients";
import { TIME_RESERVE_SECONDS } from "../../../lambda/allowlist-sync/contract";

/** Takes connections; says nothing, or begins an answer whose body never comes. */
let server: Server;
let beginsAnswer = false;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    if (beginsAnswer)
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 99\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

// Whatever became of the test: an open connection would keep the runner from ending.
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const SETTINGS = { waf: WAF_CLIENT_SETTINGS, table: TABLE_CLIENT_SETTINGS, bucket: BUCKET_CLIENT_SETTINGS };

/** Calls with the function's own settings, a hundred times less patient and once only. */
function call(service: keyof typeof SETTINGS): Promise<unknown> {
  const { requestHandler } = SETTINGS[service];
  const config = {
    maxAttempts: 1,
    requestHandler: {
      ...requestHandler,
      requestTimeout: requestHandler.requestTimeout / 100,
      socketTimeout: requestHandler.socketTimeout / 100,
    },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  };
  if (service === "waf") return new WAFV2Client(config).send(new ListIPSetsCommand({ Scope: "REGIONAL" }));
  if (service === "table") return new DynamoDBClient(config).send(new ScanCommand({ TableName: "clusters" }));
  return new S3Client(config)
    .send(new GetObjectCommand({ Bucket: "knowledge", Key: "k" }))
    .then(({ Body }) => Body?.transformToString());
}

describe.each(["waf", "table", "bucket"] as const)("a server of the %s", (service) => {
  test.each([
    ["never answers", false],
    ["begins an answer and stalls", true],
  ])("that %s is given up", async (_, begins) => {
    beginsAnswer = begins;
    await expect(call(service)).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

test("one call of WAF fits into the reserve, with what is stored behind it, so that its failure is told by the function", () => {
  const bucket = BUCKET_CLIENT_SETTINGS;
  const longest = (milliseconds: { readonly connectionTimeout: number; readonly requestTimeout: number }): number =>
    milliseconds.connectionTimeout + milliseconds.requestTimeout;
  const seconds =
    (longest(WAF_CLIENT_SETTINGS.requestHandler) + bucket.maxAttempts * longest(bucket.requestHandler)) / 1000;
  expect(WAF_CLIENT_SETTINGS.maxAttempts).toBe(1);
  expect(seconds).toBeLessThan(TIME_RESERVE_SECONDS);
});
