import { base64, manifest } from "../../../support/run-command/manifest";
import { manifestUrl, OTHER_TOKEN, TOKEN, withRuns } from "../../../support/run-command/runs";

/*
 * Both scripts as they are shipped, run by real shells that find nothing but what their containers have. Azure CLI, kubectl and the
 * clock are stand-ins; test/system/register-agent.test.ts has real servers for Rancher, and what else can go wrong.
 */

const runs = withRuns();

it("brings the agent in", async () => {
  expect(await runs.run()).toMatchObject({
    status: 0,
    stderr: "",
    outputs: { outcome: "joined", cluster: "payments", message: expect.stringContaining("connected") as string },
  });
  expect(runs.world.applied).toBe(manifest({ token: TOKEN }));
  expect(runs.world.files).toEqual(["apply-agent.sh", "manifest-url"]);
});

it("touches nothing the second time", async () => {
  await runs.run();
  expect(await runs.run()).toMatchObject({ status: 0, outputs: { outcome: "unchanged" } });
  expect(runs.world.applies).toBe(1);
});

it("gives the agent a new token, and starts it anew", async () => {
  await runs.run();
  runs.world.serve(manifest({ token: OTHER_TOKEN }));
  const ended = await runs.run({}, { manifestUrl: manifestUrl(OTHER_TOKEN), registration: "2" });
  expect(ended).toMatchObject({ status: 0, outputs: { outcome: "joined" } });
  expect(runs.world.applied).toContain(base64(OTHER_TOKEN));
  expect(runs.world.rollouts).toBe(2);
});

it("refuses strict verification by certificates that Rancher has not", async () => {
  runs.world.serve(manifest({ token: TOKEN, strict: true }));
  expect(await runs.runToFailure()).toMatch(/^agents are to verify Rancher strictly.*agent-tls-mode to system-store/);
  expect(runs.world.applied).toBeUndefined();
});

it("does not wait for a cluster that is stopped", async () => {
  expect(await runs.runToFailure({ power: "Stopped" })).toBe(
    "the cluster is stopped. Start it (az aks start), and apply again.",
  );
});
