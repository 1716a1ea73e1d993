import {
  defineOrganization,
  EnvironmentError,
  type OrganizationInput,
  type Violation,
} from "../../../../lib/environment";

const BASE = { organization: "acme", terraformVersion: "1.11.4" };

/** What is wrong with the base organization after these fields took their places; types are no help to whoever mistypes. */
function violationsOf(fields: Readonly<Record<string, unknown>>): readonly Violation[] {
  try {
    defineOrganization({ ...BASE, ...fields });
  } catch (error) {
    if (error instanceof EnvironmentError) return error.violations;
    throw error;
  }
  return [];
}

/** A mistake: what it is, the fields, and for each violation its path, what is said, what is advised, and what was found. */
type Row = readonly [
  mistake: string,
  fields: Readonly<Record<string, unknown>>,
  ...expected: (readonly [path: string, problem: string, remedy: string, got?: string])[],
];

const NAMES: readonly Row[] = [
  [
    "a name with what HCP Terraform refuses",
    { organization: "acme corp" },
    ["organization", "letters, digits, - and _", '"acme"', '"acme corp"'],
  ],
  [
    "no name",
    { organization: undefined },
    ["organization", "name of an HCP Terraform organization", '"acme"', "undefined"],
  ],
  [
    "a project with a space at its end",
    { existingProjects: ["platform "] },
    ["existingProjects[0]", "without a space at either end", '"platform"', '"platform "'],
  ],
  ["a project of two letters", { existingProjects: ["ab"] }, ["existingProjects[0]", "3 to 40", '"platform"', '"ab"']],
  [
    "a project twice",
    { existingProjects: ["platform", "platform"] },
    ["existingProjects[1]", "second time", "write it once", '"platform"'],
  ],
  [
    "a name that makes its own workspace's too long",
    { organization: "a".repeat(80), state: { kind: "hcp", organization: "acme", project: "admin" } },
    ["organization", "91 characters, and HCP Terraform takes 90", "elsewhere", `"${"a".repeat(80)}"`],
  ],
  [
    "a host with a scheme",
    { hostname: "https://tfe.example.com" },
    ["hostname", "without https://", "terraform.example.com", '"https://tfe.example.com"'],
  ],
  ["a field that is none", { hostnam: "tfe.example.com" }, ["hostnam", "not a field", "hostname"]],
  [
    "a misplaced secret",
    { notifications: { ops: { kind: "slack", url: "https://hooks.slack.com/services/T000" } } },
    ["notifications.ops.url", "a secret has no place", "take it out"],
  ],
];

const RUNS: readonly Row[] = [
  ["no version", { terraformVersion: undefined }, ["terraformVersion", "exact version", '"1.11.4"', "undefined"]],
  [
    "a range of versions",
    { terraformVersion: "~> 1.11" },
    ["terraformVersion", "exact version", '"1.11.4"', '"~> 1.11"'],
  ],
  [
    "a version below the floor",
    { terraformVersion: "1.10.5" },
    ["terraformVersion", "1.11.0 or newer", "1.11.4", '"1.10.5"'],
  ],
  [
    "an unknown mode",
    { executionMode: "cloud" },
    ["executionMode", '"remote" or "agent" or "local"', "write", '"cloud"'],
  ],
  ["agents without a pool", { executionMode: "agent" }, ["executionMode", "needs agents", "agentPoolId", '"agent"']],
  [
    "agents without a pool in one environment",
    { environments: { prod: { executionMode: "agent" } } },
    ["environments.prod.executionMode", "needs agents", "agentPoolId", '"agent"'],
  ],
  [
    "a pool that nothing uses",
    { agentPoolId: "apool-1", environments: { prod: { agentPoolId: "apool-2" } } },
    ["agentPoolId", "of no use", 'executionMode: "agent"', '"apool-1"'],
    ["environments.prod.agentPoolId", "of no use", 'executionMode: "agent"', '"apool-2"'],
  ],
  [
    "drift that nobody looks for",
    { executionMode: "local", assessments: true },
    ["assessments", "nobody to look for drift", "assessments: false", "true"],
  ],
  [
    "drift that nobody looks for in one environment",
    { assessments: true, environments: { prod: { executionMode: "local" } } },
    ["environments.prod.executionMode", "nobody to look for drift", "assessments: false", '"local"'],
  ],
  [
    "commits that nobody runs",
    { executionMode: "local", vcs: { repository: "acme/platform", oauthTokenId: "ot-1" } },
    ["executionMode", "nobody to run what is committed", "take vcs out", '"local"'],
  ],
  [
    "triggers that start nothing",
    { executionMode: "local", runTriggers: true },
    ["runTriggers", "starts nothing", "leave it out", "true"],
  ],
];

