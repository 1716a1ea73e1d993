import type { AttributeValue } from "@aws-sdk/client-dynamodb";

import { AUDIT_EVENT, encodeCluster, SCHEDULE_EVENT, type TableKeySchema } from "../../lambda/allowlist-sync/contract";
import { Allowlist } from "./support/allowlist";
import { CLIENT_VARIABLES } from "./support/aws-json";
import { FunctionProcess } from "./support/function-process";
import { type Server, startServer } from "./support/server";
import { StreamReader } from "./support/stream";
import { findTool } from "./support/tools";
import { Wire } from "./support/wire";

/*
 * The bundle that is deployed, under the Node.js of its runtime, against moto: a second opinion on what WAF's lock tokens and
 * DynamoDB's streams do, by people who never saw this project.
 */

// The function leaves a second and more between two updates, as WAF's rate asks.
jest.setTimeout(30_000);

const program = findTool("moto");
let moto: Server;

beforeAll(async () => {
  moto = await startServer({ program, args: (port) => ["-H", "127.0.0.1", "-p", port] });
}, 90_000);

afterAll(async () => {
  await moto.stop();
});

/** How to end what a test has started, even one that failed half way. */
const started: (() => Promise<void>)[] = [];

/** An environment of its own for each test, all of them in one account. */
class Deployment {
  static #count = 0;
  readonly #stream: StreamReader;

  private constructor(
    readonly allowlist: Allowlist,
    readonly wire: Wire,
    public lambda: FunctionProcess,
  ) {
    this.#stream = new StreamReader(moto.url, allowlist.streamArn);
  }

  static async create(keySchema?: TableKeySchema): Promise<Deployment> {
    Deployment.#count += 1;
    const allowlist = await Allowlist.create(moto.url, `system${Deployment.#count}`, keySchema);
    const wire = await Wire.to(moto.url);
    started.push(() => wire.close());
    return new Deployment(allowlist, wire, await startFunction(allowlist, wire));
  }

  /** From here on another instance of the function gets the events, which knows nothing yet. */
  async coldStart(): Promise<void> {
    this.lambda = await startFunction(this.allowlist, this.wire);
  }

  /** Hands the function what the stream has to say. */
  async stream(): Promise<void> {
    const event = await this.#stream.take();
    expect(event.Records.length).toBeGreaterThan(0);
    await this.lambda.invoke(event);
  }

  async schedule(): Promise<void> {
    await this.lambda.invoke(SCHEDULE_EVENT);
  }

  async audit(): Promise<void> {
    await this.lambda.invoke(AUDIT_EVENT);
  }
}

async function startFunction(allowlist: Allowlist, wire: Wire): Promise<FunctionProcess> {
  const variables = { ...CLIENT_VARIABLES, ...allowlist.variables, AWS_ENDPOINT_URL: wire.url };
  const lambda = await FunctionProcess.start(variables);
  started.push(() => lambda.stop());
  return lambda;
}

let deployment: Deployment;
let allowlist: Allowlist;

async function deploy(keySchema?: TableKeySchema): Promise<void> {
  deployment = await Deployment.create(keySchema);
  ({ allowlist } = deployment);
}

/** Items as the project's own writers make them. */
function encoded(
  keySchema: TableKeySchema,
  cluster: string,
  cidrs: readonly string[],
): Record<string, AttributeValue>[] {
  return encodeCluster(keySchema, cluster, cidrs).map((item) => JSON.parse(item) as Record<string, AttributeValue>);
}

afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop();
});

