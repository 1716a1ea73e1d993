import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { HANDLER } from "../../lambda/allowlist-sync/contract";
import { Allowlist } from "./support/allowlist";
import { callAws, CLIENT_VARIABLES } from "./support/aws-json";
import { bundleAllowlistSync } from "./support/function-process";
import { type Server, startServer } from "./support/server";
import { findRuntimeNode, findTool } from "./support/tools";

/*
 * The whole way with nobody's help: an item is put, MiniStack's own poller reads the stream, starts the deployed zip under the
 * Node.js of its runtime, and the address is in the set. MiniStack forgets the description that an update brings, so it cannot
 * show that a further pass writes nothing; moto.test.ts does.
 */

const NAME = "system-allowlist-sync";
const ACCOUNT_ID = "000000000000";

const program = findTool("ministack");
let ministack: Server;
let allowlist: Allowlist;

beforeAll(async () => {
  const path = [dirname(findRuntimeNode()), process.env.PATH].join(delimiter);
  ministack = await startServer({
    program,
    variables: (port) => ({ BIND_HOST: "127.0.0.1", GATEWAY_PORT: port, IOT_MTLS_ENABLED: "0", PATH: path }),
  });
  allowlist = await Allowlist.create(ministack.url, "system");
  await createFunction();
  await callAws(ministack.url, {
    service: "lambda",
    path: "/2015-03-31/event-source-mappings/",
    body: {
      EventSourceArn: allowlist.streamArn,
      FunctionName: NAME,
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 1000,
    },
  });
}, 90_000);

afterAll(async () => {
  await ministack.stop();
});

async function createFunction(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "allowlist-sync-"));
  try {
    const { zipFile } = bundleAllowlistSync(folder);
    await callAws(ministack.url, {
      service: "lambda",
      path: "/2015-03-31/functions",
      body: {
        FunctionName: NAME,
        Runtime: "nodejs24.x",
        Handler: HANDLER,
        Role: `arn:aws:iam::${ACCOUNT_ID}:role/${NAME}`,
        Timeout: 60,
        Code: { ZipFile: readFileSync(zipFile).toString("base64") },
        Environment: {
          Variables: { ...CLIENT_VARIABLES, ...allowlist.variables, AWS_ENDPOINT_URL: ministack.url },
        },
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Waits for the poller, which looks every second once there is a mapping and every five before. */
async function untilSetHolds(addresses: readonly string[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    if (JSON.stringify(await allowlist.addresses("ipv4")) === JSON.stringify(addresses)) return;
    await sleep(100);
  }
  expect(await allowlist.addresses("ipv4")).toEqual(addresses);
}

it("moves the addresses of an item that is put, and then changed, into the set by itself", async () => {
  await allowlist.put("payments", { SS: ["203.0.113.7/32", "192.0.2.128/28"] });
  await untilSetHolds(["192.0.2.128/28", "203.0.113.7/32"]);

  await allowlist.put("payments", { SS: ["203.0.113.8/32", "192.0.2.128/28"] });
  await untilSetHolds(["192.0.2.128/28", "203.0.113.8/32"]);
}, 60_000);
