import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";

import type { AwsPlace, RunPhase } from "../../names";
import { policyDocument } from "../iam";
import type { AwsPermissions, ManagedPolicy } from "./contract";
import { OidcProvider } from "./oidc-provider";
import { RunRole, type TrustedTokens } from "./run-role";
import { type StateAccess, stateStatements } from "./state-access";

/** Somebody whose runs are let in. */
export interface Issuer {
  /** Construct id of what belongs to it: `hcp`. */
  readonly id: string;
  /** What its statement in a trust policy is called: `HcpTerraform`. */
  readonly sid: string;
  /** Host of the issuer, without scheme. */
  readonly issuer: string;
  /** What its tokens for AWS are made out for. */
  readonly audience: string;
  readonly oidcProvider: "made" | "existing";
  /** Whose tokens are let in to do what. */
  readonly subjects: Readonly<Record<RunPhase, TrustedTokens["subjects"]>>;
}

/** Properties of {@link RunAccess}. */
export interface RunAccessProps {
  /** Begins the names of roles and policies: `bootstrap-prod`. */
  readonly name: string;
  readonly place: AwsPlace;
  readonly issuers: readonly Issuer[];
  /** What each role is for. */
  readonly descriptions: Readonly<Record<RunPhase, string>>;
  readonly permissions: AwsPermissions;
  readonly states: StateAccess;
  readonly protect: boolean;
}

/** Two roles, one to plan and one to apply, what they may do, and who may take them on. */
export class RunAccess extends Construct {
  readonly roleArns: Readonly<Record<RunPhase, string>>;

  constructor(scope: Construct, id: string, props: RunAccessProps) {
    super(scope, id);
    const { name, place, permissions } = props;
    this.#policy(name, permissions.boundary);
    const policies = this.#policies(name, permissions);
    const issuers = props.issuers.map((issuer) => ({
      ...issuer,
      providerArn: new OidcProvider(this, issuer.id, { ...issuer, place, protect: props.protect }).arn,
    }));
    const role = (phase: RunPhase): string =>
      new RunRole(this, phase, {
        name: `${name}-${phase}`,
        description: props.descriptions[phase],
        trusts: issuers.map((issuer) => ({ ...issuer, subjects: issuer.subjects[phase] })),
        policies: policies[phase],
        states: stateStatements(props.states, phase),
      }).arn;
    this.roleArns = { plan: role("plan"), apply: role("apply") };
  }

  /** ARNs of the managed policies of each role. Who applies plans first, and so reads as much. */
  #policies(name: string, { plan, apply }: AwsPermissions): Record<RunPhase, Record<string, string>> {
    const arns = (policies: readonly ManagedPolicy[]): Record<string, string> =>
      Object.fromEntries(policies.map((policy) => [policy.id, this.#policy(name, policy)]));
    const read = arns(plan);
    return { plan: read, apply: { ...read, ...arns(apply) } };
  }

  #policy(name: string, { id, statements }: ManagedPolicy): string {
    return new IamPolicy(this, `policy-${id}`, { name: `${name}-${id}`, policy: policyDocument(statements) }).arn;
  }
}
