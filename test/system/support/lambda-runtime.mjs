// Lambda's part, in a process of its own: loads the function's code once and hands it one event after the other.
//
//   node lambda-runtime.mjs <file> <export>      with an IPC channel
import { createRequire } from "node:module";

const TIMEOUT_MILLISECONDS = 300_000;

// Sent with each answer: over a pipe of its own the output could arrive later than the answer.
let output = "";
process.stdout.write = (text) => {
  output += text;
  return true;
};

function answer(message) {
  process.send({ ...message, output });
  output = "";
}

const [file, name] = process.argv.slice(2);
const handler = createRequire(import.meta.url)(file)[name];

process.on("message", async (event) => {
  const deadline = Date.now() + TIMEOUT_MILLISECONDS;
  try {
    await handler(event, { getRemainingTimeInMillis: () => deadline - Date.now() });
    answer({ kind: "done" });
  } catch (error) {
    answer({ kind: "failed", message: String(error) });
  }
});
answer({ kind: "ready", version: process.version });
