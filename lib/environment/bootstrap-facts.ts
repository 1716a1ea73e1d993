import {
  AWS_AUDIENCES,
  boundaryArn,
  GITHUB_ISSUER,
  githubSubject,
  HCP_HOST,
  hcpSubject,
  type RunPhase,
  workspaceName,
} from "../names";
import type { Environment } from "./environment";

/** Somebody whose tokens let an environment's runs in. */
export interface Trust {
  readonly issuer: string;
  /** Whether the account's identity provider for it is made here. */
  readonly oidcProvider: "made" | "existing";
  /** What its tokens for AWS are made out for. */
  readonly awsAudience: string;
}

/** HCP Terraform, as an environment trusts it. */
export interface HcpTrust extends Trust {
  /** The `sub` of a run of one phase in a workspace. */
  readonly subject: (workspace: string, phase: RunPhase) => string;
}

/** GitHub Actions, as an environment trusts it. */
export interface GithubTrust extends Trust {
  /** The `sub` of the jobs of one phase, by what they have in common: `pull-request`, `branch`, `environment`. */
  readonly subjects: Readonly<Record<RunPhase, Readonly<Record<string, string>>>>;
}

/** The HCP Terraform, or Terraform Enterprise, that an environment's bootstrap lets in. */
export function hcpTrust({ bootstrap, state }: Environment): HcpTrust | undefined {
  if (bootstrap?.hcp === undefined || state.kind !== "hcp") return undefined;
  return {
    issuer: state.hostname ?? HCP_HOST,
    oidcProvider: bootstrap.hcp.oidcProvider,
    awsAudience: AWS_AUDIENCES.hcp,
    subject: (workspace, phase) => hcpSubject(state, workspace, phase),
  };
}

/** The GitHub Actions that an environment's bootstrap lets in. */
export function githubTrust({ name, bootstrap }: Environment): GithubTrust | undefined {
  if (bootstrap?.github === undefined) return undefined;
  const { repository, branch, environment = name, oidcProvider } = bootstrap.github;
  return {
    issuer: GITHUB_ISSUER,
    oidcProvider,
    awsAudience: AWS_AUDIENCES.github,
    subjects: {
      plan: {
        "pull-request": githubSubject(repository, "pull_request"),
        branch: githubSubject(repository, `ref:refs/heads/${branch}`),
      },
      apply: { environment: githubSubject(repository, `environment:${environment}`) },
    },
  };
}

/** The workspaces of an environment, as a pattern. */
export const workspacesOf = ({ name }: Pick<Environment, "name">): string => workspaceName(`${name}-*`);

/** Whether a bootstrap lets anybody in, so that there are roles for it. */
export const letsIn = (bootstrap: { readonly hcp?: object; readonly github?: object } | undefined): boolean =>
  bootstrap?.hcp !== undefined || bootstrap?.github !== undefined;

/** The ARN of the policy that bounds every role of an environment; none where no bootstrap makes it. */
export function boundaryArnOf({ name, aws, bootstrap }: Environment): string | undefined {
  return aws !== undefined && letsIn(bootstrap) ? boundaryArn(aws, name) : undefined;
}
