import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { App } from "cdktf";

import { readStackSet, type StackSet } from "../../cli/stack-set-reader";
import { summarize } from "../../cli/summary";
import example from "../../environments/example";
import { defineEnvironment, defineOrganization, type EnvironmentInput } from "../../lib/environment";
import { buildStackSets } from "../../stacks/stack-set";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import fronted from "../environments/fronted";
import gated from "../environments/gated";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import proxied from "../environments/proxied";
import rested from "../environments/rested";
import spoked from "../environments/spoked";
import wide from "../environments/wide";
import { withFolder } from "../support/folder";
import { synthesizeInto } from "../support/stacks";

const outputs: string[] = [];
afterAll(() => {
  for (const folder of outputs) rmSync(folder, { recursive: true });
});

/** Several tests look at one and the same. */
const sets = new Map<EnvironmentInput, StackSet>();

function synthesized(input: EnvironmentInput): StackSet {
  const set = sets.get(input) ?? synthesize(input);
  sets.set(input, set);
  return set;
}

function synthesize(input: EnvironmentInput): StackSet {
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

const organization = defineOrganization({ organization: "acme", terraformVersion: "1.11.4" });

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

/** What the table says a stack holds. */
function contentOf(input: EnvironmentInput, stack: string): string {
  const line = summary(input)
    .split("\n")
    .find((text) => text.split(/\s+/).includes(stack));
  return line?.slice(line.indexOf(stack) + stack.length).trim() ?? "";
}

describe("what npm start prints", () => {
  it("names the stacks in the order of deployment, with where they stand and where their states live", () => {
    const text = summary(dev);
    expect(text).toMatch(/^Synthesized 2 stacks into out\/ in 1\.3 s/);
    expect(text).toMatch(/\ndev: 2 stacks, [^]*state\/dev-<stack>\.tfstate\n/);
    expect(text).toMatch(/\n {2}1 {2}AWS {2}aws-network .*\n {2}2 {2}AWS {2}allowlist /);
    expect(contentOf(dev, "aws-network")).toMatch(/^VPC, 4 subnets, 2 NAT gateways, 2 Elastic IPs, /);
    expect(contentOf(dev, "allowlist")).toMatch(/^DynamoDB table, cluster item, web ACL, 2 IP sets, /);
  });

  it("names what an edge is made of", () => {
    expect(contentOf(withEdge, "wallarm-api")).toMatch(/^load balancer, Fargate service, certificate, \d+ alarms, /);
  });

  it("names what inspects egress, and that edges wait for it", () => {
    expect(contentOf(inspected, "inspection")).toMatch(
      /^VPC, 12 subnets, 3 NAT gateways, load balancer, 3 groups of appliances, /,
    );
    expect(contentOf(inspected, "aws-network")).toMatch(/, transit gateway, attachment to the transit gateway, /);
    expect(summary(inspected)).toMatch(/aws-network ─[^]*▶ inspection [^]*\n {2}AWS {2}inspection ╌+▷ wallarm-api/);
  });

  it("names what stands in Azure, and who is admitted to the fence but not to a cluster", () => {
    const text = summary(withCluster);
    expect(contentOf(withCluster, "azure-network")).toMatch(/^VNet, 2 subnets, firewall, public IP, /);
    const cluster = text.slice(text.indexOf("aks-payments"));
    expect(cluster).toMatch(/^aks-payments +AKS cluster, [^]*note: AKS admits IPv4 only,[^]*2001:db8:100::\/48\n/);
    expect(text.match(/note:/g)).toHaveLength(1);
    expect(cluster).not.toContain("198.51.100.0/24");
  });

  it("shows the workspace of each stack whose state is in HCP Terraform, and no column where none is", () => {
    const text = summary(hosted);
    expect(text).toMatch(/states: HCP Terraform, acme\/hosted-<stack>\n/);
    expect(text).toMatch(/\n {2}# {2}in {3}stack +workspace +resources\n/);
    expect(text).toMatch(/ AWS {2}allowlist +hosted-allowlist +2 cluster items, /);
    expect(summary(dev)).toMatch(/\n {2}# {2}in {3}stack +resources\n/);
  });

  it("shows what an organization's environments run in by itself, to be deployed before them", () => {
    const set = withFolder((folder) => {
      synthesizeInto(folder, [defineEnvironment(hosted)], [organization]);
      return readStackSet(folder);
    });
    const text = summarize(set, { folder: "out", seconds: 1, node: "20.19.0" });
    expect(text).toMatch(/\nworkspaces-acme: 1 stack, [^]*\n {2}states: state\/workspaces-acme\.tfstate\n/);
    expect(text).toMatch(/ HCP Terraform {2}workspaces {2}2 workspaces of HCP Terraform, project of HCP Terraform, /);
    expect(text).toMatch(/\n {2}npx cdktf deploy workspaces-acme\n {2}npx cdktf deploy 'hosted-\*'\n[^]*diff hosted-/);
  });

  it("does not offer to deploy what runs when it is committed", () => {
    const vcs = { repository: "acme/platform", oauthTokenId: "ot-1" };
    const set = withFolder((folder) => {
      synthesizeInto(folder, [defineEnvironment(hosted)], [defineOrganization({ ...organization, vcs })]);
      return readStackSet(folder);
    });
    const text = summarize(set, { folder: "out", seconds: 1, node: "20.19.0" });
    expect(text).not.toContain("deploy 'hosted-*'");
    expect(text).toMatch(/\n {2}npx cdktf deploy workspaces-acme\n {2}Commit the folders hosted-\*: /);
  });

  it("writes commands that hold every stack that theirs read from, for CDKTF refuses others", () => {
    const runsIn = (name: string): EnvironmentInput => ({
      ...withCluster,
      name,
      state: { kind: "hcp", organization: "acme", project: name },
      bootstrap: { hcp: {} },
    });
    const set = withFolder((folder) => {
      synthesizeInto(folder, [defineEnvironment(runsIn("dev")), defineEnvironment(runsIn("prod"))], [organization]);
      return readStackSet(folder);
    });
    const text = summarize(set, { folder: "out", seconds: 1, node: "20.19.0" });
    const deployed = [...text.matchAll(/npx cdktf deploy (.+)/g)].map(([, patterns = ""]) =>
      patterns.split(" ").map((pattern) => new RegExp(`^${pattern.replaceAll("'", "").replace("*", ".*")}$`)),
    );
    const ties = [...set.flows, ...set.waits];
    expect(ties).toContainEqual(expect.objectContaining({ from: "bootstrap-prod", to: "workspaces-acme" }));
    for (const { name } of set.stacks) {
      const inOne = deployed.filter((patterns) => patterns.some((pattern) => pattern.test(name)));
      expect(inOne).toHaveLength(1);
      const before = ties.filter(({ to }) => to === name).map(({ from }) => from);
      expect(before.filter((from) => !inOne.flat().some((pattern) => pattern.test(from)))).toEqual([]);
    }
    expect(text).toContain("\n  npx cdktf deploy 'bootstrap-*' workspaces-acme\n  npx cdktf deploy 'dev-*'\n");
  });

  it("has no notes where there is nothing to say", () => {
    expect(summary({ ...withCluster, access: { operators: ["198.51.100.0/24"] } })).not.toContain("note:");
  });

  it.each([
    ["with an allowlist", dev],
    ["with an edge", withEdge],
    ["with a cluster", withCluster],
  ])("counts every resource, by its name or among the others, %s", (_, input) => {
    for (const { resources, name } of synthesized(input).stacks) {
      const total = [...resources.values()].reduce((sum, number) => sum + number, 0);
      const parts = contentOf(input, name.slice("dev-".length)).split(", ");
      expect(parts.reduce((sum, part) => sum + Number(/^\d+/.exec(part)?.[0] ?? 1), 0)).toBe(total);
    }
  });

  it("draws who gives what to whom", () => {
    expect(summary(dev)).toMatch(/What flows[^]*\n {2}AWS {2}aws-network ────▶ allowlist {2}2 Elastic IPs\n/);
  });

  it("draws nothing where no two stacks are tied", () => {
    expect(summary({ ...dev, allowlist: undefined })).not.toMatch(/flows|▶/);
  });

  it.each([
    [{ kind: "s3", bucket: "acme-state", region: "eu-west-1" }, "s3://acme-state/ringfence/dev-<stack>.tfstate"],
    [{ kind: "hcp", organization: "acme", project: "platform" }, "HCP Terraform, acme/dev-<stack>"],
  ] as const)("shows where %j keeps a state", (state, shown) => {
    expect(summary({ ...dev, state })).toContain(`states: ${shown}\n`);
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
    expect(summary(dev)).toMatch(/npx cdktf deploy 'dev-\*'[^]*npx cdktf diff dev-aws-network$/);
  });

  it("keeps several environments apart, and each line narrow enough to be read at a glance", () => {
    const sets = [
      clouds,
      elsewhere,
      example,
      fronted,
      gated,
      guest,
      hosted,
      inspected,
      latticed,
      lent,
      premium,
      proxied,
      rested,
      spoked,
      wide,
    ];
    const text = withFolder((folder) => {
      synthesizeInto(folder, sets);
      return summarize(readStackSet(folder), { folder: "out", seconds: 1, node: "20.19.0" });
    });
    const headings = text.match(/^\w+(?=: \d+ stacks?, )/gm);
    expect(headings).toEqual(sets.map(({ name }) => name));
    expect(text.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });
});
