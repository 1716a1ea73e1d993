import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { loadEnvironments } from "../lib/environment";
import { crossplaneManifests } from "./crossplane-manifest";

/** `npm run crossplane -- <environment> <cluster> <address>... [--namespace NAME] [--provider-config NAME]` */
function main(args: string[]): void {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { namespace: { type: "string" }, "provider-config": { type: "string" } },
  });
  const [name, cluster, ...cidrs] = positionals;
  if (name === undefined || cluster === undefined || cidrs.length === 0) {
    throw new Error(
      "usage: npm run crossplane -- <environment> <cluster> <address>... [--namespace NAME] [--provider-config NAME]",
    );
  }
  const [environment] = loadEnvironments({ directory: join(resolve(__dirname, ".."), "environments"), select: [name] });
  if (environment === undefined) throw new Error(`there is no environment ${name}`);
  const { namespace, "provider-config": providerConfig } = values;
  process.stdout.write(crossplaneManifests(environment, { cluster, cidrs, namespace, providerConfig }));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
