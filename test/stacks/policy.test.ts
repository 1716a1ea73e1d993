import { App, TerraformStack } from "cdktf";

import example from "../../environments/example";
import { EXCEPTIONS } from "../../lib/policy/exceptions";
import { type PolicyOptions, violations } from "../../lib/policy/policy";
import { policyRules } from "../../lib/policy/rules";
import { readStack, type SynthesizedStack } from "../../lib/policy/synthesized";
import { TAG_KEYS } from "../../lib/terraform";
import { buildStackSets } from "../../stacks/stack-set";
import built from "../environments/built";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import fronted from "../environments/fronted";
import frugal from "../environments/frugal";
import gated from "../environments/gated";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import rested from "../environments/rested";
import spoked from "../environments/spoked";
import wide from "../environments/wide";
import { environmentWith } from "../support/environment";
import { withFolder } from "../support/folder";
import { addNetwork, ASKED_FOR_EVERYTHING } from "../support/network";
import { synthesizeInto } from "../support/stacks";
import { latticeEnvironment } from "./lattices";

const OPTIONS: PolicyOptions = {
  rules: policyRules({
    tags: { required: Object.values(TAG_KEYS) },
    deletionProtection: { isProtected: (stackId) => /^(wide|test|premium|inspected|latticed)-/.test(stackId) },
  }),
  exceptions: EXCEPTIONS,
};

const stacks: readonly SynthesizedStack[] = withFolder((outdir) => {
  const app = new App({ outdir });
  // With what the sets leave out.
  const open = latticeEnvironment({ ingress: { exec: true }, sections: { name: "open" } });
  buildStackSets(app, [
    ...[example, wide, hosted, frugal, premium, guest, clouds, elsewhere, inspected, spoked],
    ...[built, latticed, lent, fronted, gated, rested, open],
  ]);
  addNetwork(app, ASKED_FOR_EVERYTHING);
  const made = app.node.children.filter((child) => TerraformStack.isStack(child));
  made.forEach((stack) => {
    stack.prepareStack();
  });
  return made.map(readStack);
});

test("no stack of any set breaks a rule", () => {
  expect(stacks.map(({ id }) => id)).toContain("wide-allowlist");
  expect(violations(stacks, OPTIONS)).toEqual([]);
});

test("every exception is still needed", () => {
  expect(violations(stacks, { ...OPTIONS, strict: true })).toEqual([]);
});

test("synthesis itself holds the sets to the rules", () => {
  withFolder((outdir) => {
    synthesizeInto(outdir, [example]);
  });
  withFolder((outdir) => {
    const app = new App({ outdir });
    buildStackSets(app, [environmentWith()]);
    const [stack] = app.node.children.filter((child) => TerraformStack.isStack(child));
    stack?.addOverride("resource.aws_cloudwatch_log_group.sync-function-logs.retention_in_days", 0);
    expect(() => {
      app.synth();
    }).toThrow(/log-retention test-allowlist\/sync\/function\/logs\/Resource/);
  });
});
