import { reportOf } from "./lines";
import type { Pass } from "./pass";
import type { TableModel } from "./table-model";

/** An approval as it stands, or stood, in the table. */
interface Approval {
  readonly digest: string;
  /** Milliseconds since 1970; not a number when the item has none. */
  readonly expires: number;
  /** When it went; nothing while it stands. */
  gone: number | undefined;
}

/** The longest that an approval may be valid for, as the documentation gives it. */
const LONGEST = 24 * 60 * 60 * 1000;

/**
 * What operators have consented to, and whether it covers what a pass removes. An approval is known by its digest and its end: a second
 * one of the same plan with another end is another one.
 */
export class Approvals {
  readonly #items = new Map<string, Approval>();
  #former: Approval[] = [];
  /** The plans that the digests stand for; a digest without one was made up. */
  readonly #plans = new Map<string, ReadonlySet<string>>();
  /** Approvals under which something may have gone: whether they were used up, the function alone knows. */
  readonly #touched = new Set<string>();
  /** By digest, the approval that was used up last, and at which moment that was certain: it must count no more. */
  readonly #used = new Map<string, { readonly expires: number; readonly at: number }>();

  constructor(private readonly table: TableModel) {}

  /** An item is put under its key; `plan` is what the digest stands for, if it is that of a plan. */
  put(key: string, digest: string, expires: number, plan: readonly string[] | undefined): void {
    this.remove(key);
    this.#items.set(key, { digest, expires, gone: undefined });
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

  /** Whether the plan must go under an approval of its own, may go (under one of a larger plan, or one in doubt), or must not. */
  state(plan: readonly string[], digest: string, now: number): "exact" | "doubtful" | "none" {
    const counting = [...this.#items.values()].filter(
      (approval) => approval.expires > now && approval.expires <= now + LONGEST && !this.#isUsed(approval),
    );
    if (counting.some((approval) => approval.digest === digest && !this.#touched.has(nameOf(approval)))) return "exact";
    return counting.some((approval) => this.#covers(approval, plan, this.table.moment)) ? "doubtful" : "none";
  }

  /** Whether an approval that was in force at some moment of the pass covers these removals. */
  cover(removed: readonly string[], pass: Pass, now: number): boolean {
    const covering = [...this.#items.values(), ...this.#former].filter(
      (approval) =>
        (approval.gone === undefined || approval.gone > pass.began) &&
        approval.expires > pass.beganAt &&
        approval.expires <= now + LONGEST &&
        !this.#isUsed(approval, pass.since) &&
        this.#covers(approval, removed, pass.since),
    );
    for (const approval of covering) this.#touched.add(nameOf(approval));
    return covering.length > 0;
  }

  /** A pass has ended. One that tells of an approval, ends well and holds nothing back has carried out what was approved. */
  learn(pass: Pass): void {
    if (pass.error !== undefined || pass.isDead || pass.hasFailedToStore) return;
    const report = reportOf(pass);
    const record = report.records("removals-approved").at(-1);
    if (record === undefined || report.metric("RemovalsHeld") !== 0) return;
    this.#used.set(String(record.digest), { expires: Date.parse(String(record.expires)), at: this.table.tick() });
  }

  /** The bucket has lost what it knew of this digest: its approval may count again, or not. */
  forgetUse(digest: string): void {
    this.#used.delete(digest);
  }

  #isUsed({ digest, expires }: Approval, by = Infinity): boolean {
    const used = this.#used.get(digest);
    return used?.expires === expires && used.at <= by;
  }

  /** Of a plan that is approved a part may go, unless some of the plan is asked for throughout: then it is another plan. */
  #covers({ digest }: Approval, removed: readonly string[], since: number): boolean {
    const plan = this.#plans.get(digest);
    if (plan === undefined || removed.some((address) => !plan.has(address))) return false;
    return [...plan].every((address) => this.table.wasNotAskedSince(address, since));
  }
}

function nameOf({ digest, expires }: Approval): string {
  return `${digest} ${expires}`;
}
