import { basename, dirname, resolve } from "node:path";

import { loadEnvironments } from "../../lib/environment";
import { synthesizeInto } from "./stacks";

/*
 * Synthesizes one environment file, wherever it lies, into a folder:
 *
 *   node --import tsx test/support/synthesize.ts test/environments/wide.ts /tmp/wide
 */
const [file, outdir] = process.argv.slice(2);
if (file === undefined || outdir === undefined) throw new Error("Usage: synthesize.ts <environment file> <outdir>");

const environments = loadEnvironments({ directory: dirname(resolve(file)), select: [basename(file, ".ts")] });
synthesizeInto(resolve(outdir), environments);
