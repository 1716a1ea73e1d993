import { validateFile } from "../validate";
import type { Organization, OrganizationInput } from "./organization";
import { organizationRules } from "./rules";
import { organizationSchema } from "./schema";

/**
 * Describes an organization of HCP Terraform: how Terraform runs in the workspaces of all environments that keep their states there.
 *
 * ```ts
 * export default defineOrganization({ organization: "acme", terraformVersion: "1.11.4" });
 * ```
 *
 * @throws EnvironmentError with all faults of the description at once, each with its path, what was found and what to write
 */
export function defineOrganization(input: OrganizationInput): Organization {
  return validateFile(input, sourceOf(input), {
    what: "the organization",
    example: 'defineOrganization({ organization: "acme", terraformVersion: "1.11.4" })',
    schema: organizationSchema,
    rules: organizationRules,
  });
}

/** Only a proper name is shown: any other text may be a secret in the wrong place. */
function sourceOf(input: unknown): string {
  const name = typeof input === "object" && input !== null && "organization" in input ? input.organization : undefined;
  return typeof name === "string" && /^[\w-]{1,100}$/.test(name) ? `organization ${name}` : "the organization";
}
