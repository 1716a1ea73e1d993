import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { violations } from "../../../lib/policy/policy";
import type { PolicyRule } from "../../../lib/policy/rule";
import { readStack } from "../../../lib/policy/synthesized";

/** An app that writes into a folder of its own. */
export function temporaryApp(): App {
  return new App({ outdir: mkdtempSync(join(tmpdir(), "policy-")) });
}

/** A stack that cdktf itself finds nothing wrong with. */
export function stackIn(app: App, id: string): TerraformStack {
  const stack = new TerraformStack(app, id);
  new LocalBackend(stack, { path: `state/${id}.tfstate` });
  new AwsProvider(stack, "aws", { region: "eu-central-1", defaultTags: [{ tags: { environment: "dev" } }] });
  return stack;
}

/** What one rule says about a stack `dev-example` filled by `build`. */
export function judge(rule: PolicyRule, build: (stack: TerraformStack) => void): readonly string[] {
  const app = temporaryApp();
  try {
    const stack = stackIn(app, "dev-example");
    build(stack);
    stack.prepareStack();
    return violations([readStack(stack)], { rules: [rule] });
  } finally {
    rmSync(app.outdir, { recursive: true });
  }
}
