import { createHash } from "node:crypto";

/** A role of an environment's own, which is made beside the rights of its runs, for no run may make any. */
export interface OwnRole {
  /** Names it among those of an environment: `run-command`. */
  readonly key: string;
  /** Fixed beforehand, so that conditions and assignments can name it: a GUID. */
  readonly id: string;
  readonly resourceId: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
}

/** What it takes to run a command in an AKS cluster and to fetch its result; Azure's own roles that hold it hold much else. */
export const RUN_COMMAND_ACTIONS: readonly string[] = [
  "Microsoft.ContainerService/managedClusters/read",
  "Microsoft.ContainerService/managedClusters/runCommand/action",
  "Microsoft.ContainerService/managedClusters/commandResults/read",
];

/** The role that runs commands in the clusters of an environment, by one formula for whoever makes and whoever gives it. */
export function runCommandRole(subscriptionId: string, environmentName: string): OwnRole {
  const id = guidOf(`${subscriptionId}/${environmentName}/run-command`);
  return {
    key: "run-command",
    id,
    resourceId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
    // No two roles of a directory have one name, and another subscription may well have an environment of this one's.
    name: `bootstrap-${environmentName}-run-command-${sha256(subscriptionId).slice(0, 8)}`,
    description: `Runs commands in the clusters of ${environmentName}`,
    actions: RUN_COMMAND_ACTIONS,
  };
}

/** A GUID that follows from a name, of version 8: RFC 9562, "UUID Version 8". */
function guidOf(name: string): string {
  const digits = sha256(name);
  const variant = ((parseInt(digits.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join("-");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
