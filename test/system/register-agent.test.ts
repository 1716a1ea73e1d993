import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { caChecksum } from "../../lib/azure/aks/agent-by-run-command";
import { manifest } from "../support/run-command/manifest";
import { manifestUrl, OTHER_TOKEN, TOKEN, withRuns } from "../support/run-command/runs";
import type { Registration, Surroundings } from "../support/run-command/world";
import { type Authority, makeAuthority } from "./register-agent/authority";
import { type Answer, RancherServer } from "./register-agent/rancher-server";

/*
 * The scripts that bring Rancher's agent into a cluster, as they are shipped: what can be in their way in Azure and in the cluster, and
 * how they fetch the manifest from a server of a private authority. Azure CLI, kubectl and the clock are stand-ins.
 */

jest.setTimeout(60_000);

const UNSCHEDULABLE = "0/3 nodes are available: 3 node(s) had untolerated taint {CriticalAddonsOnly: true}.";
const DENIED =
  "(AuthorizationFailed) The client does not have authorization to perform action\nCode: AuthorizationFailed";
const FORBIDDEN = 'Error from server (Forbidden): namespaces "cattle-system" is forbidden: User does not have access';
const NO_NODE = "(KubernetesPerformanceError) Failed to run command due to cluster perf issue, container did not start";
const BUSY = "(OperationNotAllowed) Operation is not allowed: another operation is in progress";

function always(fault: string): readonly string[] {
  return Array.from({ length: 200 }, () => fault);
}

describe.each(["bash", "dash"])("with %s in the pod", (shell) => {
  const runs = withRuns({ shell });

  it("brings the agent in", async () => {
    expect(await runs.run()).toMatchObject({ status: 0, stderr: "", outputs: { outcome: "joined" } });
  });

  it("explains why it does not", async () => {
    expect(await runs.runToFailure({ readyAfter: 100_000, unschedulable: UNSCHEDULABLE })).toBe(
      `no node takes the agent's pod (${UNSCHEDULABLE}). ` +
        "Give the cluster a pool of at least one node without taints that is no spot pool, with room for the pod.",
    );
  });
});

