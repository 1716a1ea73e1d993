import type { Invariant } from "../hostile/invariants";

/** One way to get the function wrong. */
export interface Mutant {
  /** What the mutated function does. */
  readonly name: string;
  /** File of `lambda/allowlist-sync`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Invariants of which a hostile run must find one broken. */
  readonly caughtBy: readonly Invariant[];
}
