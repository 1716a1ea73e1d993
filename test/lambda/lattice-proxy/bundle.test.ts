import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildSync } from "esbuild";

import { routeTo, variablesFor } from "./world";

const folder = mkdtempSync(join(tmpdir(), "lattice-proxy-"));
const file = join(folder, "index.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "../../../lambda/lattice-proxy/handler.ts")],
    outfile: file,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
    logLevel: "silent",
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Loads the bundle in a process of its own, as Lambda does, with these environment variables alone. */
function load(env: Readonly<Record<string, string>>): { readonly exports: string; readonly errors: string } {
  const script = `process.stdout.write(Object.entries(require(${JSON.stringify(file)})).map(([name, value]) => name + ": " + typeof value).join())`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
  return { exports: stdout, errors: stderr };
}

test("the bundle holds nobody else's code, and so at most 30 kB", () => {
  expect(statSync(file).size).toBeLessThanOrEqual(30_000);
});

test("it exports the handler, and ends", () => {
  const { exports, errors } = load(variablesFor("alb", { "shop.example.com": routeTo(443) }));
  expect({ exports, errors }).toEqual({ exports: "handler: function", errors: "" });
});

test("without its variables it fails at once and names them", () => {
  const { exports, errors } = load({ FRONT: "alb" });
  expect(exports).toBe("");
  expect(errors).toContain(
    "BEARER_HEADER is not set; IDENTITY_HEADERS is not set; AWS_REGION is not set; HOSTS is not set",
  );
});
