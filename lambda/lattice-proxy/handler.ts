/** The entry point: what Lambda loads. Nothing else reads `process.env`. */
import { readConfig } from "./config";
import { createHandler } from "./create-handler";

/** Passes one request on to its service, for any front. */
export const handler = createHandler({
  config: readConfig(process.env),
  credentials: () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
    if (!accessKeyId || !secretAccessKey) return undefined;
    return { accessKeyId, secretAccessKey, sessionToken: process.env.AWS_SESSION_TOKEN };
  },
  now: Date.now,
  // Straight to the stream: in Lambda's JSON log format `console.log` would wrap the line, and filters then find nothing in it.
  write: (line) => process.stdout.write(`${line}\n`),
});
