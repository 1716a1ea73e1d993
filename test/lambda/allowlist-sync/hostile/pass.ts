/** One invocation, with what the watch keeps of it. */
export interface Pass {
  /** Number of its process. */
  readonly process: number;
  /** Calls of other passes in which it runs, one inside the other. */
  readonly depth: number;
  /** Moment of the table's history at which it began. */
  readonly began: number;
  /** The same of the earliest of all passes that it overlapped, itself included. */
  since: number;
  /** Whether it overlapped another. */
  hasCompany: boolean;
  /** When it began, in milliseconds since 1970. */
  readonly beganAt: number;
  /** When Lambda ends it, in milliseconds since 1970. */
  readonly endsAt: number;
  /** What it wrote to its log. */
  readonly lines: string[];
  /** Addresses that its writes have taken out of the sets under no approval. */
  readonly removed: Set<string>;
  /** Most addresses in the sets that it did not put there itself. */
  present: number;
  /** Its updates that took effect. */
  writes: number;
  /** Scans begun. */
  looks: number;
  /** The look whose order is watched, and how far its writes have come. */
  orderedLook: number;
  stage: number;
  /** Its process died. */
  isDead: boolean;
  /** Something that it meant to store did not get into the bucket. */
  hasFailedToStore: boolean;
  /** What it threw. */
  error: unknown;
}
