import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { loadEnvironments, LoadError, parseSelection } from "../../../lib/environment";
import { BALANCER } from "./base";

const REPOSITORY = resolve(__dirname, "..", "..", "..");
const LIBRARY = join(REPOSITORY, "lib", "environment");

/** Source of an environment file; `input` is the argument of `defineEnvironment` as text. */
const file = (input: string): string =>
  `import { defineEnvironment } from ${JSON.stringify(LIBRARY)};\nexport default defineEnvironment(${input});\n`;
const environment = (name: string, more = ""): string => file(`{ name: "${name}", state: { kind: "local" }, ${more} }`);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder `environments` with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const parent = mkdtempSync(join(tmpdir(), "environments-"));
  folders.push(parent);
  const directory = join(parent, "environments");
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const namesIn = (files: Readonly<Record<string, string>>, select?: readonly string[]): readonly string[] =>
  loadEnvironments({ directory: folder(files), select }).map(({ name }) => name);

function faultsOf(files: Readonly<Record<string, string>>, select?: readonly string[]): readonly string[] {
  try {
    namesIn(files, select);
  } catch (error) {
    if (error instanceof LoadError) return error.faults;
    throw error;
  }
  throw new Error("the files are accepted");
}

describe("which files are loaded", () => {
  const example = { "example.ts": environment("example") };
  const own = { "prod.ts": environment("prod"), "dev.ts": environment("dev"), "dev2.ts": environment("dev2") };

  test("example.ts when it is alone", () => {
    expect(namesIn(example)).toEqual(["example"]);
  });

  test("all others when it is not, in the order of their names", () => {
    expect(namesIn({ ...own, ...example })).toEqual(["dev", "dev2", "prod"]);
  });

  test("the ones asked for, example.ts among them, in the same order and each once", () => {
    expect(namesIn({ ...own, ...example }, ["prod", "example", "prod"])).toEqual(["example", "prod"]);
  });

  test("nothing asked for is all", () => {
    expect(namesIn(own, ["", " "])).toEqual(["dev", "dev2", "prod"]);
  });

  test("only what a selection names is read", () => {
    expect(namesIn({ ...own, "broken.ts": "throw new Error();" }, ["dev"])).toEqual(["dev"]);
  });

  test("declarations, other files and folders are no environments", () => {
    const directory = folder({ ...own, "types.d.ts": "export {};", "README.md": "", "old.ts.bak": "(" });
    mkdirSync(join(directory, "shared"));
    expect(loadEnvironments({ directory })).toHaveLength(3);
  });

  test("every unknown name is told, with those to choose from", () => {
    expect(faultsOf({ ...own, ...example }, ["stage", "dev", "Prod"])).toEqual([
      "there is no environments/stage.ts; choose from dev, dev2, example, prod",
      "there is no environments/Prod.ts; choose from dev, dev2, example, prod",
    ]);
  });

  test("an empty folder, and none", () => {
    const message = expect.stringMatching(/^environments\/ holds no environment; .*example\.ts/) as string;
    expect(faultsOf({})).toEqual([message]);
    expect(() => loadEnvironments({ directory: join(tmpdir(), "nowhere", "environments") })).toThrow(LoadError);
  });

  test.each([
    [undefined, []],
    ["", []],
    [" , ,", []],
    ["dev", ["dev"]],
    [" dev , prod,,", ["dev", "prod"]],
  ])("RINGFENCE_ENVIRONMENTS %j selects %j", (text, names) => {
    expect(parseSelection(text)).toEqual(names);
  });
});

