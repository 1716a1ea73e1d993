import { ACTIONS } from "../../../../lib/aws/bootstrap/actions";
import type { AwsPermissions, AwsScope, ManagedPolicy, SetBlock } from "../../../../lib/aws/bootstrap/contract";
import { policyDocument } from "../../../../lib/aws/iam";

export const ACCOUNT = "111122223333";
const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;

export const BOUNDARY = iam("policy/bootstrap-prod-boundary");

export const PROD: AwsScope = {
  environmentName: "prod",
  place: { accountId: ACCOUNT, region: "eu-central-1" },
  boundaryArn: BOUNDARY,
  guardedArns: [iam("role/bootstrap-*"), iam("policy/bootstrap-*"), iam("oidc-provider/*")],
};

export function block(type: string, attributes: SetBlock["attributes"] = {}): SetBlock {
  const [, isData, name = ""] = /^(data\.)?(.+)$/.exec(type) ?? [];
  return { kind: isData === undefined ? "resource" : "data", type: name, attributes };
}

/** What cannot be left out. */
const ARGUMENTS: Readonly<Record<string, SetBlock["attributes"]>> = {
  aws_iam_role_policy: { policy: JSON.stringify({ Statement: [] }) },
  aws_iam_role_policy_attachment: {
    policy_arn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
  },
};

/** A set with a block of every type that is known. */
export const EVERYTHING: readonly SetBlock[] = Object.keys(ACTIONS).map((type) => block(type, ARGUMENTS[type]));

export const documents = (policies: readonly ManagedPolicy[]): readonly string[] =>
  policies.map(({ statements }) => policyDocument(statements));

/** All that the role that applies has. */
export const applied = ({ plan, apply }: AwsPermissions): readonly string[] => documents([...plan, ...apply]);
