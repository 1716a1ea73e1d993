import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import type { App, TerraformStack } from "cdktf";
import { Aspects } from "cdktf";
import { Construct } from "constructs";
import type { PolicyException } from "../../../lib/policy/exception";
import { EXCEPTIONS } from "../../../lib/policy/exceptions";
import type { PolicyOptions } from "../../../lib/policy/policy";
import { enforcePolicy } from "../../../lib/policy/policy";
import { policyRules } from "../../../lib/policy/rules";
import { compilerFaults } from "../../support/compiler-faults";
import { stackIn, temporaryApp } from "./support";

const KEY_ARN = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd";
const RULES = policyRules({ tags: { required: ["environment"] }, deletionProtection: { isProtected: () => false } });
const RETENTION = "retention_in_days is not set, so its events never expire; set a number of days";

let app: App;

beforeEach(() => {
  app = temporaryApp();
});

afterEach(() => {
  rmSync(app.outdir, { recursive: true });
});

/** What `app.synth()` says, without cdktf's own words around it. */
function synthesisError(options: Partial<PolicyOptions> = {}): readonly string[] {
  enforcePolicy(app, { rules: RULES, ...options });
  try {
    app.synth();
    return [];
  } catch (error) {
    const lines = error instanceof Error ? error.message.split("\n") : [];
    return lines.map((line) => line.trim()).filter((line) => RULES.some((rule) => line.startsWith(`${rule.id} `)));
  }
}

/** A log group that keeps its events for ever, in a construct of its own. */
function foreverIn(stack: TerraformStack, id = "logs"): CloudwatchLogGroup {
  return new CloudwatchLogGroup(new Construct(stack, id), "Resource", { kmsKeyId: KEY_ARN });
}

function manifestExists(): boolean {
  return existsSync(join(app.outdir, "manifest.json"));
}

describe("synthesis", () => {
  it("passes and writes the manifest when every promise is kept", () => {
    foreverIn(stackIn(app, "dev-one")).retentionInDays = 30;
    expect(synthesisError()).toEqual([]);
    expect(manifestExists()).toBe(true);
  });

  it("reports all faults of all stacks at once and writes no manifest", () => {
    foreverIn(stackIn(app, "dev-one"));
    stackIn(app, "dev-two");
    const three = stackIn(app, "dev-three");
    foreverIn(three, "a");
    new CloudwatchLogGroup(three, "b", { retentionInDays: 30 });
    expect(synthesisError()).toEqual([
      `log-retention dev-one/logs/Resource: ${RETENTION}`,
      `log-retention dev-three/a/Resource: ${RETENTION}`,
      expect.stringMatching(/^encryption-at-rest dev-three\/b: kms_key_id /),
    ]);
    expect(manifestExists()).toBe(false);
  });

  it("judges what is written, after aspects and overrides", () => {
    const mended = stackIn(app, "dev-mended");
    foreverIn(mended);
    Aspects.of(mended).add({
      visit: (node) => {
        if (node instanceof CloudwatchLogGroup) {
          node.retentionInDays = 30;
        }
      },
    });
    const broken = stackIn(app, "dev-broken");
    const group = foreverIn(broken);
    group.retentionInDays = 30;
    broken.addOverride(`resource.aws_cloudwatch_log_group.${group.friendlyUniqueId}.retention_in_days`, 0);
    expect(synthesisError()).toEqual([`log-retention dev-broken/logs/Resource: ${RETENTION}`]);
  });

  it("judges stacks added after the policy", () => {
    enforcePolicy(app, { rules: RULES });
    foreverIn(stackIn(app, "dev-late"));
    expect(() => {
      app.synth();
    }).toThrow(`log-retention dev-late/logs/Resource: ${RETENTION}`);
  });
});

