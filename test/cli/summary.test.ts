import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { App } from "cdktf";

import { readStackSet } from "../../cli/stack-set-reader";
import { summarize } from "../../cli/summary";
import { defineEnvironment, type EnvironmentInput } from "../../lib/environment";
import { buildStackSets } from "../../stacks/stack-set";

const outputs: string[] = [];
afterAll(() => {
  for (const folder of outputs) rmSync(folder, { recursive: true });
});

function synthesized(input: EnvironmentInput) {
  const outdir = mkdtempSync(join(tmpdir(), "ringfence-summary-"));
  outputs.push(outdir);
  const app = new App({ outdir });
  buildStackSets(app, [defineEnvironment(input)]);
  app.synth();
  return readStackSet(outdir);
}

const dev: EnvironmentInput = {
  name: "dev",
  state: { kind: "local" },
  aws: { accountId: "111122223333", region: "eu-west-1", network: { cidr: "10.0.0.0/16", zones: ["a", "b"] } },
  allowlist: {},
};

/** The same with an edge, whose nodes come through a cache. */
const withEdge: EnvironmentInput = {
  ...dev,
  allowlist: undefined,
  aws: {
    accountId: "111122223333",
    region: "eu-west-1",
    network: { cidr: "10.0.0.0/16", zones: ["a", "b"], gatewayEndpoints: ["s3"] },
    dockerHub: {
      credentialSecretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf",
    },
  },
  wallarm: {
    api: {
      domain: "api.example.com",
      upstream: "https://kong.example.com",
      cloud: "eu",
      token: { revision: 1 },
      zoneId: "Z0123456789ABCDEFGHIJ",
    },
  },
};

/** A cluster of Azure by itself, with operators in IPv4 and IPv6. */
const withCluster: EnvironmentInput = {
  name: "dev",
  state: { kind: "local" },
  access: { operators: ["198.51.100.0/24", "2001:db8:100::/48"] },
  azure: {
    tenantId: "11111111-1111-1111-1111-111111111111",
    subscriptionId: "22222222-2222-2222-2222-222222222222",
    location: "westeurope",
    network: { cidr: "10.40.0.0/16", firewall: {} },
  },
  aks: {
    payments: {
      slot: 0,
      kubernetesVersion: "1.35",
      apiServer: { access: "public" },
      adminGroupIds: ["33333333-3333-3333-3333-333333333333"],
    },
  },
};

const summary = (input: EnvironmentInput): string =>
  summarize(synthesized(input), { folder: "out", seconds: 1.26, node: "20.19.0" });

describe("what npm start prints", () => {
  it("names the stacks in the order of deployment, with what they hold and where their states live", () => {
    const text = summary(dev);
    expect(text).toMatch(/^Synthesized 2 stacks into out\/ in 1\.3 s/);
    expect(text).toMatch(
      /dev-aws-network .* state in state\/dev-aws-network\.tfstate[^]*dev-allowlist .* state\/dev-allowlist\.tfstate/,
    );
    expect(text).toMatch(/2 NAT gateways, 2 Elastic IPs/);
    expect(text).toMatch(/1 DynamoDB table, 1 cluster item, 1 Lambda function/);
  });

  it("names what an edge is made of, and what the network has for it", () => {
    const text = summary(withEdge);
    // S3 by a route; the registry twice, logs and secrets by addresses.
    expect(text).toMatch(/dev-aws-network {3}[^]*5 endpoints,\s+1 pull-through cache,[^]*dev-wallarm-api {3}/);
    expect(text).toMatch(/dev-wallarm-api {3}[^]*1 load balancer, 1 certificate, 1 Fargate service,\s+\d+ alarms/);
  });

  it("names what stands in Azure, and who is admitted to the fence but not to a cluster", () => {
    const text = summary(withCluster);
    expect(text).toMatch(
      /dev-azure-network {3}[^]*1 VNet, 2 subnets, 1 firewall, 1 public IP, 2 rule collection groups/,
    );
    const cluster = text.slice(text.indexOf("dev-aks-payments"));
    expect(cluster).toMatch(/1 AKS cluster,[^]*note: AKS admits IPv4 only,[^]*2001:db8:100::\/48\n/);
    expect(text.match(/note:/g)).toHaveLength(1);
    expect(cluster).not.toContain("198.51.100.0/24");
  });

  it("has no notes where there is nothing to say", () => {
    expect(summary({ ...withCluster, access: { operators: ["198.51.100.0/24"] } })).not.toContain("note:");
  });

  it.each([
    ["with an allowlist", dev],
    ["with an edge", withEdge],
    ["with a cluster", withCluster],
  ])("counts every resource, in the headline or behind it, %s", (_, input) => {
    for (const { resources, name } of synthesized(input).stacks) {
      const total = [...resources.values()].reduce((sum, number) => sum + number, 0);
      const line = new RegExp(`${name}   ${total} resources[^]*?outputs`).exec(summary(input))?.[0] ?? "";
      const holds = line.slice(line.indexOf("holds")).matchAll(/(\d+) [A-Za-z]/g);
      expect([...holds].reduce((sum, [, number]) => sum + Number(number), 0)).toBe(total);
    }
  });

  it("says which resource takes which attribute of another stack", () => {
    const { flows } = synthesized(dev);
    expect(flows.map(({ from, to, usedBy }) => ({ from, to, usedBy }))).toEqual(
      ["a", "b"].map(() => ({
        from: "dev-aws-network",
        to: "dev-allowlist",
        usedBy: ["aws_dynamodb_table_item.own-egress"],
      })),
    );
    expect(summary(dev)).toMatch(
      /dev-aws-network ──▶ dev-allowlist aws_dynamodb_table_item\.own-egress\n +takes aws_eip\.zone-a-egress\.public_ip/,
    );
  });

  it("says nothing of flows where there are none", () => {
    expect(summary({ ...dev, allowlist: undefined })).not.toMatch(/flows/);
  });

  it.each([
    [{ kind: "s3", bucket: "acme-state", region: "eu-west-1" }, "s3://acme-state/ringfence/dev-allowlist.tfstate"],
    [{ kind: "hcp", organization: "acme", project: "platform" }, "HCP Terraform, acme/dev-allowlist"],
  ] as const)("shows where %j keeps a state", (state, shown) => {
    expect(summary({ ...dev, state })).toContain(`state in ${shown}`);
  });

  it("says what is missing when nothing was asked for", () => {
    expect(summary({ name: "dev", state: { kind: "local" } })).toMatch(
      /0 stacks[^]*No section of the environment asks for a stack/,
    );
  });

  it("says that the next command needs another Node.js, where it does", () => {
    const on = (node: string): string => summarize(synthesized(dev), { folder: "out", seconds: 1, node });
    expect(on("24.1.0")).toMatch(/needs Node\.js 20 or 22, and this is 24\.1\.0/);
    expect(on("22.12.0")).not.toMatch(/needs Node\.js/);
  });

  it("ends with the next command: for the example how to write one's own, else how to deploy", () => {
    expect(summary({ ...dev, name: "example" })).toMatch(/cp environments\/example\.ts environments\/prod\.ts/);
    expect(summary(dev)).toMatch(
      /npx cdktf deploy 'dev-\*'[^]*npx cdktf diff dev-aws-network\n {2}npx cdktf diff dev-allowlist$/,
    );
  });
});
