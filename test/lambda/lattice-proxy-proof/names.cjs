// Looks names up in a list of the test's, in which there are no others, instead of asking the system.
const dns = require("node:dns");

const names = JSON.parse(process.env.TEST_NAMES);
delete process.env.TEST_NAMES;

/** Names that were looked up. */
const lookups = [];

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

module.exports = { lookups };
