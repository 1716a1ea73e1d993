import type { PolicyException } from "./exception";

/** Every departure from the policy rules in this project, each with its reason. There is no other way to be exempt. */
export const EXCEPTIONS: readonly PolicyException[] = [];
