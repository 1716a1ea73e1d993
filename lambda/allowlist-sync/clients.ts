/*
 * How the function talks to AWS. Without time limits, in milliseconds, one connection that hangs would last until Lambda ends the
 * function, and then nothing says why. The request's limit ends when the answer begins; a body that stalls is a socket without
 * traffic.
 */

/** For the table, a megabyte a call. */
export const TABLE_CLIENT_SETTINGS = {
  maxAttempts: 8,
  retryMode: "standard",
  requestHandler: {
    connectionTimeout: 2_000,
    requestTimeout: 15_000,
    socketTimeout: 10_000,
    throwOnRequestTimeout: true,
  },
} as const;

/**
 * For WAF, half a megabyte a call. Its rates are the account's: the function itself decides when a call is made again, see
 * `createPacer`.
 */
export const WAF_CLIENT_SETTINGS = { ...TABLE_CLIENT_SETTINGS, maxAttempts: 1 } as const;

/** For the bucket of knowledge, which may help and must not hold up. */
export const BUCKET_CLIENT_SETTINGS = {
  ...TABLE_CLIENT_SETTINGS,
  maxAttempts: 2,
  requestHandler: {
    ...TABLE_CLIENT_SETTINGS.requestHandler,
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    socketTimeout: 3_000,
  },
} as const;
