import { reportOf } from "./lines";
import type { Pass } from "./pass";

/** What a process remembers by itself: that it never had a pass, the digest that waits or none, or nobody can tell. */
type Remembered = "nothing" | "that none waits" | "unknown" | { readonly digest: string };

/** The digest of the plan that a pass told as held, if it did. */
export function heldBy(pass: Pass): string | undefined {
  const digest = reportOf(pass).records("removals-held").at(-1)?.digest;
  return typeof digest === "string" ? digest : undefined;
}

/** What one process remembers of the plan that waits for consent, as far as its passes let others know. */
export class WaitingMemory {
  #remembered: Remembered = "nothing";

  /** A pass of the process has ended. */
  learn(pass: Pass): void {
    const digest = heldBy(pass);
    // A pass that failed may have got anywhere, and what could not be stored is not remembered either.
    if (pass.error !== undefined || pass.hasFailedToStore) this.#remembered = "unknown";
    else if (digest !== undefined) this.#remembered = { digest };
    else if (this.#remembered !== "unknown") this.#remembered = "that none waits";
  }

  /**
   * Whether the process takes a plan for one that waits; undefined when it may or may not.
   *
   * @param inBucket whether the bucket says that it waits; false when the bucket says nothing
   * @param wasHeld whether any pass ever told it as held
   */
  isWaiting(digest: string, inBucket: boolean, wasHeld: boolean): boolean | undefined {
    const remembered = this.#remembered;
    if (remembered === "nothing") return inBucket;
    // Who never had a plan to hold asks the bucket; who had one goes by its own memory.
    if (remembered === "that none waits") return inBucket ? undefined : false;
    if (remembered === "unknown") return inBucket || wasHeld ? undefined : false;
    return remembered.digest === digest;
  }
}
