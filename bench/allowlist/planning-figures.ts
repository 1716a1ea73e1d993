/** What a process of the planning bench is asked for. */
export const SCENARIOS = ["from empty", "one cluster changed"] as const;
/** One of {@link SCENARIOS}. */
export type Scenario = (typeof SCENARIOS)[number];

/** What it answers. */
export interface Figures {
  /** Processor time of decoding the items, and of planning. */
  readonly readMs: number;
  readonly planMs: number;
  /** Processor time of what no planner can leave out. */
  readonly floorMs: number;
  /** Peak of the resident set, of the whole process. */
  readonly peakMb: number;
  /** How many sets change. */
  readonly sets: number;
}
