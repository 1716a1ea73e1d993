import type * as Esbuild from "esbuild";

// Runs before every test file of the unit tests: what is bundled anew in each that synthesizes an allowlist is the project's own
// code, without the SDK, in a fifth of the time. Tests of the bundle itself unmock esbuild.
jest.mock("esbuild", () => {
  const esbuild = jest.requireActual<typeof Esbuild>("esbuild");
  const buildSync = (options: Esbuild.BuildOptions): Esbuild.BuildResult =>
    esbuild.buildSync({ ...options, packages: "external" });
  return { ...esbuild, buildSync };
});
