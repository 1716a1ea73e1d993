import type * as Esbuild from "esbuild";
import type * as Fflate from "fflate";

// Runs before every test file of the unit tests: what is bundled anew in each that synthesizes an allowlist is the project's own
// code, without the SDK, in a fifth of the time. Tests of the bundle itself unmock esbuild.
jest.mock("esbuild", () => {
  const esbuild = jest.requireActual<typeof Esbuild>("esbuild");
  const buildSync = (options: Esbuild.BuildOptions): Esbuild.BuildResult =>
    esbuild.buildSync({ ...options, packages: "external" });
  return { ...esbuild, buildSync };
});

// What lies in a zip is the same where nothing is made smaller, which takes most of the time. Tests of zips themselves unmock fflate.
jest.mock("fflate", () => {
  const fflate = jest.requireActual<typeof Fflate>("fflate");
  const zipSync = (files: Fflate.Zippable, options?: Fflate.ZipOptions): Uint8Array =>
    fflate.zipSync(files, { ...options, level: 0 });
  return { ...fflate, zipSync };
});
