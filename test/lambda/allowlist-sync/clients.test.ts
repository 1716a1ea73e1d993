import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { ListIPSetsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";

import { CLIENT_SETTINGS } from "../../../lambda/allowlist-sync/clients";

/** Takes connections and says nothing. */
let server: Server;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

// Whatever became of the test: an open connection would keep the runner from ending.
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("a server that never answers is given up", async () => {
  const client = new WAFV2Client({
    ...CLIENT_SETTINGS,
    maxAttempts: 1,
    requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: 100 },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const list = client.send(new ListIPSetsCommand({ Scope: "REGIONAL" }));
  await expect(list).rejects.toMatchObject({ name: "TimeoutError" });
});

test("all tries of one call fit into a pass, so that its failure is told by the function and not by Lambda", () => {
  const { maxAttempts, requestHandler } = CLIENT_SETTINGS;
  expect((maxAttempts * requestHandler.requestTimeout) / 1000).toBeLessThan(300);
});
