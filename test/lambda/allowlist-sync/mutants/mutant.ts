import type { Invariant } from "../hostile/invariants";
import type { ScenarioName } from "./scenarios";

/** One way to get the function wrong. */
export interface Mutant {
  /** What the mutated function does. */
  readonly name: string;
  /** File of `lambda/allowlist-sync`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The invariant that it must be seen to break. */
  readonly breaks: Invariant;
  /** Where it must be seen. @default in a random hostile run */
  readonly scenario?: ScenarioName;
}