describe("with one item for each cluster", () => {
  beforeEach(() => deploy());

  it("runs on the line of Node.js that Lambda will run it on", () => {
    expect(deployment.lambda.nodeVersion).toMatch(/^v24\./);
  });

  const encodings: readonly (readonly [name: string, encode: (...cidrs: string[]) => AttributeValue])[] = [
    ["a String Set", (...cidrs) => ({ SS: cidrs })],
    ["a List", (...cidrs) => ({ L: cidrs.map((cidr) => ({ S: cidr })) })],
    ["a JSON string", (...cidrs) => ({ S: JSON.stringify(cidrs) })],
  ];

  it.each(encodings)("follows an item with %s as it is put, changed and removed", async (_name, encode) => {
    await allowlist.put("payments", encode("203.0.113.7/32", "192.0.2.128/28", "2001:db8:7::/56"));
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual(["192.0.2.128/28", "203.0.113.7/32"]);
    expect(await allowlist.addresses("ipv6")).toHaveLength(1);

    await allowlist.put("payments", encode("203.0.113.8/32", "192.0.2.128/28"));
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual(["192.0.2.128/28", "203.0.113.8/32"]);
    expect(await allowlist.addresses("ipv6")).toEqual([]);

    await allowlist.remove({ id: { S: "payments" } });
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual([]);
  });

  it("keeps an address for as long as one cluster names it", async () => {
    await allowlist.put("payments", { SS: ["203.0.113.7/32", "203.0.113.8/32"] });
    await allowlist.put("billing", { SS: ["203.0.113.7/32"] });
    await deployment.stream();
    await allowlist.remove({ id: { S: "payments" } });
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32"]);
  });

  it("refuses an impossible entry and names it, without keeping anybody else out", async () => {
    await allowlist.put("article", { S: '["54.123.456.78/32", "203.0.113.9/32"]' });
    await allowlist.put("payments", { SS: ["203.0.113.7/32"] });
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32", "203.0.113.9/32"]);
    expect(deployment.lambda.records("entry-rejected")).toEqual([
      expect.objectContaining({ cluster: "article", entry: "54.123.456.78/32" }),
    ]);
  });

  it("writes nothing in a further pass, whatever starts it", async () => {
    await allowlist.put("payments", { SS: ["203.0.113.7/32", "2001:db8:7::/56"] });
    await deployment.stream();
    const tokens = await allowlist.lockTokens();
    expect(tokens.get(allowlist.setName("ipv4"))).toMatch(/./);

    await allowlist.put("payments", { L: [{ S: "2001:db8:7::/56" }, { S: "203.0.113.7/32" }] });
    deployment.wire.takeOperations();
    await deployment.stream();
    expect(deployment.wire.takeOperations()).toEqual(["ListIPSets", "Scan"]);

    await deployment.schedule();
    expect(await allowlist.lockTokens()).toEqual(tokens);
  });

  it("knows after a cold start what the sets hold, from the bucket instead of by reading them", async () => {
    await allowlist.put("payments", { SS: ["203.0.113.7/32", "203.0.113.8/32"] });
    await deployment.stream();
    await deployment.coldStart();
    await allowlist.put("payments", { SS: ["203.0.113.8/32", "203.0.113.9/32"] });
    deployment.wire.takeOperations();
    await deployment.stream();
    const operations = deployment.wire.takeOperations();
    expect(operations).toContain("GetObject");
    expect(operations).not.toContain("GetIPSet");
    expect(deployment.lambda.records("knowledge-lost")).toEqual([]);
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.8/32", "203.0.113.9/32"]);
  });

  it("repairs in its audit what somebody changed by hand, and says so", async () => {
    await allowlist.put("payments", { SS: ["203.0.113.7/32"] });
    await deployment.schedule();
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32"]);

    await allowlist.overwrite("ipv4", ["192.0.2.66/32"]);
    await deployment.audit();
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32"]);
    expect(deployment.lambda.records("drift-found")).toEqual([
      expect.objectContaining({ firstForeign: ["192.0.2.66/32"], firstMissing: ["203.0.113.7/32"] }),
    ]);
  });

  it("starts again when another writer comes between its reading and its writing", async () => {
    await allowlist.put("payments", { SS: ["203.0.113.7/32"] });
    deployment.wire.beforeNext("UpdateIPSet", async () => {
      await allowlist.overwrite("ipv4", ["192.0.2.66/32"]);
      await allowlist.put("late", { SS: ["203.0.113.99/32"] });
    });
    await deployment.stream();
    expect(deployment.lambda.records("lock-conflict")).toHaveLength(1);
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.7/32", "203.0.113.99/32"]);
  });

  it("leaves the sets of people alone", async () => {
    const before = await allowlist.state(allowlist.operatorsSet);
    await allowlist.put("payments", { SS: ["203.0.113.7/32"] });
    await deployment.stream();
    await deployment.schedule();
    expect(await allowlist.state(allowlist.operatorsSet)).toEqual(before);
  });
});

describe("with the composite key", () => {
  beforeEach(() => deploy("id+ips"));

  it("takes the union of a cluster's items", async () => {
    const cidrs = Array.from({ length: 60 }, (_, index) => `203.0.113.${index}/32`);
    const [first = {}, second = {}, ...others] = encoded("id+ips", "payments", cidrs);
    expect(others).toEqual([]);
    await allowlist.putItem(first);
    await allowlist.putItem(second);
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual([...cidrs].sort());

    await allowlist.remove(second);
    await deployment.stream();
    const rest = JSON.parse(first.ips?.S ?? "") as string[];
    expect(rest.length).toBeGreaterThan(50);
    expect(await allowlist.addresses("ipv4")).toEqual(rest.sort());
  });

  it("follows an item whose addresses change, which is a new key and the old one gone", async () => {
    const [before = {}] = encoded("id+ips", "payments", ["203.0.113.7/32"]);
    const [after = {}] = encoded("id+ips", "payments", ["203.0.113.8/32"]);
    await allowlist.putItem(before);
    await deployment.stream();
    await allowlist.putItem(after);
    await allowlist.remove(before);
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual(["203.0.113.8/32"]);

    await allowlist.remove(after);
    await deployment.stream();
    expect(await allowlist.addresses("ipv4")).toEqual([]);
  });
});
