import { join } from "node:path";

import { App } from "cdktf";

import { loadEnvironments, LoadError, parseSelection } from "./lib/environment";
import { buildStackSets, PolicyError } from "./stacks/stack-set";

/** `RINGFENCE_ENVIRONMENTS=dev,prod` picks environments; without it all of them are synthesized. */
function main(): void {
  const environments = loadEnvironments({
    directory: join(__dirname, "environments"),
    select: parseSelection(process.env.RINGFENCE_ENVIRONMENTS),
  });
  const app = new App({ stackTraces: false });
  buildStackSets(app, environments);
  app.synth();
}

try {
  main();
} catch (error) {
  if (!(error instanceof LoadError || error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
