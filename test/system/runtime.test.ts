import { SCHEDULE_EVENT, VARIABLES } from "../../lambda/allowlist-sync/contract";
import { Allowlist } from "./support/allowlist";
import { CLIENT_VARIABLES } from "./support/aws-json";
import { FunctionProcess } from "./support/function-process";
import { type Server, startServer } from "./support/server";
import { findTool } from "./support/tools";

/*
 * What only AWS's own runtime interface client shows: how it loads the bundle, what it makes of the handler's answers and errors,
 * and the time left that it tells. What the passes do is the matter of moto.test.ts.
 */

// The function leaves a second and more between two updates, as WAF's rate asks.
jest.setTimeout(30_000);

const program = findTool("moto");
let moto: Server;
let allowlist: Allowlist;
let variables: Readonly<Record<string, string>>;
const instances: FunctionProcess[] = [];

beforeAll(async () => {
  moto = await startServer({ program, args: (port) => ["-H", "127.0.0.1", "-p", port] });
}, 90_000);

afterAll(async () => {
  await moto.stop();
});

let environments = 0;

beforeEach(async () => {
  environments += 1;
  allowlist = await Allowlist.create(moto.url, `runtime${environments}`);
  await allowlist.put("payments", { SS: ["203.0.113.7/32"] });
  variables = { ...CLIENT_VARIABLES, ...allowlist.variables, AWS_ENDPOINT_URL: moto.url };
});

afterEach(async () => {
  for (const instance of instances.splice(0)) await instance.stop();
});

async function start(changed: Readonly<Record<string, string>> = {}): Promise<FunctionProcess> {
  const instance = await FunctionProcess.start({ ...variables, ...changed });
  instances.push(instance);
  return instance;
}

it("runs the bundle on the line of Node.js that Lambda will run it on", async () => {
  const lambda = await start();
  expect(lambda.nodeVersion).toMatch(/^v24\./);
});

it("takes an event and answers with nothing, which to Lambda is a batch without failures", async () => {
  const lambda = await start();
  expect(await lambda.invoke(SCHEDULE_EVENT)).toBeNull();
  expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32"]);
});

it("reports what a pass failed with, by type and message", async () => {
  const lambda = await start({ [VARIABLES.tableName]: "no-such-table" });
  await expect(lambda.invoke(SCHEDULE_EVENT)).rejects.toMatchObject({
    name: "FunctionError",
    errorType: "ResourceNotFoundException",
    message: expect.stringMatching(/not found/i) as unknown,
  });
});

it("reports what is missing in its environment before it takes an event", async () => {
  await expect(start({ [VARIABLES.tableName]: "", [VARIABLES.guardMaxShare]: "" })).rejects.toMatchObject({
    name: "FunctionError",
    errorType: "Error",
    message: expect.stringMatching(/TABLE_NAME is not set.*GUARD_MAX_SHARE is not set/) as unknown,
  });
});

it("begins no write when its deadline is near, and goes on with the next event in the same process", async () => {
  const lambda = await start();
  const tokens = await allowlist.lockTokens();
  await expect(lambda.invoke(SCHEDULE_EVENT, { timeoutSeconds: 4 })).rejects.toMatchObject({
    name: "FunctionError",
    message: expect.stringMatching(/^out of time/) as unknown,
  });
  expect(await allowlist.lockTokens()).toEqual(tokens);
  expect(await allowlist.addresses("ipv4")).toEqual([]);

  await lambda.invoke(SCHEDULE_EVENT);
  expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32"]);
});

it("serves one event after the other from a warm process", async () => {
  const lambda = await start();
  await lambda.invoke(SCHEDULE_EVENT);
  await allowlist.put("billing", { SS: ["203.0.113.8/32"] });
  await lambda.invoke(SCHEDULE_EVENT);
  expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32", "203.0.113.8/32"]);
});