describe("what passes", () => {
  const runs = withRuns();

  it.each<[string, Surroundings, RegExp]>([
    ["roles that have not arrived", { showFaults: [DENIED, DENIED], invokeFaults: [DENIED] }, /may not run commands/],
    ["roles in the cluster", { kubeFaults: [FORBIDDEN] }, /does not let the script's identity look at the cluster/],
    ["a token that is not known yet", { kubeFaults: ["error: You must be logged in to the server"] }, /logged in/],
    ["a cluster that is being upgraded", { state: "Upgrading", invokeFaults: [BUSY, BUSY, BUSY] }, /being changed/],
    ["nodes that are still being made", { invokeFaults: [NO_NODE, NO_NODE, NO_NODE] }, /no node took/],
    ["a run command that Azure gives up", { invokeAnswers: [`Failed|None|${NO_NODE}|None`] }, /no node took/],
    ["a run command that does not end", { invokeAnswers: ["Running|None|None|None", "nothing"] }, /did not end/],
    ["a run command that is killed", { invokeAnswers: ["Succeeded|137|None|fetching\\nKilled"] }, /with status 137/],
    [
      "one that fails after all",
      { invokeAnswers: ["Succeeded|1|None|RESULT|joined|none|x|y"] },
      /status 1 after it said/,
    ],
    ["Azure's own trouble", { showFaults: ["(ServerTimeout) Timed out"] }, /Azure refused.*ServerTimeout/],
    ["an API server that restarts", { kubeFaults: ["", "Unable to connect: EOF"] }, /failed to apply .*EOF/],
    ["a slow cluster", { readyAfter: 500 }, /pods are not ready after 120 s/],
  ])("is waited for: %s", async (_, around, words) => {
    const ended = await runs.run(around);
    expect(ended).toMatchObject({ status: 0, stderr: "", outputs: { outcome: "joined" } });
    expect(ended.stdout).toMatch(new RegExp(`${words.source}.*again in 15 s`));
    expect(runs.world.rollouts).toBe(1);
  });

  it("says what it waits for, once each time", async () => {
    const { stdout } = await runs.run({ showFaults: [DENIED] });
    expect(stdout).toMatch(/^\[ +5 s\] .*may not run commands in the cluster yet .*; again in 15 s$/m);
  });

  it("is waited for longer and longer, up to a minute", async () => {
    const { stdout } = await runs.run({ showFaults: [DENIED, DENIED, DENIED, DENIED] });
    expect([...stdout.matchAll(/again in (\d+) s/g)].map(([, seconds]) => seconds)).toEqual(["15", "30", "60", "60"]);
  });
});

describe("what does not pass", () => {
  const runs = withRuns();

  it.each<[string, Surroundings, RegExp]>([
    ["a cluster that is stopped", { power: "Stopped" }, /^the cluster is stopped\. Start it/],
    ["a run command that is off", { runCommandDisabled: true }, /^the run command is switched off.*"manual"/],
    ["a cluster that is gone", { showFaults: ["(ResourceNotFound) The Resource"] }, /^Azure knows no such cluster/],
    [
      "a run command without a token for the API server",
      { invokeFaults: ["(MissingAADClusterToken) This cluster have Azure Active Directory enabled"] },
      /^Azure CLI sent no token for the cluster's API server/,
    ],
    [
      "a policy against the run command's pod",
      { invokeFaults: ['Failed to run command: admission webhook "validation.gatekeeper.sh" denied the request: no'] },
      /^a policy of the cluster refuses the run command's pod.*aks-command/,
    ],
    [
      "a policy against the agent",
      { kubeFaults: ["", 'admission webhook "validation.gatekeeper.sh" denied the request: privileged'] },
      /^a policy of the cluster refused to apply the manifest .*privileged.*cattle-system/,
    ],
  ])("is told at once: %s", async (_, around, words) => {
    const start = runs.world.now;
    expect(await runs.runToFailure(around)).toMatch(words);
    expect(runs.world.now - start).toBeLessThanOrEqual(70);
  });

  it.each<[string, Surroundings, RegExp, number]>([
    [
      "roles",
      { showFaults: always(DENIED) },
      /^the script's identity may not run .*role assignments of this stack/,
      1500,
    ],
    [
      "roles in the cluster",
      { kubeFaults: always(FORBIDDEN) },
      /^the API server does not let .*RBAC Cluster Admin/,
      1500,
    ],
    ["a cluster that stays busy", { invokeFaults: always(BUSY) }, /^the cluster is being changed/, 1500],
    ["no node for the run command", { invokeFaults: always(NO_NODE) }, /^no node took the run command's pod/, 900],
    [
      "an agent without a node",
      { readyAfter: 1e6, unschedulable: UNSCHEDULABLE },
      /^no node takes the agent's pod/,
      900,
    ],
    [
      "an image that cannot be pulled",
      { readyAfter: 1e6, waiting: '{"message":"Back-off pulling image \\"x\\"","reason":"ImagePullBackOff"}' },
      /^the agent's image cannot be pulled .*Back-off pulling image.*registry/,
      900,
    ],
    ["pods that do not get ready", { readyAfter: 1e6 }, /^the agent's pods are not ready .*timed out waiting/, 900],
    [
      "an agent that cannot reach Rancher",
      { connects: false, agentLog: 'level=error msg="Failed to connect to proxy" error="dial tcp: i/o timeout"' },
      /^the agent runs, but is not connected to Rancher .*i\/o timeout.*firewall/,
      600,
    ],
    [
      "an agent that the web ACL keeps out",
      { connects: false, agentLog: 'level=error msg="Failed to connect to proxy. Response status: 403 - Forbidden"' },
      /^rancher\.example\.com refuses the agent.*allowlist/,
      600,
    ],
    [
      "an agent that does not trust Rancher",
      {
        readyAfter: 1e6,
        waiting: '{"reason":"CrashLoopBackOff"}',
        agentLog: "INFO: starting\nERROR: Configured cacerts checksum (a) does not match given --ca-checksum (b)",
      },
      /^the agent does not trust Rancher \(ERROR: Configured cacerts checksum/,
      180,
    ],
    [
      "a token that Rancher does not know",
      {
        connects: false,
        agentLog:
          `level=info msg="Connecting to wss://rancher.example.com with token starting with ${TOKEN.slice(0, 27)}"\n` +
          'level=error msg="Failed to connect to proxy. Response status: 401 - 401 Unauthorized: failed authentication"',
      },
      /^Rancher does not accept the registration token .*401 Unauthorized.*apply this stack again/,
      180,
    ],
    ["what nobody thought of", { invokeFaults: always("(Surprise) Hm") }, /^Azure refused .*\(Surprise\) Hm/, 180],
    ["a part that says nothing", { invokeAnswers: always("Succeeded|126|None|sh: no") }, /ended with status 126/, 600],
  ])("is waited for in vain, and told: %s", async (_, around, words, patience) => {
    const start = runs.world.now;
    expect(await runs.runToFailure(around)).toMatch(words);
    const seconds = runs.world.now - start;
    expect(seconds).toBeGreaterThan(patience - 90);
    // One attempt may begin just before the end, and az waits for it five minutes.
    expect(seconds).toBeLessThan(patience + 320);
  });

  it("ends within the budget when one trouble follows the other", async () => {
    const start = runs.world.now;
    await runs.runToFailure({ showFaults: Array.from({ length: 200 }, (_, index) => (index % 2 ? DENIED : BUSY)) });
    // What begins before the end of it, ends after.
    expect(runs.world.now - start).toBeLessThan(1510);
  });

  it.each([
    "",
    `http://rancher.example.com/v3/import/${TOKEN}_c-m-abcde.yaml`,
    `https:///v3/import/${TOKEN}_c-m-abcde.yaml`,
    "https://rancher.example.com/",
    "https://rancher.example.com/v3/import/_c-m-abcde.yaml",
  ])("is an address of no manifest: %s", async (url) => {
    expect(await runs.runToFailure({}, { manifestUrl: url })).toMatch(/^Rancher gave no HTTPS address.*server-url/);
    expect(runs.world.read("calls")).toBe("");
  });

  it("is told when the script itself is broken", async () => {
    runs.world.write("container/date", "#!/bin/sh\nexit 9\n");
    expect(await runs.runToFailure()).toMatch(/^the script itself ended unexpectedly, with status 9/);
  });
});

describe("the agent", () => {
  const runs = withRuns();

  it("is put right when it was lost", async () => {
    await runs.run();
    runs.world.serve(manifest({ token: TOKEN, image: "rancher/rancher-agent:v2.11.17" }));
    runs.world.lose();
    expect(await runs.run()).toMatchObject({ status: 0, outputs: { outcome: "joined" } });
    expect(runs.world.applied).toContain("v2.11.17");
  });

  it("is applied once more when it has lost Rancher", async () => {
    await runs.run();
    await runs.runToFailure({ connects: false });
    expect(runs.world.applies).toBeGreaterThan(1);
  });

  it("is left alone when it is asked for a second time, even if its manifest has changed at Rancher", async () => {
    await runs.run();
    runs.world.serve(manifest({ token: TOKEN, image: "rancher/rancher-agent:v2.11.17" }));
    expect(await runs.run()).toMatchObject({ status: 0, outputs: { outcome: "unchanged" } });
    expect(runs.world.applies).toBe(1);
  });

  it("is not taken for connected because an older pod was, which is leaving", async () => {
    await runs.run();
    runs.world.serve(manifest({ token: OTHER_TOKEN }));
    expect(
      await runs.runToFailure({ connects: false }, { manifestUrl: manifestUrl(OTHER_TOKEN), registration: "2" }),
    ).toMatch(/^the agent runs, but is not connected/);
  });

  it("counts as joined by its readiness where nobody may look into its pod", async () => {
    const execFault =
      'Error from server (Forbidden): pods "agent-new" is forbidden: cannot create resource "pods/exec"';
    const ended = await runs.run({ connects: false, execFault });
    expect(ended).toMatchObject({ status: 0, outputs: { outcome: "joined" } });
    expect(ended.stdout).toContain("cannot be looked up");
  });
});

describe("the manifest", () => {
  const runs = withRuns();
  const certificates = { pem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", checksum: "" };
  const registration: Registration = {
    manifestUrl: manifestUrl(TOKEN),
    certificates: { ...certificates, checksum: caChecksum(certificates.pem) },
  };

  it.each([true, false])("may tell agents of the same private authority (strict: %p)", async (strict) => {
    runs.world.serve(manifest({ token: TOKEN, checksum: caChecksum(certificates.pem), strict }));
    expect(await runs.run({}, registration)).toMatchObject({ status: 0 });
    expect(runs.world.files).toEqual(["apply-agent.sh", "ca.pem", "manifest-url"]);
  });

  it("may tell agents of certificates of a public authority", async () => {
    runs.world.serve(manifest({ token: TOKEN, checksum: "0".repeat(64), strict: true }));
    expect(await runs.run()).toMatchObject({ status: 0 });
  });

  it.each([["0".repeat(64)], [""]])("may not tell agents of another authority, or of none: %j", async (checksum) => {
    runs.world.serve(manifest({ token: TOKEN, checksum }));
    expect(await runs.runToFailure({}, registration)).toMatch(/^agents are to trust other certificates .*cacerts/);
    expect(runs.world.applied).toBeUndefined();
  });

  it("may not want strict verification by certificates that Rancher has not", async () => {
    runs.world.serve(manifest({ token: TOKEN, strict: true }));
    expect(await runs.runToFailure()).toMatch(/^agents are to verify Rancher strictly.*system-store/);
    expect(runs.world.applied).toBeUndefined();
  });

  it("may not send agents to a server without TLS", async () => {
    runs.world.serve(manifest({ token: TOKEN, server: "http://rancher.example.com" }));
    expect(await runs.runToFailure()).toMatch(/^the manifest tells agents that Rancher is at 'http:.*server-url/);
  });
});

describe("the token", () => {
  const runs = withRuns();

  it("is told to nobody by an Azure CLI that tells all it sends", async () => {
    const context = Buffer.from(`PK...${manifestUrl(TOKEN)}`).toString("base64");
    const fault = `(Conflict) ${manifestUrl(TOKEN)}\nRequest body:\n{"command": "sh", "context": "${context}"}`;
    const ended = await runs.run({ invokeFaults: [fault], showFaults: [`(Conflict) ${TOKEN}`] });
    expect(ended.stdout).toContain("(Conflict) https://rancher.example.com/v3/import/***.yaml");
    expect(ended.stdout).not.toContain(context);
  });

  it("is told to nobody by an API server that quotes what it refuses", async () => {
    const encoded = Buffer.from(TOKEN).toString("base64");
    await runs.run({ kubeFaults: ["", `Secret "x" is invalid: data.token: "${encoded}" ${TOKEN}\n${TOKEN}`] });
  });

  it("is in no file that others may read, nor in one that stays", async () => {
    const { stdout } = await runs.run();
    expect(stdout).not.toBe("");
    expect(runs.world.openFiles).toEqual([]);
  });
});

describe.each([
  ["curl", true],
  ["kubectl's kustomize", false],
])("fetching with %s", (_, curl) => {
  const runs = withRuns({ curl });
  let authority: Authority;
  let rancher: RancherServer;

  beforeAll(async () => {
    authority = makeAuthority("localhost");
    rancher = await RancherServer.start(authority.server);
  });

  beforeEach(() => {
    runs.world.serveFromNetwork();
    rancher.answers = [];
    rancher.requests.length = 0;
    rancher.settings = { checksum: caChecksum(authority.certificate), strict: true };
  });

  afterAll(async () => {
    await rancher.stop();
  });

  function registration(changed: Partial<Registration> = {}): Registration {
    const { certificate: pem } = authority;
    return { manifestUrl: rancher.manifestUrl(TOKEN), certificates: { pem, checksum: caChecksum(pem) }, ...changed };
  }

  it("takes the manifest from a Rancher that its own authority vouches for", async () => {
    expect(await runs.run({}, registration())).toMatchObject({ status: 0, outputs: { outcome: "joined" } });
    expect(rancher.requests).toEqual([`/v3/import/${TOKEN}_c-m-abcde.yaml`]);
    expect(runs.world.applied).toContain(`value: "${rancher.url}"`);
  });

  it("takes nothing from one that another vouches for", async () => {
    const pem = makeAuthority("localhost").certificate;
    expect(await runs.runToFailure({}, registration({ certificates: { pem, checksum: caChecksum(pem) } }))).toMatch(
      /^the certificate of localhost:\d+ could not be verified with the certificates of rancher.caCertificates/,
    );
    expect(rancher.requests).toEqual([]);
  });

  it("takes nothing from one that no public authority vouches for", async () => {
    expect(await runs.runToFailure({}, registration({ certificates: undefined }))).toMatch(
      /^the certificate of localhost:\d+ could not be verified with public authorities/,
    );
    expect(rancher.requests).toEqual([]);
  });

  it("takes nothing from one of another name", async () => {
    const url = rancher.manifestUrl(TOKEN).replace("localhost", "127.0.0.1");
    expect(await runs.runToFailure({}, registration({ manifestUrl: url }))).toMatch(/^the certificate of 127\.0\.0\.1/);
    expect(rancher.requests).toEqual([]);
  });

  it.each<[string, readonly Answer[], RegExp]>([
    ["answers with errors at first", [{ status: 502 }, { status: 503 }], /answered with (HTTP 502|an error)/],
    ["hangs up at first", ["hang-up", "hang-up"], /could not be reached/],
    ["does not answer at first", ["silence"], /could not be reached.*(timed out|no answer within 30 s)/],
    ["does not admit the cluster at first", [{ status: 403 }, { status: 403 }], /HTTP 403|answered with an error/],
    ["has not found its pages yet", [{ status: 404 }], /HTTP 404|answered with an error/],
    ["shows a page of maintenance at first", ["page"], /serves at the address of the manifest is none/],
  ])("has patience with one that %s", async (_case, answers, words) => {
    rancher.answers = [...answers];
    const ended = await runs.run({}, registration());
    expect(ended).toMatchObject({ status: 0, outputs: { outcome: "joined" } });
    expect(ended.stdout).toMatch(new RegExp(`(${words.source}).*again in 15 s`));
    expect(rancher.requests).toHaveLength(answers.length + 1);
  });

  it.each<[string, Answer, RegExp]>([
    ["is broken", { status: 503 }, /^localhost:\d+ answered with (HTTP 503|an error)\. Look whether Rancher is up/],
    ["does not admit the cluster", { status: 403 }, /allowlist holds the cluster's egress addresses/],
    ["serves pages only", "page", /^what localhost:\d+ serves at the address of the manifest is none.*server-url/],
  ])("gives up one that %s", async (_case, answer, words) => {
    rancher.answers = Array.from({ length: 50 }, () => answer);
    expect(await runs.runToFailure({}, registration())).toMatch(words);
  });

  it("gives up one that is not there", async () => {
    const url = rancher.manifestUrl(TOKEN).replace(String(rancher.port), "9");
    expect(await runs.runToFailure({}, registration({ manifestUrl: url }))).toMatch(
      /^localhost:9 could not be reached from the cluster .*firewall/,
    );
  });

  it("follows no one away from TLS", async () => {
    const served = manifest({ ...rancher.settings, token: TOKEN });
    const plain = createServer((_request, response) => response.end(served)).listen(0, "127.0.0.1");
    try {
      await once(plain, "listening");
      const { port } = plain.address() as AddressInfo;
      const location = `http://127.0.0.1:${port}/v3/import/${TOKEN}_c-m-abcde.yaml`;
      rancher.answers = Array.from({ length: 50 }, () => ({ status: 302, location }));
      await runs.runToFailure({}, registration());
      expect(runs.world.applied).toBeUndefined();
    } finally {
      plain.close();
    }
  });

  it("tells no other program on the node the token", async () => {
    const { calls } = await runs.run({}, registration());
    expect(calls.filter((call) => /^curl|kustomize/.test(call))).toHaveLength(1);
  });
});

describe("a redirect", () => {
  const runs = withRuns({ curl: true });

  it("is told, without the token that it holds", async () => {
    const authority = makeAuthority("localhost");
    const rancher = await RancherServer.start(authority.server);
    rancher.answers = [{ status: 301, location: `https://rancher.example.com/v3/import/${TOKEN}_c-m-abcde.yaml` }];
    const certificates = { pem: authority.certificate, checksum: caChecksum(authority.certificate) };
    try {
      expect(await runs.runToFailure({}, { manifestUrl: rancher.manifestUrl(TOKEN), certificates })).toMatch(
        /^localhost:\d+ sends clients on to rancher\.example\.com\. Give Rancher's setting server-url/,
      );
    } finally {
      await rancher.stop();
    }
  });
});
