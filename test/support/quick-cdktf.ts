// Runs before every test file, and spares it what CDKTF does there for nothing. What it makes is the same:
// test/system/quick-cdktf.test.ts.

// Each of thousands of tokens notes the stack that it was made in, formatted and mapped to its sources, for the message of one
// that cannot be resolved: a quarter of the time of all tests.
jest.mock("cdktf/lib/tokens/private/stack-trace", () => ({ captureStackTrace: (): readonly string[] => [] }));

// More than half of the modules that CDKTF loads; it runs them in a process of its own alone, to pack whole folders.
jest.mock("cdktf/node_modules/archiver", () => undefined);

interface Context {
  resolve: (value: unknown) => unknown;
}

interface Options {
  readonly resolver: Readonly<
    Record<string, (found: unknown, context: Context, ...rest: readonly unknown[]) => unknown>
  >;
}

type Resolve = (value: unknown, options: Options) => unknown;

// It makes objects and functions for each key and each value, whether they may hold a token or not: here for those alone that may.
jest.mock("cdktf/lib/tokens/private/resolve", () => {
  const actual = jest.requireActual<{ readonly resolve: Resolve }>("cdktf/lib/tokens/private/resolve");
  // Tokens in a text begin so, or are a number with an exponent; those that are numbers are negative.
  const isPlain = (value: unknown): boolean => {
    if (typeof value === "string") return !value.includes("TfToken[") && !/[-|\d.+]e/.test(value);
    return typeof value === "number" ? value >= 0 : typeof value === "boolean" || value === undefined || value === null;
  };
  const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

  const quickly = (value: unknown, slowly: (value: unknown) => unknown): unknown => {
    if (isPlain(value)) return value;
    if (Array.isArray(value)) {
      // A list may stand for a token by a text or a number in it.
      if (!value.every((item) => typeof item === "object" || isPlain(item))) return slowly(value);
      return value.map((item) => quickly(item, slowly)).filter((item) => item !== undefined);
    }
    if (!isRecord(value) || typeof value.resolve === "function") return slowly(value);
    const result: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (!isPlain(key)) return slowly(value);
      const found = quickly(value[key], slowly);
      if (found !== undefined) result[key] = found;
    }
    return result;
  };

  // What a token is resolved to is looked at in the same way.
  const resolvers = new WeakMap<Options["resolver"], Options["resolver"]>();
  const quickened = (resolver: Options["resolver"]): Options["resolver"] => {
    const known = resolvers.get(resolver);
    if (known !== undefined) return known;
    const methods = ["resolveToken", "resolveString", "resolveList", "resolveMap", "resolveNumberList"].map((name) => {
      const value = (found: unknown, context: Context, ...rest: readonly unknown[]): unknown => {
        const slowly = context.resolve;
        context.resolve = (inner) => quickly(inner, slowly);
        return resolver[name]?.(found, context, ...rest);
      };
      return [name, { value }] as const;
    });
    const made = Object.create(resolver, Object.fromEntries(methods)) as Options["resolver"];
    resolvers.set(resolver, made);
    return made;
  };

  const resolve: Resolve = (value, options) =>
    quickly(value, (inner) => actual.resolve(inner, { ...options, resolver: quickened(options.resolver) }));
  return { ...actual, resolve };
});
