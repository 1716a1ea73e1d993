/** What stands for left-out fields of whatever clients connect to: an edge, or the proxies in front of VPC Lattice. */
export const ENTRY_DEFAULTS = {
  scheme: "public",
  dualStack: false,
  scaling: { minPerZone: 1, maxPerZone: 4 },
} as const;
