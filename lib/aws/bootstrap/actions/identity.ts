import { IAM_PATH } from "../../../names";
import { allow, named, type Scope } from "../scope";
import type { ActionTable } from "./table";

/** Of the set's own: somebody else's, whose names begin alike, stand at another path. */
const own = (sid: string, kind: string): Scope => named(sid, "iam", `iam::{account}:${kind}${IAM_PATH}{environment}-*`);

const ROLES = own("Roles", "role");
const PROFILES = own("Profiles", "instance-profile");
const POLICIES = own("Policies", "policy");

/** Roles of the environment that carry its permissions boundary: no role is given rights without it. */
const BOUNDED_ROLES: Scope = {
  ...ROLES,
  sid: "BoundedRoles",
  conditions: { StringEquals: { "iam:PermissionsBoundary": "{boundary}" } },
};

const BOUND = [
  "CreateRole",
  "PutRolePermissionsBoundary",
  "PutRolePolicy",
  "DeleteRolePolicy",
  "AttachRolePolicy",
  "DetachRolePolicy",
];

const inlinePolicies = {
  reads: [allow(ROLES, "GetRolePolicy")],
  writes: [allow(BOUNDED_ROLES, "PutRolePolicy", "DeleteRolePolicy")],
};

/** AWS IAM. Nobody takes a boundary off: `iam:DeleteRolePermissionsBoundary` stands nowhere. */
export const IDENTITY: ActionTable = {
  aws_iam_role: {
    reads: [allow(ROLES, "GetRole", "ListRolePolicies", "ListAttachedRolePolicies", "ListRoleTags")],
    writes: [
      allow(BOUNDED_ROLES, ...BOUND),
      allow(
        ROLES,
        "DeleteRole",
        "UpdateRole",
        "UpdateRoleDescription",
        "UpdateAssumeRolePolicy",
        "ListInstanceProfilesForRole",
        "TagRole",
        "UntagRole",
      ),
    ],
  },
  aws_iam_role_policy: inlinePolicies,
  aws_iam_role_policy_attachment: {
    reads: [allow(ROLES, "ListAttachedRolePolicies")],
    writes: [allow(BOUNDED_ROLES, "AttachRolePolicy", "DetachRolePolicy")],
  },
  aws_iam_instance_profile: {
    reads: [allow(PROFILES, "GetInstanceProfile")],
    writes: [
      allow(
        PROFILES,
        "CreateInstanceProfile",
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
        "DeleteInstanceProfile",
        "TagInstanceProfile",
        "UntagInstanceProfile",
      ),
      allow(ROLES, "GetRole"),
    ],
    passesRoleTo: "ec2.amazonaws.com",
  },
  aws_iam_policy: {
    reads: [allow(POLICIES, "GetPolicy", "GetPolicyVersion", "ListPolicyVersions")],
    writes: [
      allow(
        POLICIES,
        "CreatePolicy",
        "CreatePolicyVersion",
        "DeletePolicyVersion",
        "DeletePolicy",
        "TagPolicy",
        "UntagPolicy",
      ),
    ],
  },
};

/** Roles of the environment, handed to the services that assume them and to no others. */
export function passingRolesTo(services: readonly string[]): Scope {
  return { ...ROLES, sid: "PassRoles", conditions: { StringEquals: { "iam:PassedToService": services } } };
}
