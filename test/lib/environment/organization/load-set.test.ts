import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { type LoadedSet, LoadError, loadSet } from "../../../../lib/environment";

const LIBRARY = join(resolve(__dirname, "..", "..", "..", ".."), "lib", "environment");

const describes = (define: string, input: string): string =>
  `import { ${define} } from ${JSON.stringify(LIBRARY)};\nexport default ${define}(${input});\n`;
const environment = (
  name: string,
  state = '{ kind: "hcp", organization: "acme", project: "platform" }',
  more = "",
): string => describes("defineEnvironment", `{ name: "${name}", state: ${state}, ${more} }`);
const organization = (name: string, more = ""): string =>
  describes("defineOrganization", `{ organization: "${name}", terraformVersion: "1.11.4", ${more} }`);

const LOCAL = '{ kind: "local" }';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Files = Readonly<Record<string, string>>;

interface Selection {
  readonly environments?: readonly string[];
  readonly organizations?: readonly string[];
}

/** A project with these files, by their paths. */
function load(files: Files, { environments, organizations }: Selection = {}): LoadedSet {
  const root = mkdtempSync(join(tmpdir(), "set-"));
  folders.push(root);
  mkdirSync(join(root, "environments"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return loadSet({
    environments: { directory: join(root, "environments"), select: environments },
    organizations: { directory: join(root, "organizations"), select: organizations },
  });
}

function faultsOf(files: Files, selection?: Selection): readonly string[] {
  try {
    load(files, selection);
  } catch (error) {
    if (error instanceof LoadError) return error.faults;
    throw error;
  }
  return [];
}

const FILES: Files = {
  "environments/prod.ts": environment("prod"),
  "environments/dev.ts": environment("dev"),
  "organizations/acme.ts": organization("acme"),
};

describe("which organizations are loaded", () => {
  test("all of them, with all environments", () => {
    const { environments, organizations, notes } = load(FILES);
    expect(environments.map(({ name }) => name)).toEqual(["dev", "prod"]);
    expect(organizations.map(({ organization: name }) => name)).toEqual(["acme"]);
    expect(notes).toEqual([]);
  });

  test("none where there is no folder of them", () => {
    expect(load({ "environments/prod.ts": environment("prod") }).organizations).toEqual([]);
  });

  test("the example only when it is asked for", () => {
    const files = { ...FILES, "organizations/example.ts": organization("example") };
    expect(load(files).organizations).toHaveLength(1);
    expect(faultsOf(files, { organizations: ["example"] })).toEqual([
      expect.stringMatching(
        /^organizations\/example\.ts: no environment keeps its states in app\.terraform\.io\/example; /,
      ),
    ]);
  });

  test("none whose environments are not all there, which would lose their workspaces: a note tells it", () => {
    const { organizations, notes } = load(FILES, { environments: ["dev"] });
    expect(organizations).toEqual([]);
    expect(notes).toEqual([
      expect.stringMatching(/^workspaces-acme is left out: .* would destroy those of prod, which is not selected\.$/),
    ]);
  });

  test("one that is asked for by name without all environments is refused", () => {
    expect(faultsOf(FILES, { environments: ["dev"], organizations: ["acme"] })).toEqual([
      expect.stringMatching(/^organizations\/acme\.ts: .* every environment, and prod is not selected; select all/),
    ]);
  });

  test("a broken environment is told as such, not as one that somebody left out", () => {
    const files = { ...FILES, "environments/prod.ts": "export default 1;" };
    expect(faultsOf(files, { organizations: ["acme"] })).toEqual([
      expect.stringMatching(/^environments\/prod\.ts: has no environment as its default export/),
    ]);
  });

  test("an environment of one's own selected beside the example is no reason to leave it out", () => {
    const files = { ...FILES, "environments/example.ts": environment("example", LOCAL) };
    expect(load(files, { environments: ["dev", "example", "prod"] }).organizations).toHaveLength(1);
  });

  test("an unknown name is told, with those to choose from", () => {
    expect(faultsOf(FILES, { organizations: ["acm"] })).toEqual(["there is no organizations/acm.ts; choose from acme"]);
  });
});

describe("what is told in one pass", () => {
  test("the faults of environments and organizations", () => {
    const faults = faultsOf({
      "environments/prod.ts": environment("prod", '{ kind: "hcp", organization: "acme corp", project: "p" }'),
      "organizations/acme.ts": organization("acme", 'teams: { owners: "admin" }'),
      "organizations/other.ts": "export default 1;",
    });
    expect(faults).toEqual([
      expect.stringMatching(
        /^environments\/prod\.ts: environment prod: 2 faults\n {2}state\.organization: .*\n {2}state\.project: /,
      ),
      expect.stringMatching(/^organizations\/acme\.ts: organization acme: 1 fault\n {2}teams\.owners: /),
      expect.stringMatching(/^organizations\/other\.ts: has no organization as its default export \(got 1\)/),
    ]);
  });

  test("an organization whose own state the runs of an environment could delete", () => {
    const letIn = environment(
      "prod",
      undefined,
      'bootstrap: { hcp: {} }, aws: { accountId: "111122223333", region: "eu-central-1", network: { cidr: "10.0.0.0/16", zones: ["a", "b"] } }',
    );
    const inBucket = (bucket: string): string =>
      organization("acme", `state: { kind: "s3", bucket: "${bucket}", region: "eu-central-1" }`);
    expect(faultsOf({ "environments/prod.ts": letIn, "organizations/acme.ts": inBucket("prod-states") })).toEqual([
      expect.stringMatching(
        /^organizations\/acme\.ts: state\.bucket: prod-states .* runs of prod could .*; choose a name/,
      ),
    ]);
    expect(faultsOf({ "environments/prod.ts": letIn, "organizations/acme.ts": inBucket("acme-states") })).toEqual([]);
    expect(faultsOf({ ...FILES, "organizations/acme.ts": inBucket("prod-states") })).toEqual([]);
  });

  test("an environment is no organization, nor the other way round", () => {
    expect(
      faultsOf({
        "environments/prod.ts": organization("prod"),
        "organizations/acme.ts": environment("acme"),
      }),
    ).toEqual([
      expect.stringMatching(/^environments\/prod\.ts: has no environment as its default export/),
      expect.stringMatching(/^organizations\/acme\.ts: has no organization as its default export/),
    ]);
  });

  test("an organization whose file has another name", () => {
    expect(faultsOf({ ...FILES, "organizations/acme.ts": organization("Acme") })).toEqual(
      expect.arrayContaining([
        'organizations/acme.ts: describes the organization "Acme"; write organization: "acme", or rename the file to Acme.ts',
      ]),
    );
  });

  test("an organization that holds nothing, on another host or not", () => {
    const files = { ...FILES, "organizations/acme.ts": organization("acme", 'hostname: "tfe.example.com"') };
    expect(faultsOf(files)).toEqual([
      expect.stringMatching(/no environment keeps its states in tfe\.example\.com\/acme; /),
    ]);
    const named = { ...FILES, "organizations/acme.ts": organization("acme", 'hostname: "app.terraform.io"') };
    expect(load(named).organizations).toHaveLength(1);
  });

  test("settings for an environment that is elsewhere", () => {
    const files = {
      ...FILES,
      "environments/lab.ts": environment("lab", LOCAL),
      "organizations/acme.ts": organization("acme", "environments: { lab: { autoApply: true }, prod: {} }"),
    };
    expect(faultsOf(files)).toEqual([
      "organizations/acme.ts: environments.lab: is no environment that keeps its states here; choose from dev, prod",
    ]);
  });

  test("an existing project that nobody uses", () => {
    const files = { ...FILES, "organizations/acme.ts": organization("acme", 'existingProjects: ["platfrom"]') };
    expect(faultsOf(files)).toEqual([
      expect.stringMatching(
        /^organizations\/acme\.ts: existingProjects: "platfrom" is the project of no environment; /,
      ),
    ]);
  });
});
