import type { SynthesizedBlock, SynthesizedStack } from "./synthesized";

/** One fault of one block. */
export interface Finding {
  /** What is wrong, in terms of the Terraform arguments. */
  readonly message: string;
  /** What to write instead. */
  readonly remedy: string;
  /**
   * Which part of the block, when several are judged apart: an argument (`kms_key_id`), an element of a policy statement
   * (`PutMetrics.Resource`). An exception must name the same.
   *
   * @default - the finding is about the block as a whole
   */
  readonly detail?: string;
}

/** Something every stack promises. */
export interface PolicyRule {
  /** Names the rule in messages and exceptions: `iam-wildcard`. */
  readonly id: string;
  /** The promise in one sentence. */
  readonly title: string;
  /** Judges one resource or provider; `stack` holds its neighbours, for promises kept by a second resource. */
  check(block: SynthesizedBlock, stack: SynthesizedStack): readonly Finding[];
}
