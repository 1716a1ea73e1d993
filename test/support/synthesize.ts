import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";

import { loadEnvironments, type Organization } from "../../lib/environment";
import { synthesizeInto } from "./stacks";

/*
 * Synthesizes one environment file, wherever it lies, into a folder; and with it the organization that holds its workspaces:
 *
 *   node --import tsx test/support/synthesize.ts test/environments/wide.ts /tmp/wide
 *   node --import tsx test/support/synthesize.ts test/environments/remote.ts /tmp/remote test/organizations/acme.ts
 */
const [file, outdir, organizationFile] = process.argv.slice(2);
if (file === undefined || outdir === undefined) {
  throw new Error("Usage: synthesize.ts <environment file> <outdir> [<organization file>]");
}

const environments = loadEnvironments({ directory: dirname(resolve(file)), select: [basename(file, ".ts")] });
synthesizeInto(resolve(outdir), environments, organizationFile === undefined ? [] : [organizationIn(organizationFile)]);

function organizationIn(path: string): Organization {
  const { default: organization } = createRequire(__filename)(resolve(path)) as { readonly default: Organization };
  return organization;
}
