"use strict";

/** Shared by both suites: swc strips the types, the compiler checks them in `npm run typecheck`. */
const common = {
  testEnvironment: "node",
  transform: { "^.+\\.[jt]s$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }] },
  // The bindings of Rancher's provider come as ES modules, which jest cannot require.
  transformIgnorePatterns: ["/node_modules/(?!@cdktf/provider-rancher2/)"],
  setupFiles: ["<rootDir>/test/support/quick-cdktf.ts"],
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/.cache"],
};

/** @type {import("jest").Config} */
module.exports = {
  // The default leaves a core free: of two, half.
  maxWorkers: "100%",
  projects: [
    {
      ...common,
      displayName: "unit",
      setupFiles: [...common.setupFiles, "<rootDir>/test/support/light-bundles.ts"],
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["<rootDir>/test/system/"],
    },
    { ...common, displayName: "system", testMatch: ["<rootDir>/test/system/**/*.test.ts"] },
    { ...common, displayName: "drill", testMatch: ["<rootDir>/test/system/**/*.drill.ts"] },
  ],
};
