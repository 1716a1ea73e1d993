// Runs before every test file, and spares it what CDKTF does there for nothing.

// Each of thousands of tokens notes the stack that it was made in, formatted and mapped to its sources, for the message of one
// that cannot be resolved: a quarter of the time of all tests.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: (): readonly string[] => [] }));

// More than half of the modules that CDKTF loads; it runs them in a process of its own alone, to pack whole folders.
jest.mock("cdktf/node_modules/archiver", () => undefined);
