import { TIME_RESERVE_SECONDS } from "./contract";

/** Lambda would end the function before what comes next could be done. What was written so far stays and is right. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

/** How much time a pass has left. */
export interface Deadline {
  /**
   * @param afterMilliseconds how long the pass would wait first. Default: not at all
   * @throws OutOfTime when too little would be left for `what`
   */
  require(what: string, afterMilliseconds?: number): void;
}

/** The deadline of an invocation. */
export function deadline(remainingMilliseconds: () => number): Deadline {
  return {
    require(what, afterMilliseconds = 0) {
      const remaining = remainingMilliseconds() - afterMilliseconds;
      if (remaining >= TIME_RESERVE_SECONDS * 1000) return;
      throw new OutOfTime(`out of time: ${remaining} ms left, too little for ${what}; the next pass continues`);
    },
  };
}
