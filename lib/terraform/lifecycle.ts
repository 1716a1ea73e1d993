import type { TerraformResourceLifecycle } from "cdktf";

/**
 * The lifecycle of a resource that holds data or an address that others know.
 *
 * `prevent_destroy` stands in the configuration, so it guards against replacement and `destroy`, not against the resource
 * being dropped from the file: its guard leaves with it.
 *
 * @param protect the environment's `protect`
 */
export function guarded(protect: boolean): TerraformResourceLifecycle | undefined {
  return protect ? { preventDestroy: true } : undefined;
}
