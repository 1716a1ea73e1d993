import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { Clock } from "./clock";
import type { Deadline } from "./deadline";

/** The calls of WAF in use; each has a rate of its own. */
export type WafAction = "ListIPSets" | "GetIPSet" | "UpdateIPSet";

/** Makes one call when the account's rate allows it, and again when it failed for a reason that passes. */
export type Paced = <T>(action: WafAction, what: string, call: () => Promise<T>) => Promise<T>;

/** What differs from pass to pass. */
export interface PacedPass {
  readonly deadline: Deadline;
  /** Hears that WAF refused a call because the account's rate was used up. */
  readonly throttled: (what: string) => void;
}

/**
 * Milliseconds from one call to the next: WAF takes one update of any IP set and five reads a second for the whole account, and
 * that cannot be raised (AWS WAF Developer Guide, "AWS WAF quotas"). Calls do not all travel equally fast: updates leave a little
 * later than they might, reads are counted from the answer to the one before.
 */
const SPACING_MILLISECONDS: Readonly<Record<WafAction, number>> = {
  ListIPSets: 200,
  GetIPSet: 200,
  UpdateIPSet: 1_020,
};

/** Tries of a call that fails for a passing reason other than the rate. */
const MAX_TRIES = 5;

/** Longest wait between two tries of a call, in milliseconds. */
const MAX_BACK_OFF = 8_000;

/**
 * Paces the calls of one instance of the function. Everybody else in the account has a share in the same rates, so a call that
 * is refused for them waits and is made again for as long as the pass has time: giving up would only begin again from the start.
 *
 * The SDK's own retries would do nearly the same, but they know neither the deadline nor the other calls.
 */
export function createPacer(clock: Clock, random: () => number): (pass: PacedPass) => Paced {
  const next: Record<WafAction, number> = { ListIPSets: 0, GetIPSet: 0, UpdateIPSet: 0 };

  return ({ deadline, throttled }) =>
    async (action, what, call) => {
      const wait = async (until: number): Promise<void> => {
        const milliseconds = Math.max(0, until - clock.now());
        deadline.require(what, milliseconds);
        if (milliseconds > 0) await clock.sleep(milliseconds);
      };

      let failures = 0;
      for (let tries = 1; ; tries += 1) {
        await wait(next[action]);
        next[action] = clock.now() + SPACING_MILLISECONDS[action];
        try {
          const answer = await call();
          if (action !== "UpdateIPSet") next[action] = clock.now() + SPACING_MILLISECONDS[action];
          return answer;
        } catch (error) {
          if (!isSdkError(error)) throw error;
          if (isThrottlingError(error)) {
            throttled(what);
          } else {
            failures += 1;
            if (!isTransientError(error) || failures === MAX_TRIES) throw error;
          }
          next[action] = Math.max(next[action], clock.now() + backOff(tries, random));
        }
      }
    };
}

/** The errors that the SDK can classify: all but the oddest. */
function isSdkError(error: unknown): error is Parameters<typeof isTransientError>[0] {
  return error instanceof Error && (error.cause === undefined || error.cause instanceof Error);
}

/** Milliseconds to wait before another try: doubling from half a second, the upper half of it by chance. */
export function backOff(tries: number, random: () => number): number {
  return Math.min(500 * 2 ** (tries - 1), MAX_BACK_OFF) * (0.5 + random() / 2);
}
