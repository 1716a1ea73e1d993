import { allow, named, type Scope } from "../scope";
import type { ActionTable } from "./table";

const ROLES = named("Roles", "iam", "iam::{account}:role/{environment}-*");
const PROFILES = named("Profiles", "iam", "iam::{account}:instance-profile/{environment}-*");
const POLICIES = named("Policies", "iam", "iam::{account}:policy/{environment}-*");

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
