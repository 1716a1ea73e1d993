import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { registrationCommand } from "../../lib/rancher/manual-registration";

/*
 * The line that people are told to run, run in a shell with the real curl and jq: what answers is a server of the test's, and kubectl
 * is a program that writes down what it is given.
 */

const TOKEN = "token-abcde:people-have-this";
const SECRET = "w7l2q8joins-as-this-cluster";
const MANIFEST = "kind: Deployment\nmetadata: { name: cattle-cluster-agent }\n";

/** What the server was asked, and by whom. */
interface Request {
  readonly path: string;
  readonly authorization?: string;
}

let server: Server;
let folder: string;
let requests: Request[];

beforeAll(async () => {
  for (const program of ["bash", "curl", "jq"]) {
    if (spawnSync(program, ["--version"]).status !== 0)
      throw new Error(`${program} is not installed: bash .ci/install-tools jq`);
  }
  server = createServer((request, response) => {
    const { url: path = "", headers } = request;
    requests.push({ path, authorization: headers.authorization });
    if (path === `/v3/import/${SECRET}_c-abcde.yaml`) response.end(MANIFEST);
    else if (headers.authorization !== `Bearer ${TOKEN}`) response.writeHead(401).end("{}");
    else response.end(JSON.stringify({ data: tokensOf(path) }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});

afterAll(() => {
  server.close();
});

beforeEach(() => {
  requests = [];
  folder = mkdtempSync(join(tmpdir(), "ringfence-"));
  writeFileSync(join(folder, "kubectl"), `#!/bin/sh\necho "$@" >'${folder}/arguments'\ncat >'${folder}/applied'\n`);
  chmodSync(join(folder, "kubectl"), 0o755);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** What Rancher's API lists for a cluster. */
function tokensOf(path: string): readonly object[] {
  if (path !== "/v3/clusterregistrationtokens?clusterId=c-abcde") return [];
  return [{ name: "default-token", manifestUrl: `${origin()}/v3/import/${SECRET}_c-abcde.yaml` }];
}

/** Runs the line as somebody with this token. */
function run(
  token: string,
  clusterId = "c-abcde",
): Promise<{ readonly status: number | null; readonly printed: string }> {
  const command = registrationCommand({
    url: origin(),
    clusterId,
    fleetWorkspace: "fleet-default",
    hasPrivateAuthority: false,
  });
  const path = [folder, process.env.PATH].join(delimiter);
  const shell = spawn("bash", ["-o", "pipefail", "-c", command], { env: { PATH: path, RANCHER_TOKEN_KEY: token } });
  let printed = "";
  for (const stream of [shell.stdout, shell.stderr])
    stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((done, fail) => {
    shell.on("error", fail);
    shell.on("close", (status) => {
      done({ status, printed });
    });
  });
}

const applied = (): string => readFileSync(join(folder, "applied"), "utf8");

it("applies the manifest of the cluster, and shows nobody the secret in it", async () => {
  const { status, printed } = await run(TOKEN);
  expect(status).toBe(0);
  expect(applied()).toBe(MANIFEST);
  expect(readFileSync(join(folder, "arguments"), "utf8")).toBe("apply -f -\n");
  expect(printed).not.toContain(SECRET);
});

it("signs in to Rancher's API with the caller's own token, which the manifest needs not", async () => {
  await run(TOKEN);
  expect(requests.map(({ authorization }) => authorization)).toEqual([`Bearer ${TOKEN}`, undefined]);
});

it.each([
  ["whose token Rancher refuses", "token-abcde:wrong", "c-abcde"],
  ["who may see no cluster of this id", TOKEN, "c-other"],
])("applies nothing for somebody %s", async (_, token, clusterId) => {
  const { status, printed } = await run(token, clusterId);
  expect(status).not.toBe(0);
  expect(printed).not.toBe("");
  expect(applied()).toBe("");
});
