import { join } from "node:path";

import { App } from "cdktf";

import { LoadError, loadSet, parseSelection } from "./lib/environment";
import { buildStackSets, PolicyError } from "./stacks/stack-set";

/**
 * `RINGFENCE_ENVIRONMENTS=dev,prod` picks environments; without it all of them are synthesized, with the organizations of HCP Terraform,
 * of which `RINGFENCE_ORGANIZATIONS` picks some.
 */
function main(): void {
  const { environments, organizations, notes } = loadSet({
    environments: {
      directory: join(__dirname, "environments"),
      select: parseSelection(process.env.RINGFENCE_ENVIRONMENTS),
    },
    organizations: {
      directory: join(__dirname, "organizations"),
      select: parseSelection(process.env.RINGFENCE_ORGANIZATIONS),
    },
  });
  for (const note of notes) console.error(note);
  const app = new App({ stackTraces: false });
  buildStackSets(app, environments, organizations);
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof LoadError || error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
