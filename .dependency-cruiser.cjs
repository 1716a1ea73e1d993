"use strict";

/**
 * Who may import whom; `test/boundaries.test.ts` holds the sources against it. Every folder has one rule that lists all it
 * may import: what is not listed is a violation, and so is a folder without a rule. Only `test/` and `bench/` are free.
 */

const npm = (name) => `^node_modules/${name}/`;
const provider = (cloud, subpath = ".+") => `^node_modules/@cdktf/provider-${cloud}/(lib|dist)/${subpath}/`;

const CDKTF = [npm("cdktf"), npm("constructs")];
const WITHOUT_NODE = { core: false };

/**
 * @param {string} folder path pattern of the importing files; its first group is `$1` in `allowed`
 * @param {readonly string[]} allowed patterns of what they may import besides each other
 */
function mayImport(name, folder, allowed, { core = true } = {}) {
  return {
    name,
    comment: `${folder} may import only: ${[...allowed, ...(core ? ["Node's own modules"] : [])].join(", ") || "nothing"}`,
    severity: "error",
    from: { path: folder },
    to: { pathNot: allowed, ...(core && { dependencyTypesNot: ["core"] }) },
  };
}

const cloud = (name, providerName, others = []) =>
  mayImport(`lib-${name}`, `^lib/${name}/`, [
    `^lib/(${name}|terraform|addresses|names)/`,
    ...CDKTF,
    provider(providerName),
    ...others,
  ]);

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    mayImport("lib-addresses", "^lib/addresses/", ["^lib/addresses/"], WITHOUT_NODE),
    mayImport("lib-egress-policy", "^lib/egress-policy/", ["^lib/(egress-policy|addresses)/"]),
    mayImport("lib-names", "^lib/names/", ["^lib/names/"]),
    mayImport("lib-lattice", "^lib/lattice/", ["^lib/(lattice|names)/"]),
    mayImport("lib-environment", "^lib/environment/", [
      "^lib/(environment|addresses|egress-policy|names|lattice)/",
      npm("zod"),
      npm("esbuild"),
    ]),
    mayImport("lib-terraform", "^lib/terraform/", [
      "^lib/(terraform|environment|names)/",
      ...CDKTF,
      provider("[^/]+", "provider"),
    ]),
    // The bundler of Lambda functions stands beside the constructs that deploy them.
    cloud("aws", "aws", ["^lib/lattice/", npm("esbuild"), npm("fflate")]),
    cloud("azure", "azurerm"),
    cloud("rancher", "rancher2"),
    cloud("hcp", "tfe"),
    mayImport("lib-policy", "^lib/policy/", ["^lib/policy/", ...CDKTF], WITHOUT_NODE),
    mayImport("lambda", "^lambda/([^/]+)/", [
      "^lambda/$1/",
      "^lib/addresses/",
      npm("@aws-sdk/client-[^/]+"),
      npm("@smithy/core"),
      npm("@types/aws-lambda"),
    ]),
    mayImport("stacks", "^stacks/", ["^stacks/", "^lib/", "^lambda/[^/]+/contract\\.ts$", ...CDKTF]),
    {
      name: "stacks-share-types-only",
      comment: "A stack gets another's outputs as a typed value; only the set knows the stacks themselves",
      severity: "error",
      from: { path: "^stacks/([^/.]+)", pathNot: "^stacks/stack-set\\.ts$" },
      // The parts of one stack lie in a folder of its name.
      to: { path: "^stacks/", pathNot: "^stacks/$1/", dependencyTypesNot: ["type-only"] },
    },
    mayImport("environments", "^environments/", ["^lib/environment/"], WITHOUT_NODE),
    mayImport("organizations", "^organizations/", ["^lib/environment/"], WITHOUT_NODE),
    mayImport("main", "^main\\.ts$", ["^stacks/", "^lib/environment/", npm("cdktf")]),
    mayImport("cli", "^cli/", [
      "^cli/",
      "^lib/(environment|addresses|names)/",
      "^lambda/[^/]+/(?!handler\\.ts$)",
      npm("yaml"),
    ]),
    {
      name: "entry-points-are-not-imported",
      comment: "What starts a program, or tests or measures one, is at the top of the graph",
      severity: "error",
      from: { pathNot: "^(cli|test|bench)/" },
      to: { path: "^(main\\.ts$|cli/|test/|bench/)" },
    },
    {
      name: "folder-without-a-rule",
      comment: "A new folder says here what it may import before it imports anything",
      severity: "error",
      from: {
        pathNot:
          "^(node_modules|lib/(addresses|egress-policy|names|lattice|environment|terraform|aws|azure|rancher|hcp|policy)|lambda/[^/]+|stacks|environments|organizations|cli|test|bench)/|^main\\.ts$|^[^/]+\\.config\\.[cm]?js$",
      },
      to: {},
    },
    {
      name: "provider-by-subpath",
      comment: "A provider's barrel loads thousands of modules: import @cdktf/provider-<cloud>/lib/<resource>",
      severity: "error",
      from: {},
      to: { path: "^node_modules/@cdktf/provider-[^/]+/((lib|dist)/)?[^/]+$" },
    },
    {
      name: "no-cycle",
      comment: "Neither of two modules that import each other can be understood first, not even by its types",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "The module is not there: a typing mistake, or a package missing from package.json",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Installed tools bring JavaScript of their own.
    exclude: { path: "^\\.cache/" },
    // Imports of types are imports: without this they would be invisible to every rule.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
      extensions: [".ts", ".d.ts", ".js", ".cjs", ".mjs", ".json"],
    },
  },
};