const OTHERS: readonly Row[] = [
  [
    "a repository that nothing reaches",
    { vcs: { repository: "acme/platform" } },
    ["vcs", "does not say how", "oauthTokenId or githubAppInstallationId"],
  ],
  [
    "a repository that is reached twice",
    { vcs: { repository: "acme/platform", oauthTokenId: "ot-1", githubAppInstallationId: "ghain-1" } },
    ["vcs", "says twice", "one of the two"],
  ],
  [
    "a folder that leaves the repository",
    { vcs: { repository: "acme/platform", oauthTokenId: "ot-1", folder: "../stacks" } },
    ["vcs.folder", "a folder of the repository", "synthesized/stacks", '"../stacks"'],
  ],
  [
    "a branch of no repository",
    { environments: { prod: { branch: "release" } } },
    ["environments.prod.branch", "of no repository", "add vcs", '"release"'],
  ],
  ["a right that there is not", { teams: { platform: "apply" } }, ["teams.platform", '"plan"', "write", '"apply"']],
  ["what owners may", { teams: { owners: "admin" } }, ["teams.owners", "everything by itself", "leave it out"]],
  [
    "a kind of notification that there is not",
    { notifications: { ops: { kind: "pager" } } },
    ["notifications.ops.kind", "no known kind", '"slack"', '"pager"'],
  ],
  [
    "mail to nobody",
    { notifications: { ops: { kind: "email", addresses: [] } } },
    ["notifications.ops.addresses", "at least one member", "a member", "an empty list"],
  ],
  [
    "an event that there is not",
    { notifications: { ops: { kind: "slack", triggers: ["run:failed"] } } },
    ["notifications.ops.triggers[0]", '"run:errored"', "write", '"run:failed"'],
  ],
  [
    "one notification too many",
    { notifications: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`n${index}`, { kind: "slack" }])) },
    ["notifications.n20", "one notification too many", "keep 20"],
  ],
  [
    "a client id in upper case",
    { environments: { prod: { credentials: { azure: { planClientId: "A", applyClientId: "A" } } } } },
    ["environments.prod.credentials.azure.planClientId", "client id", "0000", '"A"'],
    ["environments.prod.credentials.azure.applyClientId", "client id", "0000", '"A"'],
  ],
  [
    "a key in another Region than the bucket of its own state",
    {
      state: {
        kind: "s3",
        bucket: "acme-states",
        region: "eu-central-1",
        kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
      },
    },
    ["state.kmsKeyArn", "another Region", "state.region", '"arn:aws:kms:eu-west-1'],
  ],
];

describe.each([
  ["names", NAMES],
  ["how Terraform runs", RUNS],
  ["everything else", OTHERS],
])("%s", (_, rows) => {
  const cases = rows.map(([mistake, fields, ...expected]) => ({ mistake, fields, expected }));

  test.each(cases)("$mistake", ({ fields, expected }) => {
    const violations = violationsOf(fields);
    expect(violations.map(({ path }) => path)).toEqual(expected.map(([path]) => path));
    for (const [index, [, problem, remedy, got]] of expected.entries()) {
      expect(violations[index]?.problem).toContain(problem);
      expect(violations[index]?.remedy).toContain(remedy);
      if (got === undefined) expect(violations[index]?.got).toBeUndefined();
      else expect(violations[index]?.got).toContain(got);
    }
  });
});

test("all mistakes at once, in the order of the file", () => {
  const paths = violationsOf({
    organization: "acme!",
    terraformVersion: "latest",
    teams: { owners: "admin" },
    environments: { prod: { executionMode: "agent" } },
  }).map(({ path }) => path);
  expect(paths).toEqual(["organization", "terraformVersion", "teams.owners", "environments.prod.executionMode"]);
});

test("what is no description", () => {
  expect(() => defineOrganization(JSON.parse("[]") as OrganizationInput)).toThrow(
    /the organization: must be an object/,
  );
});

test("the least that a file can say", () => {
  expect(defineOrganization(BASE)).toMatchObject({
    state: { kind: "local" },
    executionMode: "remote",
    autoApply: false,
    assessments: false,
    existingProjects: [],
    teams: {},
    notifications: {},
    environments: {},
  });
});
