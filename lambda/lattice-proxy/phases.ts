import type { Reason } from "./contract";
import { Refusal } from "./errors";

/** How far a request has come. */
export type Phase = "connecting" | "waiting" | "reading";

/** What no answer in time is called in each phase. */
const TOO_LATE = {
  connecting: "connection_timeout",
  waiting: "http_response_timeout",
  reading: "connection_read_timeout",
} as const satisfies Readonly<Record<Phase, Reason>>;

/** The phases of one request, each with a limit of its own. */
export interface Phases {
  readonly current: Phase;
  /** Begins a phase, or the same one anew. */
  enter(phase: Phase, milliseconds: number): void;
  /** Nothing is too late any more. */
  end(): void;
}

/**
 * Begins with connecting.
 *
 * @param total limit of all phases, in milliseconds
 * @param expire called when a limit is reached
 */
export function beginPhases(connecting: number, total: number, expire: (late: Refusal) => void): Phases {
  let current: Phase = "connecting";
  let timer: NodeJS.Timeout | undefined;
  const limit = (milliseconds: number): NodeJS.Timeout =>
    setTimeout(() => {
      expire(new Refusal(TOO_LATE[current], `${current} took longer than ${Math.round(milliseconds)} ms`));
    }, milliseconds);
  const all = limit(total);
  timer = limit(connecting);
  return {
    get current() {
      return current;
    },
    enter(phase, milliseconds) {
      current = phase;
      clearTimeout(timer);
      timer = limit(milliseconds);
    },
    end() {
      clearTimeout(timer);
      clearTimeout(all);
    },
  };
}
