import type { Pass } from "./pass";
import type { TableModel } from "./table-model";

/** An approval as it stands, or stood, in the table. */
interface Approval {
  readonly digest: string;
  /** Milliseconds since 1970; not a number when the item has none. */
  readonly expires: number;
  /** When it went; nothing while it stands. */
  gone: number | undefined;
  /** Whether something was removed under it: it may count no second time. */
  isUsed: boolean;
}

/** The longest that an approval may be valid for, as the documentation gives it. */
const LONGEST = 24 * 60 * 60 * 1000;

/** What operators have consented to, and whether it covers what a pass removes. */
export class Approvals {
  readonly #items = new Map<string, Approval>();
  #former: Approval[] = [];
  /** The plans that the digests stand for; a digest without one was made up. */
  readonly #plans = new Map<string, ReadonlySet<string>>();

  constructor(private readonly table: TableModel) {}

  /** An item is put under its key; `plan` is what the digest stands for, if it is that of a plan. */
  put(key: string, digest: string, expires: number, plan: readonly string[] | undefined): void {
    this.remove(key);
    this.#items.set(key, { digest, expires, gone: undefined, isUsed: false });
    if (plan !== undefined) this.#plans.set(digest, new Set(plan));
  }

  remove(key: string): void {
    const before = this.#items.get(key);
    if (before === undefined) return;
    before.gone = this.table.tick();
    this.#former = [...this.#former.slice(-20), before];
    this.#items.delete(key);
  }

  keys(): readonly string[] {
    return [...this.#items.keys()];
  }

  /** Whether an approval of exactly this plan is in force, or one of a larger plan that it is a part of. */
  state(plan: readonly string[], digest: string, now: number): "exact" | "part" | "none" {
    const inForce = [...this.#items.values()].filter(({ expires }) => expires > now && expires <= now + LONGEST);
    if (inForce.some((approval) => approval.digest === digest && !approval.isUsed)) return "exact";
    return inForce.some((approval) => this.#covers(approval, plan)) ? "part" : "none";
  }

  /** Whether an approval that was in force at some moment of the pass covers these removals; from then on it is used. */
  cover(removed: readonly string[], pass: Pass, now: number): boolean {
    const covering = [...this.#items.values(), ...this.#former].filter(
      (approval) =>
        (approval.gone === undefined || approval.gone > pass.began) &&
        approval.expires > pass.beganAt &&
        approval.expires <= now + LONGEST &&
        this.#covers(approval, removed),
    );
    for (const approval of covering) approval.isUsed = true;
    return covering.length > 0;
  }

  #covers({ digest }: Approval, removed: Iterable<string>): boolean {
    const plan = this.#plans.get(digest);
    return plan !== undefined && [...removed].every((address) => plan.has(address));
  }
}
