import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ImportGraph } from "./support/import-graph";
import { importGraph } from "./support/import-graph";
import { environmentReads } from "./support/process-environment";

const REPOSITORY = resolve(__dirname, "..");

/** Where a program starts, and so may read what it was started with. */
const ENTRY_POINTS = /^(main\.ts$|cli\/|lambda\/[^/]+\/handler\.ts$|test\/|bench\/)/;

/** Files of a tree in which everything is imported as it should be. */
const SOUND: Readonly<Record<string, string>> = {
  "package.json": "{}",
  "node_modules/cdktf/index.js": "",
  "node_modules/constructs/index.js": "",
  "node_modules/zod/index.js": "",
  "node_modules/yaml/index.js": "",
  "node_modules/esbuild/index.js": "",
  "node_modules/@aws-sdk/client-wafv2/index.js": "",
  "node_modules/@cdktf/provider-aws/package.json": '{ "main": "lib/index.js" }',
  "node_modules/@cdktf/provider-aws/lib/index.js": "",
  "node_modules/@cdktf/provider-aws/lib/eip/index.js": "",
  "node_modules/@cdktf/provider-aws/lib/provider/index.js": "",
  "node_modules/@cdktf/provider-azurerm/lib/public-ip/index.js": "",
  "node_modules/@cdktf/provider-rancher2/lib/cluster/index.js": "",
  "node_modules/@cdktf/provider-tfe/lib/workspace/index.js": "",
  "lib/addresses/index.ts": 'import "./parse";',
  "lib/addresses/parse.ts": "export interface Network { readonly text: string }",
  "lib/egress-policy/index.ts": 'import "../addresses"; import "node:crypto";',
  "lib/names/index.ts": 'import "node:crypto";',
  "lib/environment/index.ts":
    'import "../addresses"; import "../egress-policy"; import "../names"; import "zod"; import "esbuild"; import "node:fs";',
  "lib/terraform/index.ts":
    'import "cdktf"; import "constructs"; import "@cdktf/provider-aws/lib/provider"; import "../environment"; import "../names";',
  "lib/aws/index.ts":
    'import "cdktf"; import "@cdktf/provider-aws/lib/eip"; import "../terraform"; import "../addresses"; import "esbuild"; import "node:path";',
  "lib/azure/index.ts": 'import "@cdktf/provider-azurerm/lib/public-ip"; import "../terraform"; import "../names";',
  "lib/rancher/index.ts": 'import "@cdktf/provider-rancher2/lib/cluster"; import "../terraform";',
  "lib/hcp/index.ts":
    'import "cdktf"; import "@cdktf/provider-tfe/lib/workspace"; import "../terraform"; import "../names";',
  "lib/policy/index.ts": 'import "cdktf"; import "constructs";',
  "lambda/one/contract.ts": "export const SET = 1;",
  "lambda/one/core.ts": 'import "./contract"; import "../../lib/addresses"; import "@aws-sdk/client-wafv2";',
  "lambda/one/handler.ts": 'import "./core"; import "node:crypto";',
  "lambda/two/handler.ts": "export const two = 2;",
  "stacks/network.ts": 'import "../lib/aws"; import "constructs"; export interface Outputs { readonly id: string }',
  "stacks/allowlist.ts":
    'import type { Outputs } from "./network"; import "../lambda/one/contract"; export type Wanted = Outputs;',
  "stacks/stack-set.ts": 'import "./network"; import "./allowlist"; import "../lib/policy";',
  "environments/example.ts": 'import "../lib/environment";',
  "organizations/example.ts": 'import "../lib/environment";',
  "main.ts": 'import "./stacks/stack-set"; import "./lib/environment"; import "cdktf";',
  "cli/index.ts": 'import "./show"; import "yaml"; import "../lambda/one/core"; import "../lib/names";',
  "cli/show.ts": 'import "../lib/environment"; import "../lib/addresses";',
  "test/any.test.ts": 'import "../main"; import "../cli"; import "../bench/any"; import "zod";',
  "bench/any.ts": 'import "../lib/aws";',
};

