import { boundaryArnOf, githubTrust, hcpTrust } from "../../../lib/environment";
import { checkTogether } from "../../../lib/environment/together";
import { changed, type Changes, define, GONE, KEY, type Row } from "./base";
import { testRows } from "./rows";

const HCP = { kind: "hcp", organization: "acme", project: "platform" };
const S3 = { kind: "s3", bucket: "acme-terraform-state", region: "eu-central-1" };
const GITHUB = { repository: "acme/fences" };

/** An environment whose runs are let in, with nothing that stands against it. */
const letIn = (bootstrap: unknown, changes: Changes = {}): Changes => ({
  bootstrap,
  state: S3,
  "aws/assumeRole": GONE,
  ...changes,
});

const inHcp = (bootstrap: unknown, changes: Changes = {}): Changes => letIn(bootstrap, { state: HCP, ...changes });

const FIELDS: readonly Row[] = [
  ["nothing to make", letIn({}), ["bootstrap", "makes nothing", "hcp, github or bucket"]],
  [
    "a state of its own kind",
    letIn({ state: "s3", github: GITHUB }),
    ["bootstrap.state", '"local"', '"local"', '"s3"'],
  ],
  [
    "a repository without its owner",
    letIn({ github: { repository: "fences" } }),
    ["bootstrap.github.repository", "owner/name", "acme/fences", '"fences"'],
  ],
  [
    "a repository with the id of one",
    letIn({ github: { repository: "acme@1/fences" } }),
    ["bootstrap.github.repository", "of both or of neither", "acme@123456", '"acme@1/fences"'],
  ],
  [
    "every repository of an owner",
    letIn({ github: { repository: "acme/*" } }),
    ["bootstrap.github.repository", "owner/name", "acme/fences", '"acme/*"'],
  ],
  [
    "every branch",
    letIn({ github: { ...GITHUB, branch: "*" } }),
    ["bootstrap.github.branch", "the name of a branch", '"main"', '"*"'],
  ],
  [
    "an environment that would be another subject",
    letIn({ github: { ...GITHUB, environment: "prod:ref:refs/heads/x" } }),
    ["bootstrap.github.environment", "letters, digits", '"prod"', '"prod:ref:refs/heads/x"'],
  ],
  [
    "versions kept for a day",
    letIn({ bucket: { oldVersionsDays: 1 } }),
    ["bootstrap.bucket.oldVersionsDays", "from 7 to 3650", "from 7 to 3650", "1"],
  ],
];

const ACROSS: readonly Row[] = [
  [
    "HCP Terraform, with states in S3",
    letIn({ hcp: {} }),
    ["bootstrap.hcp", "the states of this environment are not there", 'kind: "hcp"'],
  ],
  [
    "GitHub, with states on its runners",
    letIn({ github: GITHUB }, { state: { kind: "local" } }),
    ["bootstrap.github", "ends with the job", '"s3" or "hcp"'],
  ],
  [
    "a port in the issuer",
    inHcp({ hcp: {} }, { state: { ...HCP, hostname: "tfe.example.com:8443" } }),
    ["state.hostname", "names a port", "443", '"tfe.example.com:8443"'],
  ],
  [
    "a profile on a runner",
    letIn({ github: GITHUB }, { "aws/profile": "prod", state: { ...S3, profile: "state" } }),
    ["state.profile", "is not there", "AWS_PROFILE", '"state"'],
    ["aws.profile", "is not there", "AWS_PROFILE", '"prod"'],
  ],
  [
    "a role besides that of the run",
    letIn({ github: GITHUB }, { "aws/assumeRole": { roleArn: "arn:aws:iam::111122223333:role/terraform" } }),
    ["aws.assumeRole", "is not there", "leave it out"],
  ],
  [
    "a bucket for states that go elsewhere",
    inHcp({ bucket: {} }),
    ["bootstrap.bucket", "they go to none", 'kind: "s3"'],
  ],
  [
    "a bucket in another Region, with a dot and a key and behind a role",
    letIn(
      { bucket: {} },
      {
        state: {
          ...S3,
          bucket: "acme.states",
          region: "eu-west-1",
          kmsKeyArn: KEY.replace("eu-central-1", "eu-west-1"),
          roleArn: "arn:aws:iam::111122223333:role/state",
        },
      },
    ),
    ["state.bucket", "holds a dot", "hyphens", '"acme.states"'],
    ["state.region", "is not aws.region, eu-central-1", "the same Region", '"eu-west-1"'],
    ["state.kmsKeyArn", "brings its own", "leave it out", JSON.stringify(KEY.replace("eu-central-1", "eu-west-1"))],
    ["state.roleArn", "admits them itself", "leave it out", '"arn:aws:iam::111122223333:role/state"'],
  ],
  [
    "a bucket that its runs could delete",
    letIn({ github: GITHUB }, { state: { ...S3, bucket: "prod-states" } }),
    ["state.bucket", "could empty and delete it", "begins otherwise", '"prod-states"'],
  ],
  [
    "no cloud",
    inHcp({ hcp: {} }, { aws: GONE, allowlist: GONE, rancher: GONE, "notify/alarmTopicArns": [] }),
    ["bootstrap", "neither 'aws' nor 'azure'", "add a cloud's section"],
  ],
  [
    "a part that was refused",
    letIn({ github: "acme/fences" }),
    ["bootstrap.github", "must be an object", "acme/fences", '"acme/fences"'],
  ],
];

testRows({ "fields of bootstrap": FIELDS, "bootstrap across sections": ACROSS });

