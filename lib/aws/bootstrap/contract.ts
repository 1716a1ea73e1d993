import type { AwsPlace } from "../../names";
import type { PolicyStatement } from "../iam";

/** A block of a synthesized stack, as far as it says what is made or read. */
export interface SetBlock {
  readonly kind: "resource" | "data";
  /** Terraform's type: `aws_dynamodb_table`. Types of other clouds are left aside. */
  readonly type: string;
  /** Arguments in Terraform's own names (snake_case), references as `${...}`. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Whose permissions they are, and what bounds them. */
export interface AwsScope {
  readonly environmentName: string;
  readonly place: AwsPlace;
  /** ARN of the boundary, without which the set may make no role. */
  readonly boundaryArn: string;
  /** ARNs, or patterns of them, of the roles, policies and OIDC providers that nobody may change with these permissions. */
  readonly guardedArns: readonly string[];
}

/** A statement that says of each of its wildcards why it stands there. */
export interface ReasonedStatement extends PolicyStatement {
  /** @default - none: everything is named */
  readonly wildcards?: { readonly Action?: string; readonly Resource?: string };
}

/** One managed policy, within the characters that IAM takes. */
export interface ManagedPolicy {
  /** Ends its name and its construct id: `read-1`, `write-2`, `boundary`. */
  readonly id: string;
  readonly statements: readonly ReasonedStatement[];
}

/** What the two roles of an environment may do, and what bounds the roles that they make. */
export interface AwsPermissions {
  /** Of the role that plans: what Terraform reads. */
  readonly plan: readonly ManagedPolicy[];
  /** Of the role that applies, besides those of `plan`: what Terraform writes. */
  readonly apply: readonly ManagedPolicy[];
  /** The most that any role of the set can do, whatever policies it is given. */
  readonly boundary: ManagedPolicy;
}
