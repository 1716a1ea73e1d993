import { ENTRY_DEFAULTS } from "./entry-defaults";

/** What stands for left-out fields of the ingress into VPC Lattice, as far as rules across fields read it. */
export const LATTICE_DEFAULTS = {
  ...ENTRY_DEFAULTS,
  image: { version: "v1.39.3" },
  size: { cpu: 1024, memoryMb: 2048 },
  idleTimeoutSeconds: 60,
  timeoutSeconds: 15,
} as const;
