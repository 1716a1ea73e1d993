/**
 * The one module of escape hatches: what CDKTF 0.21 has no typed argument for. Nothing else in the project overrides
 * synthesized output.
 */
import { S3Backend, type TerraformRemoteState, type TerraformStack, TerraformVariable } from "cdktf";

/** Sets `terraform.required_version`; CDKTF offers no argument for it. */
export function requireTerraformVersion(stack: TerraformStack, constraint: string): void {
  stack.addOverride("terraform.required_version", constraint);
}

/** Sets another version of a provider than the one its bindings were made from; CDKTF offers no argument for it. */
export function requireProviderVersion(stack: TerraformStack, provider: string, version: string): void {
  stack.addOverride(`terraform.required_providers.${provider}.version`, version);
}

/** S3 state with Terraform's own lock file (Terraform >= 1.10), for which CDKTF 0.21 has no argument. */
export class LockedS3Backend extends S3Backend {
  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...super.synthesizeAttributes(), use_lockfile: true };
  }
}

/**
 * A variable whose value Terraform keeps in neither plan nor state (Terraform >= 1.10), for which CDKTF 0.21 has no argument.
 * Terraform accepts it only where it keeps nothing either, such as in write-only arguments.
 */
export class EphemeralVariable extends TerraformVariable {
  override synthesizeAttributes(): Record<string, unknown> {
    return { ...super.synthesizeAttributes(), ephemeral: true };
  }
}

/** What must hold of something that Terraform has read. */
export interface Postcondition {
  /** Expression of Terraform that tells, by `self`. */
  readonly condition: string;
  /** What a person reads when it does not hold; may hold expressions. */
  readonly errorMessage: string;
}

/** Stops a plan that read something else from another state than it can use; CDKTF offers no lifecycle for remote states. */
export function requireOfState(state: TerraformRemoteState, postconditions: readonly Postcondition[]): void {
  state.addOverride("lifecycle", {
    postcondition: postconditions.map(({ condition, errorMessage }) => ({ condition, error_message: errorMessage })),
  });
}
