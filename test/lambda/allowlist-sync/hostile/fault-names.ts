/** What can go wrong at one call of a pass. */
export const FAULT_NAMES = [
  "connection reset",
  "internal error",
  "access denied",
  "throttle for no reason",
  "rate used by others",
  "death of the process",
  "time passes",
  "table changes",
  "somebody else writes a set",
  "set deleted",
  "deploy",
  "bucket spoils",
  "overtaken by a second function",
] as const;

/** One of {@link FAULT_NAMES}. */
export type FaultName = (typeof FAULT_NAMES)[number];
