import type { AwsPlace } from "../../names";
import { type Conditions, policyDocument, type PolicyStatement } from "../iam";

/** Services that a VPC reaches by a route instead of the internet; they cost nothing. */
export type GatewayService = "s3" | "dynamodb";

/** Services that a VPC reaches by network interfaces of its own, each at an hourly price, with their namespaces in IAM. */
const INTERFACE_SERVICES = {
  "ecr.api": "ecr",
  "ecr.dkr": "ecr",
  logs: "logs",
  secretsmanager: "secretsmanager",
  ssmmessages: "ssmmessages",
} as const;

/** A service that an interface endpoint can be made for, by its name after `com.amazonaws.<region>.`. */
export type InterfaceService = keyof typeof INTERFACE_SERVICES;

/**
 * What may be done through a gateway endpoint.
 *
 * DynamoDB: tables of this account. S3: everything with buckets of this account; buckets of others can only be read, because much
 * lies in them that works unasked: image layers of ECR, packages of SSM and Amazon Linux, public mirrors. Those are AWS's or
 * third parties' buckets, in no list that could be kept here. Carrying data out means writing, and that stays at home.
 */
export function gatewayPolicy(service: GatewayService, { accountId }: AwsPlace): string {
  const ownResources = { StringEquals: { "aws:ResourceAccount": accountId } };
  return policyDocument(
    {
      dynamodb: [anyone("OwnTables", ["dynamodb:*"], ownResources)],
      s3: [
        anyone("OwnBuckets", ["s3:*"], ownResources),
        anyone("ReadOtherBuckets", ["s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:GetBucketLocation"]),
      ],
    }[service],
  );
}

/** Through an interface endpoint only identities of this account get anywhere: stolen credentials of another are of no use. */
export function interfacePolicy(service: InterfaceService, { accountId }: AwsPlace): string {
  const ownIdentities = { StringEquals: { "aws:PrincipalAccount": accountId } };
  return policyDocument([anyone("OwnIdentities", [`${INTERFACE_SERVICES[service]}:*`], ownIdentities)]);
}

/** An endpoint's policy grants nothing: the caller's own policies still decide what it may do with which resource. */
function anyone(sid: string, actions: readonly string[], conditions?: Conditions): PolicyStatement {
  return { sid, actions, resources: ["*"], principal: "*", conditions };
}
