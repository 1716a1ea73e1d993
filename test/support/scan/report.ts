import { parse } from "node:path";

import { type JsonValue, parseJson } from "../../../lib/policy/terraform-json";
import { objectOf, objectsOf, textOf } from "../json";
import type { Finding } from "./verdict";

/** What checkov said of a folder of plans that are named `<stack>.json`. */
export interface ScanReport {
  readonly version: string;
  readonly checkCount: number;
  readonly resourceCount: number;
  readonly findings: readonly Finding[];
}

/**
 * Reads what `checkov --output json` printed for one framework.
 *
 * @throws Error when the text is no such report, or when checkov could not read a file
 */
export function readReport(text: string): ScanReport {
  const report = objectOf(parseJson(text));
  const summary = objectOf(report.summary);
  const parsingErrors = countOf(summary.parsing_errors);
  if (parsingErrors > 0) throw new Error(`checkov could not read ${parsingErrors} of the plans`);
  return {
    version: textOf(summary.checkov_version),
    checkCount: countOf(summary.passed) + countOf(summary.failed),
    resourceCount: countOf(summary.resource_count),
    findings: objectsOf(objectOf(report.results).failed_checks).map((check) => ({
      rule: textOf(check.check_id),
      title: textOf(check.check_name),
      resource: `${parse(textOf(check.file_path)).name}/${textOf(check.resource)}`,
    })),
  };
}

function countOf(value: JsonValue | undefined): number {
  if (typeof value !== "number") throw new Error(`${JSON.stringify(value)} is no count`);
  return value;
}
