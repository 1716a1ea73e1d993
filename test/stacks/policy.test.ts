import { App, TerraformStack } from "cdktf";

import example from "../../environments/example";
import { ACTIONS } from "../../lib/aws/bootstrap/actions";
import { OPERATIONS } from "../../lib/azure/bootstrap/operations";
import { type PolicyOptions, violations } from "../../lib/policy/policy";
import { policyRules } from "../../lib/policy/rules";
import { readStack } from "../../lib/policy/synthesized";
import { TAG_KEYS } from "../../lib/terraform";
import { buildStackSets } from "../../stacks/stack-set";
import built from "../environments/built";
import chartered from "../environments/chartered";
import clouds from "../environments/clouds";
import elsewhere from "../environments/elsewhere";
import founded from "../environments/founded";
import fronted from "../environments/fronted";
import frugal from "../environments/frugal";
import gated from "../environments/gated";
import guest from "../environments/guest";
import hosted from "../environments/hosted";
import inspected from "../environments/inspected";
import latticed from "../environments/latticed";
import lent from "../environments/lent";
import premium from "../environments/premium";
import proxied from "../environments/proxied";
import remote from "../environments/remote";
import rested from "../environments/rested";
import seeded from "../environments/seeded";
import spoked from "../environments/spoked";
import stored from "../environments/stored";
import wide from "../environments/wide";
import acme from "../organizations/acme";
import { environmentWith } from "../support/environment";
import { withFolder } from "../support/folder";
import { addNetwork, ASKED_FOR_EVERYTHING } from "../support/network";
import { synthesizeInto } from "../support/stacks";
import { latticeEnvironment } from "./lattices";

const { stacks, exceptions } = withFolder((outdir) => {
  const app = new App({ outdir });
  // With what the sets leave out.
  const open = latticeEnvironment({ ingress: { exec: true }, sections: { name: "open" } });
  const environments = [
    ...[example, wide, hosted, frugal, premium, guest, clouds, elsewhere, inspected, spoked],
    ...[built, proxied, latticed, lent, fronted, gated, rested, open, founded, stored, seeded, chartered, remote],
  ];
  const { exceptions } = buildStackSets(app, environments, [acme]);
  addNetwork(app, ASKED_FOR_EVERYTHING);
  const made = app.node.children.filter((child) => TerraformStack.isStack(child));
  made.forEach((stack) => {
    stack.prepareStack();
  });
  return { stacks: made.map(readStack), exceptions };
});

const OPTIONS: PolicyOptions = {
  rules: policyRules({
    tags: { required: Object.values(TAG_KEYS) },
    deletionProtection: {
      isProtected: (stackId) =>
        /^(bootstrap-)?(wide|test|premium|inspected|proxied|latticed|founded|stored|remote)(-|$)/.test(stackId),
    },
  }),
  exceptions,
};

test("no stack of any set breaks a rule", () => {
  expect(stacks.map(({ id }) => id)).toContain("wide-allowlist");
  expect(violations(stacks, OPTIONS)).toEqual([]);
});

test("no type of any set lacks its entry among the rights of runs", () => {
  const types = new Set(
    stacks
      .filter(({ id }) => !/^(bootstrap|workspaces)-/.test(id))
      .flatMap(({ blocks }) => blocks.filter(({ kind }) => kind === "resource").map(({ type }) => type)),
  );
  // Whoever may write roles in Azure can write his own: runs give one that the bootstrap made.
  types.delete("azurerm_role_definition");
  // A missing one belongs in the file of its service in lib/aws/bootstrap/actions, or in lib/azure/bootstrap/operations.
  const known: Readonly<Record<string, unknown>> = { ...ACTIONS, ...OPERATIONS };
  expect([...types].filter((type) => /^(aws|azurerm)_/.test(type) && known[type] === undefined)).toEqual([]);
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
