/** What stands for fields that are left out, as far as rules across fields read it. */
export const EDGE_DEFAULTS = {
  scheme: "public",
  dualStack: false,
  upstreamCidrs: ["0.0.0.0/0"],
  image: { version: "7.1.0" },
  size: { cpu: 2048, memoryMb: 4096 },
  arenaGb: 1,
  scaling: { minPerZone: 1, maxPerZone: 4 },
  metricsSidecar: false,
} as const;
