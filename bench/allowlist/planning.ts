/**
 * Processor time and memory of planning a million addresses, bundled as it is deployed, each time in a process of its own: cold code,
 * an empty heap, garbage collection included, as in a function's first pass.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BUNDLE_FILE, FAMILIES } from "../../lambda/allowlist-sync/contract";
import { bundleFunction } from "../../lib/aws/function/bundle";
import { codeIn } from "./code-in";
import { type Figures, SCENARIOS } from "./planning-figures";
import { line } from "./print";

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "ringfence-bench-"));
  try {
    const { zipFile } = bundleFunction(join(__dirname, "planning-process.ts"), folder, "planning");
    const file = join(folder, BUNDLE_FILE);
    writeFileSync(file, codeIn(zipFile));

    console.log("Planning 1,000,000 addresses: processor time on one core, peak of the resident set\n");
    line(["", "sets", "plan", "its floor", "the reading", "together", "peak"]);
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    for (const scenario of SCENARIOS) {
      for (const family of FAMILIES) {
        const answer = execFileSync(process.execPath, [file, family, scenario], { encoding: "utf8" });
        const { sets, planMs, floorMs, readMs, peakMb } = JSON.parse(answer) as Figures;
        const cells = [ms(planMs), ms(floorMs), ms(readMs), ms(planMs + readMs), `${peakMb.toFixed(0)} MB`];
        line([`${family}, ${scenario}`, sets, ...cells]);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
