// Calls what is measured for some seconds, one call after the other as Lambda does, and tells how long each took.
require("../../test/lambda/lattice-proxy-proof/names.cjs");
const { Buffer } = require("node:buffer");
const { readFileSync } = require("node:fs");
const { Agent, request } = require("node:https");
const { performance } = require("node:perf_hooks");

const { BENCH_FILE: file, BENCH_DOMAIN: host, BENCH_PORT: port, BENCH_EVENT: eventFile } = process.env;
const event = JSON.parse(readFileSync(eventFile, "utf8"));
const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => 30_000 };
// The function's log is a matter of its own; here nobody reads it.
process.stdout.write = () => true;

/** The service without anybody between. */
function direct() {
  const agent = new Agent({ keepAlive: true });
  const path = "/orders/7?a=b";
  return () =>
    new Promise((done, fail) => {
      const sent = request({ agent, host, port, path }, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => done({ statusCode: response.statusCode, body: Buffer.concat(chunks) }));
      });
      sent.on("error", fail).end();
    });
}

const call = file === "" ? direct() : () => require(file).handler(event, context);

process.on("message", async (milliseconds) => {
  const latencies = [];
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    const began = performance.now();
    const { statusCode } = await call();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    latencies.push(performance.now() - began);
  }
  process.send(latencies);
});
process.on("disconnect", () => process.exit());
