/**
 * What synthesizing the example costs, beside its floor (loading CDKTF and nothing else) and beside what the provider's barrel
 * import would cost alone.
 *
 *     npx tsx bench/synth.ts
 *
 * Each figure is the median of several processes: seconds of wall clock, and the peak of the resident set.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const RUNS = 5;
const ROOT = resolve(__dirname, "..");

interface Contender {
  readonly name: string;
  /** CommonJS to run in a process of its own. */
  readonly code: string;
}

const CONTENDERS: readonly Contender[] = [
  { name: "floor: load cdktf", code: 'require("cdktf")' },
  { name: "ours: npm run synth", code: 'require("./main.ts")' },
  { name: "peers: load the provider's barrel", code: 'require("cdktf"); require("@cdktf/provider-aws").vpc' },
];

interface Cost {
  readonly seconds: number;
  readonly megabytes: number;
}

function measure(code: string, outdir: string): Cost {
  const report = 'process.on("exit", () => process.stderr.write(`\\nrss=${process.resourceUsage().maxRSS}\\n`));';
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--eval", `${report}${code}`], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: outdir, RINGFENCE_ENVIRONMENTS: "example" },
  });
  const seconds = (performance.now() - began) / 1000;
  const kilobytes = /rss=(\d+)/.exec(stderr)?.[1];
  if (status !== 0 || kilobytes === undefined) throw new Error(`${code} failed:\n${stderr}`);
  return { seconds, megabytes: Number(kilobytes) / 1024 };
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

const outdir = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
try {
  console.log(`Synthesis of environments/example.ts, Node ${process.version}, median of ${RUNS} runs\n`);
  for (const { name, code } of CONTENDERS) {
    const costs = Array.from({ length: RUNS }, () => measure(code, outdir));
    const seconds = median(costs.map((cost) => cost.seconds));
    const megabytes = median(costs.map((cost) => cost.megabytes));
    console.log(`  ${name.padEnd(36)} ${seconds.toFixed(2).padStart(6)} s ${megabytes.toFixed(0).padStart(6)} MB`);
  }
} finally {
  rmSync(outdir, { recursive: true });
}
