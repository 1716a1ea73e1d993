/**
 * How the function talks to AWS.
 *
 * Throttles are the SDK's to retry: WAF allows one update and five reads a second for the whole account (AWS WAF Developer Guide, "AWS
 * WAF quotas"), so somebody else's burst must not fail a pass. Without time limits, in milliseconds, one connection that hangs would last until
 * Lambda ends the function, and then nothing says why; a full set is half a megabyte to send.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 8,
  retryMode: "standard",
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
} as const;
