import type { ITerraformDependable } from "cdktf";

/** What a resource waits for, as its argument: one that waits for nothing says nothing. */
export function waitsFor(after: readonly ITerraformDependable[]): ITerraformDependable[] | undefined {
  return after.length === 0 ? undefined : [...after];
}
