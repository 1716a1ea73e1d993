import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

import { fitName, NAME_RULES } from "../names";
import { iamBoundsOf } from "../terraform";

/** Who a statement of a resource's own policy speaks of. */
export type Principal =
  | { readonly Service: string | readonly string[] }
  | { readonly AWS: string | readonly string[] }
  | { readonly Federated: string }
  | "*";

/** Operator to condition key to accepted values, as IAM writes them. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/**
 * One statement of an IAM policy.
 *
 * A wildcard in an action or resource is allowed only with an entry in `lib/policy/exceptions.ts` that names the `sid`.
 */
export interface PolicyStatement {
  /** Letters and digits; says what the statement is for, and is how an exception names it. */
  readonly sid: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** @default - none: in a role's trust policy the resource is the role itself */
  readonly resources?: readonly string[];
  /** @default - none: in a role's policies the principal is the role */
  readonly principal?: Principal;
  /** @default - none */
  readonly conditions?: Conditions;
}

/** The policy document of some statements, as JSON. */
export function policyDocument(statements: readonly PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", actions, resources, principal, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Principal: principal,
      Action: actions,
      Resource: resources,
      Condition: conditions,
    })),
  });
}

/** Properties of {@link ServiceRole}. */
export interface ServiceRoleProps {
  /** Full name of the role; shortened to fit. */
  readonly name: string;
  readonly description: string;
  /** The service that assumes it: `lambda.amazonaws.com`. */
  readonly service: string;
  /** Narrows who may make the service assume it. @default - none */
  readonly trustConditions?: Conditions;
  /** Its only permissions; with none, no policy is made and the role may do nothing. */
  readonly statements: readonly PolicyStatement[];
}

/**
 * A role that one AWS service assumes, with all its permissions in one inline policy, and within the boundary of its environment where
 * that has one.
 */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /**
   * Depend on it where a service needs the permissions at once: the policy that grants them, or the role when there are none.
   */
  readonly policy: ITerraformDependable;

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, "Resource", {
      name: fitName(props.name, NAME_RULES.iamRole),
      description: props.description,
      assumeRolePolicy: policyDocument([
        {
          sid: "Trust",
          actions: ["sts:AssumeRole"],
          principal: { Service: props.service },
          conditions: props.trustConditions,
        },
      ]),
      ...iamBoundsOf(this),
    });
    // By its id: one that is made anew under the same name takes what hangs on it along.
    const { id: name } = role;
    this.policy =
      props.statements.length === 0
        ? role
        : new IamRolePolicy(this, "policy", {
            name: "permissions",
            role: name,
            policy: policyDocument(props.statements),
          });
    this.arn = role.arn;
    this.name = name;
  }
}
