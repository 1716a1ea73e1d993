// Runs a bundled function the way Lambda's runtime does, one event after the other, and tells what it looked up, connected to and logged.
// Names are looked up in a list that the test gives; there are no others.
const { subscribe } = require("node:diagnostics_channel");
const dns = require("node:dns");
const { performance } = require("node:perf_hooks");

const { file, names } = JSON.parse(process.env.INSTANCE);
delete process.env.INSTANCE;

let lookups = [];
let connections = [];
let output = "";

dns.lookup = (name, options, callback) => {
  const done = typeof options === "function" ? options : callback;
  const { all = false } = typeof options === "object" ? options : {};
  lookups.push(name);
  const address = names[name];
  // Of a name server that says nothing.
  if (address === "silence") return;
  process.nextTick(() => {
    if (address === undefined)
      done(Object.assign(new Error(`no ${name}`), { code: "ENOTFOUND", syscall: "getaddrinfo" }));
    else if (all) done(null, [{ address, family: 4 }]);
    else done(null, address, 4);
  });
};

subscribe("net.client.socket", ({ socket }) => {
  socket.once("connect", () => connections.push(`${socket.remoteAddress}:${socket.remotePort}`));
});

process.stdout.write = (text) => {
  output += text;
  return true;
};

const { handler } = require(file);

process.on("message", async ({ event, milliseconds, environment }) => {
  Object.assign(process.env, environment);
  [lookups, connections, output] = [[], [], ""];
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
