import { setTimeout } from "node:timers/promises";

import type { Connections } from "./connections";
import type { Reason } from "./contract";
import { Refusal } from "./errors";
import { exchange, type Exchange, type ExchangeLimits, type Outgoing } from "./exchange";
import type { Route } from "./route";

/** RFC 9110, section 9.2.2, without TRACE. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/** What may be better at the next try. A service that is slow, or whose certificate is wrong, would be so again. */
const PASSING = new Set<Reason>(["dns_error", "connection_refused", "connection_terminated", "connection_timeout"]);

/** Before a try again, as the fleet's shortest. */
const PAUSE_MILLISECONDS = 25;

/** Limits of all tries together. */
export interface ForwardLimits extends Pick<ExchangeLimits, "bytes" | "headBytes"> {
  /** When the last one must have ended, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The last try, and how many there were. */
export interface Forwarded extends Exchange {
  readonly attempts: number;
}

/**
 * Sends a request to its service, again if it failed before a byte of an answer came and its method may be repeated: as often as the host
 * says, and once more when the connection was an old one, which the service may have closed while nobody looked.
 */
export async function forward(
  connections: Connections,
  { upstream, timeoutSeconds, retries }: Route,
  outgoing: Outgoing,
  { deadline, ...sizes }: ForwardLimits,
  now: () => number,
): Promise<Forwarded> {
  await connections.dropStale();
  let left = retries;
  let isRenewed = false;
  for (let attempts = 1; ; attempts += 1) {
    const limits = { silence: timeoutSeconds * 1000, total: deadline - now(), ...sizes };
    const done = await exchange(connections, upstream, outgoing, limits, now);
    const isPassing = done.result instanceof Refusal && PASSING.has(done.result.reason);
    const mayRepeat = isPassing && done.answered === undefined && IDEMPOTENT.has(outgoing.method);
    if (!mayRepeat || now() + PAUSE_MILLISECONDS >= deadline) return { ...done, attempts };
    if (done.isReused && !isRenewed) {
      isRenewed = true;
      connections.dropIdle();
    } else {
      if (left === 0) return { ...done, attempts };
      left -= 1;
      await setTimeout(PAUSE_MILLISECONDS);
    }
  }
}
