import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { objectOf, parsedObject, textOf } from "../json";
import { readExceptions } from "./exceptions";
import { planOf } from "./plan";
import { scan } from "./scan";
import { faultsOf } from "./verdict";

/*
 * Has checkov scan synthesized stack sets, and holds what it finds against docs/security/exceptions.md:
 *
 *   node --import tsx test/support/scan/run.ts <folder of a set>...
 *
 * A row of the exceptions that covers nothing is a fault, so the sets should be all that CI synthesizes.
 */
const EXCEPTIONS = "docs/security/exceptions.md";
const REPOSITORY = resolve(__dirname, "../../..");

const sets = process.argv.slice(2);
if (sets.length === 0) throw new Error("Usage: run.ts <folder of a synthesized set>...");

const exceptions = readExceptions(readFileSync(join(REPOSITORY, EXCEPTIONS), "utf8"));
const files = sets.flatMap(filesOf);
const plans = new Map(files.map(([stack, file]) => [stack, planOf(parsedObject(readFileSync(file, "utf8")))]));
const report = scan(plans);

const faults = faultsOf(report.findings, exceptions);
if (faults.length > 0) {
  console.error(faults.join("\n"));
  console.error(`\nMend the stack, or write into ${EXCEPTIONS} why it is as it should be; delete a row that is stale.`);
  process.exit(1);
}
console.log(
  `checkov ${report.version}: ${report.checkCount} checks of ${report.resourceCount} resources in ${plans.size} stacks; ` +
    `${report.findings.length} failed, each of them excepted with a reason`,
);

/** The stacks of a set by its manifest: its folder may still hold others, of an earlier synthesis. */
function filesOf(set: string): readonly (readonly [stack: string, file: string])[] {
  const { stacks } = parsedObject(readFileSync(join(set, "manifest.json"), "utf8"));
  return Object.entries(objectOf(stacks)).map(([stack, entry]) => {
    const { synthesizedStackPath } = objectOf(entry);
    return [stack, join(set, textOf(synthesizedStackPath))];
  });
}
