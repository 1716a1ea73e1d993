/**
 * The one module of escape hatches: what CDKTF 0.21 has no typed argument for. Nothing else in the project overrides
 * synthesized output.
 */
import type { TerraformStack } from "cdktf";

/** Sets `terraform.required_version`; CDKTF offers no argument for it. */
export function requireTerraformVersion(stack: TerraformStack, constraint: string): void {
  stack.addOverride("terraform.required_version", constraint);
}
