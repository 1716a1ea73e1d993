import type { RunPhase } from "./bootstrap-names";

/** Where HCP Terraform's tokens come from, unless it is a Terraform Enterprise of one's own. */
export const HCP_HOST = "app.terraform.io";

/** Where the tokens of GitHub Actions come from (GitHub Docs, "OpenID Connect reference"). */
export const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/**
 * What tokens for AWS are made out for: HCP Terraform's default (HCP Terraform documentation, "Use dynamic credentials with the AWS
 * provider"), and what `aws-actions/configure-aws-credentials` asks GitHub for (GitHub Docs, "Configuring OpenID Connect in Amazon Web Services").
 */
export const AWS_AUDIENCES = { hcp: "aws.workload.identity", github: "sts.amazonaws.com" } as const;

/** What tokens for Azure are made out for, whoever issues them (Microsoft Entra documentation, "Workload identity federation"). */
export const AZURE_AUDIENCE = "api://AzureADTokenExchange";

/** Where a workspace of HCP Terraform lies. */
export interface HcpProject {
  readonly organization: string;
  readonly project: string;
}

/**
 * The `sub` of the token that a run of HCP Terraform carries (HCP Terraform documentation, "Workload identity": token specification).
 *
 * @param workspace its name; AWS takes a pattern, Azure none
 */
export function hcpSubject({ organization, project }: HcpProject, workspace: string, phase: RunPhase): string {
  return `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`;
}

/**
 * The `sub` of the token that a job of GitHub Actions carries (GitHub Docs, "OpenID Connect reference": example subject claims).
 *
 * @param repository `owner/name`, or with the ids that do not change `owner@1/name@2`
 * @param context `pull_request`, `environment:<name>` or `ref:refs/heads/<branch>`
 */
export function githubSubject(repository: string, context: string): string {
  return `repo:${repository}:${context}`;
}

/** The resource of an identity provider in an ARN of IAM. */
export function oidcProviderResource(issuer: string): string {
  return `oidc-provider/${issuer}`;
}
