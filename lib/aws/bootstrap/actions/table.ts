import { type Grant, named, type Scope } from "../scope";

/** What Terraform's AWS provider needs for one type of resource or data source. */
export interface TypeActions {
  /** For a plan: what it reads of the resource. */
  readonly reads: readonly Grant[];
  /** For an apply, besides `reads`. @default - none: a data source, or a resource that is nothing but a wait */
  readonly writes?: readonly Grant[];
  /** Argument that holds the name in the ARN, where a set may name what the environment's name does not begin. @default - none */
  readonly nameArgument?: string;
  /** Service that gets a role of the set: `lambda.amazonaws.com`. @default - none */
  readonly passesRoleTo?: string;
}

/** By Terraform's type; a data source's begins with `data.`, as in an address. */
export type ActionTable = Readonly<Record<string, TypeActions>>;

/** The role that a service makes for itself when the first of its resources is made (AWS IAM User Guide, "Create a service-linked role"). */
export function serviceLinkedRole(sid: string, service: string): Scope {
  return {
    ...named(sid, "iam", `iam::{account}:role/aws-service-role/${service}/*`),
    conditions: { StringEquals: { "iam:AWSServiceName": service } },
    because: "AWS names the roles that its services make for themselves; the condition admits one service",
  };
}

const TAGS_COUNT_LATE =
  'a key\'s tags may take five minutes to count (AWS KMS Developer Guide, "Using tags to control access to KMS keys"), and the first ' +
  "deploy uses a key at once; it is used through one service only, on which the environment's names bound it";

/** Keys, as one service uses them for its caller. */
export function keysThrough(sid: string, service: string): Scope {
  return {
    sid,
    service: "kms",
    resources: ["kms:{region}:{account}:key/*"],
    conditions: { StringEquals: { "kms:ViaService": `${service}.{region}.amazonaws.com` } },
    because: TAGS_COUNT_LATE,
  };
}
