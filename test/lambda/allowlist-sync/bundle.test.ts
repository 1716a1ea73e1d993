import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { BUNDLE_FILE } from "../../../lambda/allowlist-sync/contract";

const folder = mkdtempSync(join(tmpdir(), "allowlist-sync-"));
const file = join(folder, BUNDLE_FILE);

beforeAll(async () => {
  await build({
    entryPoints: [join(__dirname, "../../../lambda/allowlist-sync/handler.ts")],
    outfile: file,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    mainFields: ["module", "main"],
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Loads the bundle in a process of its own, as Lambda does, with these environment variables alone. */
function load(env: NodeJS.ProcessEnv): { readonly exports: string; readonly errors: string } {
  const script = `process.stdout.write(JSON.stringify(Object.entries(require(${JSON.stringify(file)})).map(([name, value]) => name + ": " + typeof value)))`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
  return { exports: stdout, errors: stderr };
}

test("the bundle is at most 550 kB", () => {
  expect(readFileSync(file).length).toBeLessThanOrEqual(550_000);
});

test("it exports the handler", () => {
  const { exports } = load({
    ENVIRONMENT: "test",
    TABLE_NAME: "clusters",
    IP_SET_PREFIX: "test-clusters",
    KNOWLEDGE_BUCKET: "test-knowledge",
    IPV4_SETS: "1",
    IPV6_SETS: "1",
    GUARD_MAX_SHARE: "0.2",
    GUARD_MAX_ADDRESSES: "50",
  });
  expect(exports).toBe(`["handler: function"]`);
});

test("without its variables it fails at once and names them", () => {
  const { exports, errors } = load({ ENVIRONMENT: "test" });
  expect(exports).toBe("");
  expect(errors).toContain(
    "TABLE_NAME is not set; IP_SET_PREFIX is not set; KNOWLEDGE_BUCKET is not set; IPV4_SETS is not set; IPV6_SETS is not set; GUARD_MAX_SHARE is not set; GUARD_MAX_ADDRESSES is not set",
  );
});
