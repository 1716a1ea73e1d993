/** Runs at one call; what it throws is what the caller gets. */
export type Hook = () => void | Promise<void>;

interface Pending {
  readonly operation: string;
  readonly moment: "before" | "after";
  readonly hook: Hook;
  /** Calls to let pass first. */
  skip: number;
}

/**
 * The calls that a fake receives: counts them, and runs hooks around them.
 *
 * A hook runs once, `before` the call takes effect or `after` it did and before the reply gets back. It may throw
 * (a throttle before, a lost reply after), change the fake (a second writer), or run a whole other pass.
 *
 * ```ts
 * waf.calls.before("UpdateIPSet", () => waf.overwrite("prod-clusters-ipv4-00", ["192.0.2.1/32"]));
 * waf.calls.after("UpdateIPSet", () => { throw connectionReset(); });
 * waf.calls.count("UpdateIPSet"); // calls so far, failed ones included
 * ```
 */
export class Calls<Operation extends string> {
  readonly #counts = new Map<Operation, number>();
  readonly #travel: (() => Promise<void>) | undefined;
  #pending: Pending[] = [];

  /** @param travel what passes between a call and its effect. Default: no time */
  constructor(travel?: () => Promise<void>) {
    this.#travel = travel;
  }

  /** Calls of one operation so far, those that failed included. */
  count(operation: Operation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Forgets the counts, not the hooks. */
  reset(): void {
    this.#counts.clear();
  }

  /** Runs `hook` before the next call of the operation takes effect, or before the one after `skip` others. */
  before(operation: Operation, hook: Hook, skip = 0): void {
    this.#pending.push({ operation, moment: "before", hook, skip });
  }

  /** Runs `hook` when the next call of the operation (or the one after `skip` others) has taken effect. */
  after(operation: Operation, hook: Hook, skip = 0): void {
    this.#pending.push({ operation, moment: "after", hook, skip });
  }

  /** Runs `hook` before each of the next calls of the operation takes effect, with the number of the call from 0 on. */
  beforeNext(operation: Operation, times: number, hook: (call: number) => void): void {
    for (let call = 0; call < times; call += 1) {
      this.before(
        operation,
        () => {
          hook(call);
        },
        call,
      );
    }
  }

  /** Forgets the hooks that have not run: what was in store for calls that never came. */
  forgetHooks(): void {
    this.#pending = [];
  }

  /** For the fakes: counts a call, runs it between its hooks. */
  async run<T>(operation: Operation, effect: () => T): Promise<T> {
    this.#counts.set(operation, this.count(operation) + 1);
    await this.#travel?.();
    await this.#runHooks(operation, "before");
    const reply = effect();
    await this.#runHooks(operation, "after");
    return reply;
  }

  async #runHooks(operation: Operation, moment: Pending["moment"]): Promise<void> {
    const matching = this.#pending.filter((pending) => pending.operation === operation && pending.moment === moment);
    const due = matching.filter((pending) => pending.skip === 0);
    for (const pending of matching) pending.skip -= 1;
    // Forgotten before they run: a hook may make calls of its own.
    this.#pending = this.#pending.filter((pending) => !due.includes(pending));
    for (const { hook } of due) await hook();
  }
}