describe("who is let in", () => {
  it("is the organization and project of the states, and its tokens name workspace and phase", () => {
    const trust = hcpTrust(define(changed(inHcp({ hcp: {} }))));
    expect(trust).toMatchObject({ issuer: "app.terraform.io", audience: "aws.workload.identity" });
    expect(trust?.subjectOf("prod-allowlist", "apply")).toBe(
      "organization:acme:project:platform:workspace:prod-allowlist:run_phase:apply",
    );
    expect(trust?.subjects.plan).toEqual({
      pattern: "organization:acme:project:platform:workspace:prod-*:run_phase:plan",
    });
  });

  it("is a Terraform Enterprise where the states are in one", () => {
    const environment = define(changed(inHcp({ hcp: {} }, { state: { ...HCP, hostname: "tfe.example.com" } })));
    expect(hcpTrust(environment)?.issuer).toBe("tfe.example.com");
  });

  it("plans from pull requests and one branch, and applies from one environment", () => {
    expect(githubTrust(define(changed(letIn({ github: GITHUB }))))?.jobs).toEqual({
      plan: { "pull-request": "repo:acme/fences:pull_request", branch: "repo:acme/fences:ref:refs/heads/main" },
      apply: { environment: "repo:acme/fences:environment:prod" },
    });
  });

  it("has ids that do not change where the file says so", () => {
    const github = { repository: "acme@12/fences@34", branch: "release/1", environment: "live" };
    expect(githubTrust(define(changed(letIn({ github }))))?.jobs).toEqual({
      plan: {
        "pull-request": "repo:acme@12/fences@34:pull_request",
        branch: "repo:acme@12/fences@34:ref:refs/heads/release/1",
      },
      apply: { environment: "repo:acme@12/fences@34:environment:live" },
    });
  });

  it("brings a boundary for the roles of the set, and a bucket alone brings none", () => {
    expect(boundaryArnOf(define(changed(letIn({ github: GITHUB }))))).toBe(
      "arn:aws:iam::111122223333:policy/bootstrap-prod-boundary",
    );
    expect(boundaryArnOf(define(changed(letIn({ bucket: {} }))))).toBeUndefined();
    expect(boundaryArnOf(define(changed()))).toBeUndefined();
  });
});

describe("environments together", () => {
  const named = (name: string, changes: Changes) =>
    define(
      changed({
        name,
        "rancher/loadBalancerArns": [],
        "allowlist/table": GONE,
        "allowlist/clusters": GONE,
        ...changes,
      }),
    );

  it("make one identity provider for an issuer in an account", () => {
    const made = letIn({ github: GITHUB });
    const existing = letIn({ github: { ...GITHUB, oidcProvider: "existing" } });
    const elsewhere = { ...made, "aws/accountId": "444455556666", "notify/alarmTopicArns": [] };
    expect(checkTogether([named("a", made), named("b", made)])).toEqual([
      expect.stringMatching(/^bootstrap: a and b would each make .* token\.actions\.githubusercontent\.com in .*1111/),
    ]);
    expect(checkTogether([named("a", made), named("b", existing), named("c", elsewhere)])).toEqual([]);
    expect(checkTogether([named("a", made), named("b", inHcp({ hcp: {} }))])).toEqual([]);
  });

  it("make a bucket once, and only a protected one holds states of the protected", () => {
    const makes = letIn({ bucket: {} });
    const uses = letIn(GONE);
    expect(checkTogether([named("a", makes), named("b", makes)])).toEqual([
      expect.stringMatching(/^bootstrap\.bucket: a and b would each make the bucket acme-terraform-state/),
    ]);
    expect(checkTogether([named("a", makes), named("b", uses)])).toEqual([]);
    expect(checkTogether([named("a", { ...makes, protect: false }), named("b", uses)])).toEqual([
      expect.stringMatching(
        /^bootstrap\.bucket: a makes the bucket acme-terraform-state and is not protected, and b has/,
      ),
    ]);
    expect(checkTogether([named("a", { ...makes, protect: false }), named("b", { ...uses, protect: false })])).toEqual(
      [],
    );
  });

  it("have no states where the runs of another could empty the bucket", () => {
    const a = letIn({ github: GITHUB });
    const inBucket = (bucket: string, more: Changes = {}): Changes =>
      letIn(GONE, { state: { ...S3, bucket }, ...more });
    expect(checkTogether([named("a", a), named("b", inBucket("a-states")), named("c", inBucket("a-states"))])).toEqual([
      expect.stringMatching(
        /^state\.bucket: b and c would have states in a-states, .*runs of a could .*; choose a name/,
      ),
    ]);
    expect(checkTogether([named("a", a), named("b", inBucket("acme-a-states"))])).toEqual([]);
    expect(checkTogether([named("a", letIn(GONE)), named("b", inBucket("a-states"))])).toEqual([]);
    expect(checkTogether([named("a", inHcp({ hcp: {} })), named("b", inBucket("a-states"))])).toHaveLength(1);
  });

  it("may have such a bucket in an account that the runs are not let into", () => {
    const made = letIn({ bucket: {} }, { state: { ...S3, bucket: "a-states" } });
    const elsewhere = { ...made, "aws/accountId": "444455556666", "notify/alarmTopicArns": [] };
    expect(checkTogether([named("a", letIn({ github: GITHUB })), named("b", made)])).toHaveLength(1);
    expect(checkTogether([named("a", letIn({ github: GITHUB })), named("b", elsewhere)])).toEqual([]);
  });
});
