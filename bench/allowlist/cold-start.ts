/**
 * Size and cold start of the function that is deployed, beside an empty handler that makes the same SDK clients and beside one that
 * makes none.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BUNDLE_FILE } from "../../lambda/allowlist-sync/contract";
import { bundleFunction } from "../../lib/aws/function/bundle";
import { codeIn } from "./code-in";
import { line } from "./print";

const RUNS = 15;
const ROOT = resolve(__dirname, "../..");

const CLIENTS = `
  import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
  import { S3Client } from "@aws-sdk/client-s3";
  import { WAFV2Client } from "@aws-sdk/client-wafv2";
  const clients = [new DynamoDBClient({}), new S3Client({}), new WAFV2Client({})];
  export const handler = async () => clients.length;`;

/** Source of each contender's entry, or its file. */
const CONTENDERS = [
  ["allowlist-sync", join(ROOT, "lambda/allowlist-sync/handler.ts")],
  ["floor: the same clients, no code", CLIENTS],
  ["an empty handler", "export const handler = async () => 0;"],
] as const;

const VARIABLES = {
  AWS_REGION: "eu-central-1",
  ENVIRONMENT: "bench",
  TABLE_NAME: "clusters",
  IP_SET_PREFIX: "bench-clusters",
  KNOWLEDGE_BUCKET: "knowledge",
  IPV4_SETS: "1",
  IPV6_SETS: "1",
  GUARD_MAX_SHARE: "0.2",
  GUARD_MAX_ADDRESSES: "50",
};

/** Milliseconds from the start of a process to the loaded module. */
function coldStart(file: string): number {
  const code = `const start = performance.now(); require(${JSON.stringify(file)}); console.log(performance.now() - start);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", code], { encoding: "utf8", env: VARIABLES });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function main(): void {
  // Beside the repository's own modules, so that the floor finds the same SDK.
  const folder = mkdtempSync(join(ROOT, "cdktf.out.bench-"));
  try {
    console.log(`Cold start of the function, Node ${process.version}, median of ${RUNS}\n`);
    line(["", "bundle", "zip", "module loaded"]);
    for (const [index, [name, source]] of CONTENDERS.entries()) {
      const entry = source.endsWith(".ts") ? source : join(folder, `entry-${index}.ts`);
      if (entry !== source) writeFileSync(entry, source);
      const { zipFile } = bundleFunction(entry, folder, `contender-${index}`);
      const code = codeIn(zipFile);
      const file = join(mkdtempSync(join(tmpdir(), "ringfence-bench-")), BUNDLE_FILE);
      writeFileSync(file, code);
      const times = Array.from({ length: RUNS }, () => coldStart(file)).sort((a, b) => a - b);
      const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
      const median = `${(times[Math.floor(RUNS / 2)] ?? NaN).toFixed(0)} ms`;
      line([name, kilobytes(code.length), kilobytes(statSync(zipFile).size), median]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
