import type { Environment } from "../environment";

/** Tag keys that every taggable resource of a set carries, besides the environment's own `tags`. */
export const TAG_KEYS = { environment: "ringfence:environment", stack: "ringfence:stack" } as const;

/** The tags of everything in one stack. The environment's own come first, so that they cannot displace ours. */
export function stackTags(environment: Environment, stackId: string): Record<string, string> {
  return { ...environment.tags, [TAG_KEYS.environment]: environment.name, [TAG_KEYS.stack]: stackId };
}
