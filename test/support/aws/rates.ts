import type { Clock } from "./clock";

/** Calls a second of each action. */
export type Rates<Operation extends string> = Readonly<Partial<Record<Operation, number>>>;

/**
 * The rate of each action, used by the whole account together: by the code under test, its other instances, Terraform, the
 * console.
 *
 * AWS documents a number a second and nothing of bursts; here there is none, the strictest reading: a call sooner than a
 * rate's interval after the last admitted one of its action is refused, and a refused call costs nothing.
 */
export class AccountRates<Operation extends string> {
  readonly #rates: Rates<Operation>;
  readonly #clock: Clock;
  /** When each action is free again, in milliseconds since 1970. */
  readonly #freeAt = new Map<Operation, number>();

  constructor(rates: Rates<Operation>, clock: Clock) {
    this.#rates = rates;
    this.#clock = clock;
  }

  /** Uses the rate for one call. `false`: it is used up, and the call is to be refused. */
  admit(operation: Operation): boolean {
    const perSecond = this.#rates[operation];
    if (perSecond === undefined) return true;
    const now = this.#clock.now();
    if (now < (this.#freeAt.get(operation) ?? -Infinity)) return false;
    this.#freeAt.set(operation, now + 1000 / perSecond);
    return true;
  }

  /** Somebody else uses up the rate of an action, from now on for this long. */
  occupy(operation: Operation, milliseconds: number): void {
    const until = this.#clock.now() + milliseconds;
    this.#freeAt.set(operation, Math.max(until, this.#freeAt.get(operation) ?? -Infinity));
  }
}
