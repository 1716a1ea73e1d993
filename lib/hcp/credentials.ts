import type { RunVariable } from "./variable-set";

/** What a run signs in as, for each of its phases: an ARN of a role, or the client id of an identity. */
export interface PhaseIdentities {
  readonly plan: string;
  readonly apply: string;
}

/** Dynamic credentials for AWS (HCP Terraform documentation, "Use dynamic credentials with the AWS provider"). */
export function awsVariables({ plan, apply }: PhaseIdentities): readonly RunVariable[] {
  return [
    { key: "TFC_AWS_PROVIDER_AUTH", value: "true", description: "Runs sign in to AWS with a token of their own" },
    { key: "TFC_AWS_PLAN_ROLE_ARN", value: plan, description: "What a run that plans signs in as" },
    { key: "TFC_AWS_APPLY_ROLE_ARN", value: apply, description: "What a run that applies signs in as" },
  ];
}

/** Dynamic credentials for Azure (HCP Terraform documentation, "Use dynamic credentials with the Azure provider"). */
export function azureVariables({ plan, apply }: PhaseIdentities): readonly RunVariable[] {
  return [
    { key: "TFC_AZURE_PROVIDER_AUTH", value: "true", description: "Runs sign in to Azure with a token of their own" },
    { key: "TFC_AZURE_PLAN_CLIENT_ID", value: plan, description: "What a run that plans signs in as" },
    { key: "TFC_AZURE_APPLY_CLIENT_ID", value: apply, description: "What a run that applies signs in as" },
  ];
}

/** What Rancher's provider signs in with, for which there are no dynamic credentials. */
export const RANCHER_VARIABLES: readonly RunVariable[] = [
  { key: "RANCHER_TOKEN_KEY", description: "A token of Rancher's API. Write its value here: it stands nowhere else" },
];
