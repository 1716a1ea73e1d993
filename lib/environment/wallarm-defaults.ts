import { ENTRY_DEFAULTS } from "./entry-defaults";

/** What stands for fields that are left out, as far as rules across fields read it. */
export const EDGE_DEFAULTS = {
  ...ENTRY_DEFAULTS,
  upstreamCidrs: ["0.0.0.0/0"],
  image: { version: "7.1.0" },
  size: { cpu: 2048, memoryMb: 4096 },
  arenaGb: 1,
  metricsSidecar: false,
} as const;
