// Runs a bundled function the way Lambda's runtime does, one event after the other, and tells what it looked up, connected to and logged.
const { subscribe } = require("node:diagnostics_channel");
const { performance } = require("node:perf_hooks");

const { lookups } = require("./names.cjs");

let connections = [];
let output = "";

subscribe("net.client.socket", ({ socket }) => {
  socket.once("connect", () => connections.push(`${socket.remoteAddress}:${socket.remotePort}`));
});

process.stdout.write = (text) => {
  output += text;
  return true;
};

const file = process.env.TEST_FILE;
delete process.env.TEST_FILE;
const { handler } = require(file);

process.on("message", async ({ event, milliseconds, environment }) => {
  Object.assign(process.env, environment);
  [connections, output] = [[], ""];
  lookups.length = 0;
  const deadline = Date.now() + milliseconds;
  const context = { awsRequestId: "8b1d4f2c", getRemainingTimeInMillis: () => deadline - Date.now() };
  const began = performance.now();
  const outcome = await Promise.resolve()
    .then(() => handler(event, context))
    .then(
      (result) => ({ result }),
      (error) => ({ error: String(error && error.stack) }),
    );
  process.send({ ...outcome, milliseconds: performance.now() - began, lookups, connections, output });
});
process.on("disconnect", () => process.exit());
process.send("ready");
