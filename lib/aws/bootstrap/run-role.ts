import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";

import { type Conditions, policyDocument, type PolicyStatement } from "../iam";

/** Tokens by which somebody becomes a role. */
export interface TrustedTokens {
  /** What the statement is called: `HcpTerraform`. */
  readonly sid: string;
  readonly providerArn: string;
  /** Host of the issuer, without scheme. */
  readonly issuer: string;
  /** What they must be made out for. */
  readonly audience: string;
  /** Whose they may be: each `sub` in full, or the one pattern that all of them follow. */
  readonly subjects: readonly string[] | { readonly pattern: string };
}

/** Properties of a {@link RunRole}. */
export interface RunRoleProps {
  readonly name: string;
  readonly description: string;
  readonly trusts: readonly TrustedTokens[];
  /** ARNs of its managed policies, by what ends the names of their attachments. */
  readonly policies: Readonly<Record<string, string>>;
  /** What it may do besides, in an inline policy `states`. */
  readonly states: readonly PolicyStatement[];
}

/**
 * Hours that one session may last at most. An apply has one session where its caller takes no other, as in GitHub Actions, and a first one waits up
 * to two hours for an image to be baked (AWS IAM User Guide, "Update the maximum session duration for a role": 1 to 12).
 */
const MOST_SESSION_HOURS = 4;

/** A role that runs elsewhere take on, by tokens that name them. */
export class RunRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: RunRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "Resource", {
      name: props.name,
      description: props.description,
      assumeRolePolicy: policyDocument(props.trusts.map(trust)),
      maxSessionDuration: MOST_SESSION_HOURS * 3600,
    });
    for (const [policy, policyArn] of Object.entries(props.policies)) {
      new IamRolePolicyAttachment(this, policy, { role: role.name, policyArn });
    }
    if (props.states.length > 0) {
      new IamRolePolicy(this, "states", { name: "states", role: role.name, policy: policyDocument(props.states) });
    }
    this.arn = role.arn;
  }
}

function trust({ sid, providerArn, issuer, audience, subjects }: TrustedTokens): PolicyStatement {
  const exactly = { [`${issuer}:aud`]: audience };
  const conditions: Conditions =
    "pattern" in subjects
      ? { StringEquals: exactly, StringLike: { [`${issuer}:sub`]: subjects.pattern } }
      : { StringEquals: { ...exactly, [`${issuer}:sub`]: subjects } };
  return {
    sid,
    actions: ["sts:AssumeRoleWithWebIdentity"],
    principal: { Federated: providerArn },
    conditions,
  };
}
