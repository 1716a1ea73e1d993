import { bootstrapStackId, stackId } from "../names";
import type { Environment } from "./environment";

/** The ids of the stacks that an environment asks for, told from its sections alone: what names have to be taken before any is built. */
export function stackIdsOf(environment: Environment): readonly string[] {
  const { name, aws, azure, allowlist, inspection, wallarm = {}, lattice, aks = {}, rancher } = environment;
  const id = (stack: string, instance?: string): string => stackId(name, stack, instance);
  const registered = Object.entries(aks).flatMap(([cluster, settings]) => (settings.rancher ? [cluster] : []));
  return [
    ...(aws?.network && !("existing" in aws.network) ? [id("aws-network")] : []),
    ...(inspection ? [id("inspection")] : []),
    ...(azure?.network && !("existing" in azure.network) ? [id("azure-network")] : []),
    ...(allowlist ? [id("allowlist")] : []),
    ...Object.keys(wallarm).map((edge) => id("wallarm", edge)),
    ...(lattice ? [id("lattice")] : []),
    ...Object.keys(aks).map((cluster) => id("aks", cluster)),
    ...(rancher ? [...registered, ...Object.keys(rancher.clusters)].map((cluster) => id("rancher", cluster)) : []),
    ...(environment.bootstrap ? [bootstrapStackId(name)] : []),
  ];
}

/** The ids of those whose states are kept where the environment says, and not where their own section does. */
export function stackIdsInState(environment: Environment): readonly string[] {
  const { name, bootstrap } = environment;
  const isElsewhere = bootstrap?.state === "local" ? bootstrapStackId(name) : undefined;
  return stackIdsOf(environment).filter((id) => id !== isElsewhere);
}