describe("exceptions", () => {
  const accepted: PolicyException = {
    rule: "log-retention",
    stack: "*-one",
    resource: "logs/Resource",
    detail: "retention_in_days",
    reason: "An auditor deletes these by hand",
  };

  it.each([
    ["the construct's path", {}],
    ["a pattern of paths", { resource: "*/Resource" }],
    ["the address", { resource: "aws_cloudwatch_log_group.logs*" }],
    ["the exact stack", { stack: "dev-one" }],
  ])("exempt by %s", (_name, change) => {
    foreverIn(stackIn(app, "dev-one"));
    expect(synthesisError({ exceptions: [{ ...accepted, ...change }] })).toEqual([]);
  });

  it.each([
    ["another rule", { rule: "encryption-at-rest" }],
    ["another stack", { stack: "*-two" }],
    ["a stack whose name only begins alike", { stack: "dev-on" }],
    ["another resource", { resource: "log/Resource" }],
    ["one path segment", { resource: "*" }],
    ["a pattern in which a dot is no wildcard", { resource: "logs.Resource" }],
    ["another detail", { detail: "kms_key_id" }],
    ["no detail where the finding has one", { detail: undefined }],
  ])("for %s exempt nothing", (_name, change) => {
    foreverIn(stackIn(app, "dev-one"));
    expect(synthesisError({ exceptions: [{ ...accepted, ...change }] })).toHaveLength(1);
  });

  it("cover the statement they name and no other", () => {
    const wide = { Effect: "Allow", Action: "cloudwatch:PutMetricData", Resource: "*" };
    const policy = JSON.stringify({
      Statement: [
        { ...wide, Sid: "PutMetrics" },
        { ...wide, Sid: "Other" },
      ],
    });
    new IamPolicy(stackIn(app, "dev-one"), "policy", { policy });
    const metrics = { ...accepted, rule: "iam-wildcard", resource: "policy", detail: "PutMetrics.Resource" };
    expect(synthesisError({ exceptions: [metrics] })).toEqual([
      expect.stringContaining("iam-wildcard dev-one/policy: statement Other allows *"),
    ]);
  });

  it("need a reason by their type", () => {
    const exception = (more: string): string =>
      `import type { PolicyException } from "./exception";
       export const exception: PolicyException = { rule: "log-retention", stack: "*", resource: "logs/*", ${more} };`;
    const faults = compilerFaults("lib/policy", { told: exception('reason: "x"'), untold: exception("") });
    expect(faults).toEqual({ told: [], untold: [expect.stringContaining("'reason' is missing")] });
  });

  it("need a reason and a rule, and say all that is wrong at once", () => {
    const exceptions = [
      { rule: "log-retention", stack: "*", resource: "logs/*", reason: "  " },
      { ...accepted, rule: "log-retntion" },
    ];
    expect(() => {
      enforcePolicy(app, { rules: RULES, exceptions });
    }).toThrow(
      [
        "Policy exceptions cannot be accepted:",
        "  log-retention */logs/*: gives no reason; say why it is acceptable",
        "  log-retntion *-one/logs/Resource (retention_in_days): there is no such rule; the rules are encryption-at-rest, iam-wildcard, " +
          "log-retention, tags, deletion-protection, azure-role",
      ].join("\n"),
    );
  });

  it("that exempt nothing are reported under strict, where their stack is there", () => {
    stackIn(app, "dev-one");
    const elsewhere = { ...accepted, stack: "*-other" };
    expect(synthesisError({ exceptions: [accepted, elsewhere], strict: true })).toEqual([
      "log-retention *-one/logs/Resource (retention_in_days): the exception exempts nothing any more; remove it",
    ]);
  });

  it("that exempt nothing are left alone otherwise: their part may be switched off", () => {
    stackIn(app, "dev-one");
    expect(synthesisError({ exceptions: [accepted] })).toEqual([]);
  });

  it("that are used are not stale", () => {
    foreverIn(stackIn(app, "dev-one"));
    expect(synthesisError({ exceptions: [accepted], strict: true })).toEqual([]);
  });

  it("of the project are all sound", () => {
    enforcePolicy(app, { rules: RULES, exceptions: EXCEPTIONS });
  });
});
