import { TfeProvider } from "@cdktf/provider-tfe/lib/provider";
import type { TerraformStack } from "cdktf";

/** Which organization a stack works on. */
export interface OrganizationProps {
  /** A Terraform Enterprise host. @default - HCP Terraform */
  readonly hostname?: string;
  readonly organization: string;
}

/**
 * Has a stack work on an organization of HCP Terraform. Who signs in stands in the provider's own variable TFE_TOKEN or in Terraform's login,
 * and so in no file of the project.
 */
export function workOn(stack: TerraformStack, { hostname, organization }: OrganizationProps): void {
  new TfeProvider(stack, "tfe", { hostname, organization });
}
