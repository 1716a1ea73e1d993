import { PROXY_NAME, type Reason, REASONS } from "./contract";
import type { Header, ProxyResponse } from "./message";

/** A request that no service answers: this function does. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: Reason;
  /** For the answer, besides its own. */
  readonly headers: readonly Header[];
  /** The system's or OpenSSL's code of what went wrong. */
  readonly failure: string | undefined;

  /** @param details for the log: what happened */
  constructor(reason: Reason, details: string, more: { headers?: readonly Header[]; failure?: string } = {}) {
    super(details);
    this.reason = reason;
    this.headers = more.headers ?? [];
    this.failure = more.failure;
  }
}

/** The answer to a refused request; that of a HEAD has no body. */
export function answerOf({ reason, headers }: Refusal, method: string): ProxyResponse {
  const { status, error, words } = REASONS[reason];
  return {
    status,
    headers: [
      ["content-type", "text/plain; charset=utf-8"],
      ["cache-control", "no-store"],
      ["proxy-status", `${PROXY_NAME}; error=${error}; details="${reason}"`],
      ...headers,
    ],
    body: Buffer.from(method === "HEAD" ? "" : `${words}\n`),
  };
}
