/**
 * How the function talks to AWS.
 *
 * Without time limits, in milliseconds, one connection that hangs would last until Lambda ends the function, and then nothing says
 * why; a full set is half a megabyte to send.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 8,
  retryMode: "standard",
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
} as const;

/** For WAF, whose rates are the account's: the function itself decides when a call is made again, see `createPacer`. */
export const WAF_CLIENT_SETTINGS = { ...CLIENT_SETTINGS, maxAttempts: 1 } as const;
