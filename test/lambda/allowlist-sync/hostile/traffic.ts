import {
  connectionReset,
  WAF_RATES,
  type BucketOperation,
  type VirtualClock,
  type WafOperation,
} from "../../../support/aws";
import type { Pass } from "./pass";

/** The calls of all services. */
export type Operation = WafOperation | BucketOperation | "Scan";

const RATES: Readonly<Partial<Record<Operation, number>>> = WAF_RATES;

/** All calls between the function's processes and AWS: who makes them, which arrive late, and whose pace is wrong. */
export class Traffic {
  /** The first call that left its process sooner after the one before it than the account's rate allows. */
  tooSoon: string | undefined;
  readonly #running = new Set<Pass>();
  #ended: Pass[] = [];
  /** Calls in flight by depth: one at a time for each, so that it is always known whose call is being served. */
  readonly #inFlight: (Promise<void> | undefined)[] = [];
  /** Passes whose calls are being served: a pass that a hook starts runs inside the call of another. */
  readonly #callers: Pass[] = [];
  /** When each process last made each call, in milliseconds since 1970. */
  readonly #departures = new Map<string, number>();
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

  /**
   * A process makes a call now. Its pace is judged here and not by what WAF refuses: a process knows neither the calls of
   * others, those of other instances of the function among them, nor how long its own calls travel.
   */
  depart({ process }: Pass, operation: Operation): void {
    const rate = RATES[operation];
    if (rate === undefined) return;
    const key = `${process} ${operation}`;
    const now = this.clock.now();
    if (now - (this.#departures.get(key) ?? -Infinity) < 1000 / rate) this.tooSoon ??= operation;
    this.#departures.set(key, now);
  }

  /** Carries one call of a pass to its service. */
  async carry<T>(pass: Pass, operation: Operation, send: () => Promise<T>): Promise<T> {
    if (operation !== "UpdateIPSet" || this.#delays === 0) return this.#serve(pass, send);
    this.#delays -= 1;
    this.#late.push(async () => {
      await this.#serve(pass, send).catch(() => undefined);
    });
    throw connectionReset();
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
}
