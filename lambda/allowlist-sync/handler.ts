/** The entry point: what Lambda loads. Nothing else reads `process.env` or makes a client. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { systemClock } from "./clock";
import { readConfig } from "./config";
import { createHandler } from "./create-handler";

/**
 * Throttles are the SDK's to retry: WAF allows one update and five reads a second for the whole account (AWS WAF
 * Developer Guide, "AWS WAF quotas"), so somebody else's burst must not fail a pass.
 */
const retries = { maxAttempts: 8, retryMode: "standard" } as const;

/**
 * Milliseconds. Without limits, one connection that hangs would last until Lambda ends the function, and then nothing says
 * why. A full set is half a megabyte to send.
 */
const requestHandler = { connectionTimeout: 2_000, requestTimeout: 15_000 } as const;

/** One pass of the allowlist, for any event. */
export const handler = createHandler({
  config: readConfig(process.env),
  dynamoDb: new DynamoDBClient({ ...retries, requestHandler }),
  waf: new WAFV2Client({ ...retries, requestHandler }),
  clock: systemClock,
  random: Math.random,
  // Straight to the stream: in Lambda's JSON log format `console.log` would wrap the line, and CloudWatch then finds
  // no metrics in it.
  write: (line) => process.stdout.write(`${line}\n`),
});
