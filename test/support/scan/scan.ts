import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { findTool } from "../../system/support/tools";
import { withFolder } from "../folder";
import type { StackPlan } from "./plan";
import { readReport, type ScanReport } from "./report";

// Without --skip-download it asks its maker's server for rules and for texts about them.
const OPTIONS = ["--framework", "terraform_plan", "--output", "json", "--quiet", "--compact", "--skip-download"];

/** Far more than a report of all sets has: Node's own limit of 1 MB is not. */
const REPORT_BYTES = 256 * 1024 * 1024;

/**
 * Has checkov read the plans of stacks, by the stacks' ids.
 *
 * @throws Error when it could not do so, or has not seen every resource: what it does not see must not look as if it passed
 */
export function scan(plans: ReadonlyMap<string, StackPlan>): ScanReport {
  const report = withFolder((folder) => {
    for (const [stack, { json }] of plans) writeFileSync(join(folder, `${stack}.json`), JSON.stringify(json, null, 2));
    return readReport(checkov(["--directory", folder, ...OPTIONS]));
  });
  const expected = [...plans.values()].reduce((sum, { resourceCount }) => sum + resourceCount, 0);
  if (report.resourceCount !== expected) {
    throw new Error(`checkov saw ${report.resourceCount} of ${expected} resources`);
  }
  return report;
}

function checkov(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(findTool("checkov"), args, {
    encoding: "utf8",
    maxBuffer: REPORT_BYTES,
  });
  if (error) throw error;
  // It ends with 1 for findings, but for some faults of its own too; those it logs, or prints no report.
  if ((status !== 0 && status !== 1) || stderr.includes("[ERROR]")) {
    throw new Error(`checkov failed, with exit status ${status ?? "none"}:\n${stderr}`);
  }
  return stdout;
}