describe("a file that is no environment", () => {
  test.each([
    ["exports nothing", "const a = 1;", "got nothing"],
    ["has no default export", `export const prod = { name: "prod" };`, "got nothing"],
    ["exports plain data", `export default { name: "prod", state: { kind: "local" } };`, "got an object"],
    ["exports a promise", "export default Promise.resolve({});", "got an instance of Promise"],
    ["exports a class", "export default class Prod { name = 'prod'; }", "got a function"],
    ["exports a list", "export default Object.freeze([]);", "got an empty list"],
  ])("%s", (_, text, got) => {
    expect(faultsOf({ "prod.ts": text })).toEqual([
      `environments/prod.ts: has no environment as its default export (${got}); write export default defineEnvironment({ … }), ` +
        "or move a file of another purpose into a folder",
    ]);
  });

  test("throws: what and where", () => {
    const text = `const shared = {} as { zones?: string[] };\n\nexport default shared.zones!.length;\n`;
    const [fault, ...others] = faultsOf({ "prod.ts": text });
    expect(others).toEqual([]);
    expect(fault).toMatch(
      /^environments\/prod\.ts: could not be loaded: Cannot read properties of undefined.*\(line \d\)$/,
    );
  });

  test("throws what is no error", () => {
    expect(faultsOf({ "prod.ts": `throw "enough";` })).toEqual(["environments/prod.ts: could not be loaded: enough"]);
  });

  // As `npx tsx main.ts` loads it: another transformer, and Node's own errors.
  test("imports what is not there, or is no TypeScript", () => {
    const directory = folder({ "a.ts": `import "./shared/network";`, "b.ts": "const fine = 1;\nexport default {{" });
    const script = join(directory, "..", "load.cjs");
    writeFileSync(
      script,
      `const { loadEnvironments } = require(${JSON.stringify(LIBRARY)});
       try { loadEnvironments({ directory: ${JSON.stringify(directory)} }) } catch (error) { console.log(JSON.stringify(error.faults)) }`,
    );
    const { stdout } = spawnSync(process.execPath, ["--import", "tsx", script], { cwd: REPOSITORY, encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual([
      "environments/a.ts: could not be loaded: Cannot find module './shared/network'",
      expect.stringMatching(
        /^environments\/b\.ts: could not be loaded: [^]*Expected identifier but found "\{" \(line 2\)$/,
      ),
    ]);
  });

  test("shows no secret that its error holds", () => {
    const [fault] = faultsOf({ "prod.ts": `throw new Error("refused: AKIAIOSFODNN7EXAMPLE");` });
    expect(fault).toMatch(/^environments\/prod\.ts: could not be loaded: .*not shown/);
    expect(fault).not.toContain("AKIA");
  });
});

describe("names", () => {
  test("a copy whose name was left as it was", () => {
    expect(faultsOf({ "prod.ts": environment("example") })).toEqual([
      'environments/prod.ts: defines the environment "example"; write name: "prod", or rename the file to example.ts',
    ]);
  });

  test("a file whose own name no environment may have", () => {
    expect(faultsOf({ "my-prod.ts": environment("prod") })).toEqual([
      'environments/my-prod.ts: defines the environment "prod"; rename the file to prod.ts',
    ]);
  });

  test("two files of one name are one fault, whatever else they share", () => {
    const shared = `rancher: { url: "https://r.example.com", loadBalancerArns: ["${BALANCER}"] },
      aws: { accountId: "111122223333", region: "eu-central-1" }, allowlist: {}`;
    expect(faultsOf({ "prod.ts": environment("prod", shared), "prod2.ts": environment("prod", shared) })).toEqual([
      'environments/prod.ts and environments/prod2.ts define the environment "prod"; name each after its file',
    ]);
  });
});

describe("several files", () => {
  const withBalancer = (name: string): string =>
    environment(
      name,
      `rancher: { url: "https://r.example.com", loadBalancerArns: ["${BALANCER}"] },
       aws: { accountId: "111122223333", region: "eu-central-1" }, allowlist: {}`,
    );

  test("the faults of all of them, and of those that are sound together", () => {
    const faults = faultsOf({
      "a.ts": file(`{ name: "A", state: { kind: "x" } } as never`),
      "b.ts": "export {};",
      "c.ts": withBalancer("c"),
      "d.ts": withBalancer("d"),
      "e.ts": environment("f"),
    });
    expect(faults).toEqual([
      expect.stringMatching(/^environments\/a\.ts: the environment: 2 faults\n {2}name: .*\n {2}state\.kind: .*$/),
      expect.stringMatching(/^environments\/b\.ts: has no environment/),
      expect.stringMatching(/^environments\/e\.ts: defines the environment "f"/),
      expect.stringMatching(/^rancher\.loadBalancerArns: .* c and d/),
    ]);
  });

  test("the message lists every fault, and says that nothing happened", () => {
    const directory = folder({ "a.ts": "export {};", "b.ts": "export {};" });
    expect(() => loadEnvironments({ directory })).toThrow(
      /^environments\/a\.ts: [^]*\n\nenvironments\/b\.ts: [^]*\n\nNothing was synthesized, and nothing was changed\.$/,
    );
  });
});

test("a secret that is written twice as a key is not shown", () => {
  const secret = "AKIAIOSFODNN7EXAMPLE";
  const faults = faultsOf({ "prod.ts": environment("prod", `tags: { "${secret}": "a", "${secret}": "b" }`) });
  expect(faults[0]).toMatch(/a key that looks like a secret a second time in line 2/);
  expect(faults.join()).not.toContain(secret);
});

test("a key that is written twice is told, since JavaScript would keep the second in silence", () => {
  const clusters =
    'aws: { accountId: "111122223333", region: "eu-central-1" },\nallowlist: { clusters: { a: ["192.0.2.1/32"],\n "a": ["192.0.2.2/32"] } }';
  expect(faultsOf({ "prod.ts": environment("prod", clusters) })).toEqual([
    'environments/prod.ts: names the key "a" a second time in line 4; keep one of the two',
  ]);
});