/** One fault per file: the rules it breaks, the file, what the file says. */
const FAULTS: readonly (readonly [rules: readonly string[], file: string, text: string])[] = [
  [["lib-addresses"], "lib/addresses/a.ts", 'import "../names";'],
  [["lib-addresses"], "lib/addresses/b.ts", 'import "node:net";'],
  [["lib-addresses"], "lib/addresses/c.ts", 'import type { Z } from "zod"; export type A = Z;'],
  [["lib-egress-policy"], "lib/egress-policy/a.ts", 'import "../environment";'],
  [["lib-egress-policy"], "lib/egress-policy/b.ts", 'import "cdktf";'],
  [["lib-names"], "lib/names/a.ts", 'import "../addresses";'],
  [["lib-names"], "lib/names/b.ts", 'import "cdktf";'],
  [["lib-environment"], "lib/environment/a.ts", 'import "../terraform";'],
  [["lib-environment"], "lib/environment/b.ts", 'import "cdktf";'],
  [["lib-terraform"], "lib/terraform/a.ts", 'import "@cdktf/provider-aws/lib/eip";'],
  [["lib-terraform"], "lib/terraform/b.ts", 'import "../aws";'],
  [["lib-aws"], "lib/aws/a.ts", 'import "../environment";'],
  [["lib-aws"], "lib/aws/b.ts", 'import "@cdktf/provider-azurerm/lib/public-ip";'],
  [["lib-aws"], "lib/aws/c.ts", 'import "../azure";'],
  [["lib-aws"], "lib/aws/d.ts", 'import "../../lambda/one/contract";'],
  [["lib-azure"], "lib/azure/a.ts", 'import "../aws";'],
  [["lib-rancher"], "lib/rancher/a.ts", 'import "../azure";'],
  [["lib-hcp"], "lib/hcp/a.ts", 'import "../environment";'],
  [["lib-hcp"], "lib/hcp/b.ts", 'import "@cdktf/provider-aws/lib/eip";'],
  [["lib-policy"], "lib/policy/a.ts", 'import "../terraform";'],
  [["lib-policy"], "lib/policy/b.ts", 'import "@cdktf/provider-aws/lib/eip";'],
  [["lambda"], "lambda/one/a.ts", 'import "../two/handler";'],
  [["lambda"], "lambda/one/b.ts", 'import "cdktf";'],
  [["lambda"], "lambda/one/c.ts", 'import "../../lib/names";'],
  [["stacks"], "stacks/a.ts", 'import "../lambda/one/core";'],
  [["stacks"], "stacks/b.ts", 'import "@cdktf/provider-aws/lib/eip";'],
  [["stacks-share-types-only"], "stacks/c.ts", 'import { x } from "./network"; export const y = x;'],
  [
    ["stacks-share-types-only"],
    "stacks/d.ts",
    'import type { Outputs } from "./network"; import { x } from "./network"; export const y: Outputs = x;',
  ],
  [["environments"], "environments/a.ts", 'import "../lib/addresses";'],
  [["environments"], "environments/b.ts", 'import "node:fs";'],
  [["organizations"], "organizations/a.ts", 'import "../stacks/network";'],
  [["cli"], "cli/a.ts", 'import "../stacks/stack-set";'],
  [["cli"], "cli/b.ts", 'import "../lambda/one/handler";'],
  [["cli"], "cli/c.ts", 'import "../main";'],
  [["entry-points-are-not-imported", "lib-aws"], "lib/aws/e.ts", 'import "../../test/any.test";'],
  [["entry-points-are-not-imported", "stacks"], "stacks/e.ts", 'import "../main";'],
  [["entry-points-are-not-imported", "environments"], "environments/c.ts", 'import "../cli";'],
  [["entry-points-are-not-imported", "lambda"], "lambda/two/a.ts", 'import "../../bench/any";'],
  [["folder-without-a-rule"], "lib/elsewhere/a.ts", 'import "../names";'],
  [["folder-without-a-rule"], "scripts/a.ts", 'import "../lib/names";'],
  [["lib-aws", "provider-by-subpath"], "lib/aws/f.ts", 'import "@cdktf/provider-aws";'],
  [["provider-by-subpath"], "test/a.ts", 'import type { Eip } from "@cdktf/provider-aws/lib"; export type A = Eip;'],
  [["provider-by-subpath"], "test/b.ts", 'import "@cdktf/provider-aws/lib/index";'],
  [["no-cycle"], "test/c.ts", 'import type { D } from "./d"; export type C = D;'],
  [["resolvable"], "test/e.ts", 'import "./missing";'],
  [["resolvable"], "test/f.ts", 'import "not-installed";'],
];

