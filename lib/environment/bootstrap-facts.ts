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
  /** Names what belongs to it: `hcp`. */
  readonly id: string;
  /** Names its statement in a trust policy: `HcpTerraform`. */
  readonly sid: string;
  /** Host of the issuer, without scheme. */
  readonly issuer: string;
  /** Whether the account's identity provider for it is made here. */
  readonly oidcProvider: "made" | "existing";
  /** What its tokens for AWS are made out for. */
  readonly audience: string;
  /** Whose tokens are let into AWS to do what: each `sub` in full, or the one pattern that all of them follow. */
  readonly subjects: Readonly<Record<RunPhase, readonly string[] | { readonly pattern: string }>>;
}

/** HCP Terraform, as an environment trusts it. */
export interface HcpTrust extends Trust {
  /** The `sub` of a run of one phase in a workspace. */
  readonly subjectOf: (workspace: string, phase: RunPhase) => string;
}

/** GitHub Actions, as an environment trusts it. */
export interface GithubTrust extends Trust {
  /** The `sub` of jobs, by what they have in common: `pull-request`, `branch`, `environment`. */
  readonly jobs: Readonly<Record<RunPhase, Readonly<Record<string, string>>>>;
}

/**
 * The HCP Terraform, or Terraform Enterprise, that an environment's bootstrap lets in.
 *
 * Into AWS it is let by a pattern, of the workspace's name alone: a trust policy holds 2,048 characters and so about twenty subjects (AWS
 * IAM User Guide, "IAM and AWS STS quotas"), and a stack that is new in the set would wait for whoever may change its role. No name in a
 * subject can hold a colon, and that of an environment no hyphen: the pattern fits this environment's workspaces in this project, for
 * one phase, and nothing else.
 */
export function hcpTrust({ name, bootstrap, state }: Environment): HcpTrust | undefined {
  if (bootstrap?.hcp === undefined || state.kind !== "hcp") return undefined;
  const workspaces = workspaceName(`${name}-*`);
  return {
    id: "hcp",
    sid: "HcpTerraform",
    issuer: state.hostname ?? HCP_HOST,
    oidcProvider: bootstrap.hcp.oidcProvider,
    audience: AWS_AUDIENCES.hcp,
    subjects: {
      plan: { pattern: hcpSubject(state, workspaces, "plan") },
      apply: { pattern: hcpSubject(state, workspaces, "apply") },
    },
    subjectOf: (workspace, phase) => hcpSubject(state, workspace, phase),
  };
}

/** The GitHub Actions that an environment's bootstrap lets in. */
export function githubTrust({ name, bootstrap }: Environment): GithubTrust | undefined {
  if (bootstrap?.github === undefined) return undefined;
  const { repository, branch, environment = name, oidcProvider } = bootstrap.github;
  const jobs = {
    plan: {
      "pull-request": githubSubject(repository, "pull_request"),
      branch: githubSubject(repository, `ref:refs/heads/${branch}`),
    },
    apply: { environment: githubSubject(repository, `environment:${environment}`) },
  };
  return {
    id: "github",
    sid: "GithubActions",
    issuer: GITHUB_ISSUER,
    oidcProvider,
    audience: AWS_AUDIENCES.github,
    subjects: { plan: Object.values(jobs.plan), apply: Object.values(jobs.apply) },
    jobs,
  };
}

/** Everybody that an environment's bootstrap lets in. */
export function trustsOf(environment: Environment): readonly Trust[] {
  return [hcpTrust(environment), githubTrust(environment)].filter((trust) => trust !== undefined);
}

/** Whether a bootstrap lets anybody in, so that there are roles for it. */
export const letsIn = (bootstrap: { readonly hcp?: object; readonly github?: object } | undefined): boolean =>
  bootstrap?.hcp !== undefined || bootstrap?.github !== undefined;

/** The bucket of states that an environment makes, by name. */
export function madeBucket({ bootstrap, state }: Environment): string | undefined {
  return bootstrap?.bucket !== undefined && state.kind === "s3" ? state.bucket : undefined;
}

/**
 * The environments whose runs could empty and delete a bucket: those that its name begins like, in its account. That is known where one
 * of them makes it; elsewhere it may be any.
 */
export function whoMayEmpty(bucket: string, environments: readonly Environment[]): readonly Environment[] {
  const account = environments.find((environment) => madeBucket(environment) === bucket)?.aws?.accountId;
  return environments.filter(
    ({ name, aws, bootstrap }) =>
      aws !== undefined &&
      letsIn(bootstrap) &&
      bucket.startsWith(`${name}-`) &&
      (account === undefined || account === aws.accountId),
  );
}

/** The ARN of the policy that bounds every role of an environment; none where no bootstrap makes it. */
export function boundaryArnOf({ name, aws, bootstrap }: Environment): string | undefined {
  return aws !== undefined && letsIn(bootstrap) ? boundaryArn(aws, name) : undefined;
}
