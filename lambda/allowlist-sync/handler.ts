/** The entry point: what Lambda loads. Nothing else reads `process.env` or makes a client. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { BUCKET_CLIENT_SETTINGS, TABLE_CLIENT_SETTINGS, WAF_CLIENT_SETTINGS } from "./clients";
import { systemClock } from "./clock";
import { readConfig } from "./config";
import { createHandler } from "./create-handler";

/** One pass of the allowlist, for any event. */
export const handler = createHandler({
  config: readConfig(process.env),
  dynamoDb: new DynamoDBClient(TABLE_CLIENT_SETTINGS),
  waf: new WAFV2Client(WAF_CLIENT_SETTINGS),
  s3: new S3Client(BUCKET_CLIENT_SETTINGS),
  clock: systemClock,
  random: Math.random,
  // Straight to the stream: in Lambda's JSON log format `console.log` would wrap the line, and CloudWatch then finds
  // no metrics in it.
  write: (line) => process.stdout.write(`${line}\n`),
});