/** The sound tree with all faults, the other half of the cycle, and a `main.ts` that imports more than it may. */
const BROKEN: Readonly<Record<string, string>> = {
  ...SOUND,
  ...Object.fromEntries(FAULTS.map(([, file, text]) => [file, text])),
  "test/d.ts": 'import type { C } from "./c"; export type D = C;',
  "main.ts": `${SOUND["main.ts"] ?? ""} import "./lib/names"; import "./lib/terraform";`,
};

let graph: ImportGraph;
let brokenGraph: ImportGraph;

beforeAll(async () => {
  [graph, brokenGraph] = await Promise.all([importGraph(), graphOf(BROKEN)]);
}, 60_000);

async function graphOf(files: Readonly<Record<string, string>>): Promise<ImportGraph> {
  const root = mkdtempSync(join(tmpdir(), "boundaries-"));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return await importGraph(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe("the import table", () => {
  it("is kept", () => {
    expect(graph.violations).toEqual([]);
  });

  it("is held against the sources, which a compiler that does not fit would hide", () => {
    expect(graph.sources.length).toBeGreaterThan(100);
    expect(graph.sources).toContain("test/boundaries.test.ts");
  });

  it("lets everything through that it allows", () => {
    const sound = Object.keys(SOUND).filter((file) => /^(?!node_modules).*\.ts$/.test(file));
    expect(brokenGraph.sources).toEqual(expect.arrayContaining(sound));
    const reported = brokenGraph.violations.filter((violation) =>
      sound.some((file) => file !== "main.ts" && violation.includes(`: ${file} -> `)),
    );
    expect(reported).toEqual([]);
  });

  it.each(FAULTS)("reports %j for %s", (rules, file) => {
    const reported = brokenGraph.violations.filter((violation) => violation.includes(`: ${file} -> `));
    expect(reported.map((violation) => violation.split(":")[0])).toEqual(rules);
  });

  it("reports main.ts for each import beyond its own", () => {
    const reported = brokenGraph.violations.filter((violation) => violation.startsWith("main: "));
    expect(reported).toEqual(["main: main.ts -> lib/names/index.ts", "main: main.ts -> lib/terraform/index.ts"]);
  });

  it("reports nothing else in the broken tree", () => {
    const faulty = new Set(["main.ts", ...FAULTS.map(([, file]) => file)]);
    const files = brokenGraph.violations.map((violation) => /: (\S+) ->/.exec(violation)?.[1]);
    expect(new Set(files)).toEqual(faulty);
  });
});

describe("the process environment", () => {
  it("is read by entry points only", () => {
    const reads = graph.sources
      .filter((file) => !ENTRY_POINTS.test(file))
      .flatMap((file) =>
        environmentReads(readFileSync(join(REPOSITORY, file), "utf8")).map((read) => `${file}:${read}`),
      );
    expect(reads).toEqual([]);
  });

  it.each([
    ["process.env.HOME"],
    ["process.env"],
    ["process?.env"],
    ['process["env"]'],
    ["process[`env`]"],
    ["const key: 'env' = 'env'; process[key]"],
    ["const { env } = process"],
    ["const { env: e = {} } = process"],
    ["let env; ({ env } = process)"],
    ["const p = process"],
    ["read(process)"],
    ["const o = { process }"],
    ["(process as { env: object }).env"],
    ["globalThis.process.env"],
    ['globalThis["process"].env'],
    ["global.process"],
    ['import { env } from "node:process"'],
    ['import process from "process"'],
    ['export * from "node:process"'],
    ['import p = require("node:process")'],
    ['const p = await import("node:process")'],
    ['const { env } = require("process")'],
    ['process.getBuiltinModule("process").env'],
  ])("is found in: %s", (source) => {
    expect(environmentReads(`const before = 1;\n${source};`)).toContainEqual(expect.stringMatching(/^2: ./));
  });

  it.each([
    ["process.pid"],
    ["process.stdout.write(text)"],
    ['process["pid"]'],
    ["child.process.env"],
    ["const process = 1"],
    ["const o = { process: 1 }"],
    ["function f(env: NodeJS.ProcessEnv) { return env.HOME; }"],
    ["let p: typeof process"],
    ['const text = "process.env"'],
    ['const o = { name: "process" }'],
    ['log("process")'],
    ["// process.env"],
  ])("is not mistaken for: %s", (source) => {
    expect(environmentReads(source)).toEqual([]);
  });
});
