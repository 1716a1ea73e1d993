import { connectionReset, type BucketOperation, type VirtualClock, type WafOperation } from "../../../support/aws";
import type { Pass } from "./pass";

/** The calls of all services. */
export type Operation = WafOperation | BucketOperation | "Scan";

/** How long after a pause on the way the pace of the calls proves nothing, in milliseconds. */
const UNSETTLED = 2_000;

/** All calls between the function's processes and AWS: who makes them, which arrive late, and whose pace is wrong. */
export class Traffic {
  /** The first call that was refused for the rate although nobody but its own process had used it. */
  refused: string | undefined;
  readonly #running = new Set<Pass>();
  #ended: Pass[] = [];
  /** Calls in flight by depth: one at a time for each, so that it is always known whose call is being served. */
  readonly #inFlight: (Promise<void> | undefined)[] = [];
  /** Passes whose calls are being served: a pass that a hook starts runs inside the call of another. */
  readonly #callers: Pass[] = [];
  readonly #lastUse = new Map<Operation, number>();
  #foreignUses = 0;
  #unsettledUntil = 0;
  #delays = 0;
  #late: (() => Promise<void>)[] = [];

  constructor(private readonly clock: VirtualClock) {}

  /** The pass whose call is being served. */
  readonly caller = (): Pass | undefined => this.#callers.at(-1);

  /** Passes that run now. */
  get running(): Iterable<Pass> {
    return this.#running;
  }

  /** How deep inside the calls of others a pass that begins now would run. */
  get depth(): number {
    return this.#callers.length;
  }

  begin(pass: Pass): void {
    for (const other of this.#running) {
      other.hasCompany = pass.hasCompany = true;
      pass.since = Math.min(pass.since, other.since);
    }
    for (const other of this.#running) other.since = pass.since;
    this.#running.add(pass);
  }

  end(pass: Pass): void {
    this.#running.delete(pass);
    this.#ended.push(pass);
  }

  /** Passes that have ended since the last call, in the order in which they did. */
  takeEnded(): readonly Pass[] {
    const ended = this.#ended;
    this.#ended = [];
    return ended;
  }

  /** Makes one call for a pass. */
  async carry<T>(pass: Pass, operation: Operation, send: () => Promise<T>): Promise<T> {
    if (operation === "UpdateIPSet" && this.#delays > 0) {
      this.#delays -= 1;
      this.#late.push(async () => {
        await this.#serve(pass, send).catch(() => undefined);
        this.usedByOthers(operation);
      });
      throw connectionReset();
    }
    const foreignUses = this.#foreignUses;
    try {
      const reply = await this.#serve(pass, send);
      if (foreignUses === this.#foreignUses) this.#lastUse.set(operation, pass.process);
      return reply;
    } catch (error) {
      // Of other errors nobody knows whether they cost a call of the rate.
      if (isThrottle(error)) this.#judge(pass, operation);
      else this.usedByOthers(operation);
      throw error;
    }
  }

  async #serve<T>(pass: Pass, send: () => Promise<T>): Promise<T> {
    const { depth } = pass;
    while (this.#inFlight[depth] !== undefined) await this.#inFlight[depth];
    let land = (): void => undefined;
    this.#inFlight[depth] = new Promise((resolve) => {
      land = resolve;
    });
    this.#callers.push(pass);
    try {
      return await send();
    } finally {
      this.#callers.pop();
      this.#inFlight[depth] = undefined;
      land();
    }
  }

  /** Somebody else used the rate of this action, or may have. */
  usedByOthers(operation: Operation): void {
    this.#foreignUses += 1;
    this.#lastUse.delete(operation);
  }

  /** Time passed while a call was on its way. */
  unsettle(): void {
    this.#unsettledUntil = this.clock.now() + UNSETTLED;
  }

  /** The next update will take effect, if it still can, after the function has given it up. */
  delayUpdate(): void {
    this.#delays += 1;
  }

  /** Forgets delays that no update has met. */
  forgetDelays(): void {
    this.#delays = 0;
  }

  get hasLateUpdates(): boolean {
    return this.#late.length > 0;
  }

  /** What was delayed arrives. */
  async arrive(): Promise<void> {
    const late = this.#late;
    this.#late = [];
    for (const send of late) await send();
  }

  #judge(pass: Pass, operation: Operation): void {
    const isAlone = !pass.hasCompany && this.clock.now() >= this.#unsettledUntil;
    if (isAlone && this.#lastUse.get(operation) === pass.process) this.refused ??= operation;
  }
}

function isThrottle(error: unknown): boolean {
  return error instanceof Error && error.name === "ThrottlingException";
}
