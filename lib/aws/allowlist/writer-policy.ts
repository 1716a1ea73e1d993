import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";

import { type AwsPlace, fitName, NAME_RULES } from "../../names";
import { iamBoundsOf } from "../../terraform";
import { policyDocument } from "../iam";
import type { IClusterTable } from "./cluster-table";

/** Properties of {@link WriterPolicy}. */
export interface WriterPolicyProps {
  readonly name: string;
  readonly place: AwsPlace;
  readonly table: IClusterTable;
  /** Ids that writers may never touch: `ringfence:*`. */
  readonly reservedIds: string;
}

/**
 * What a writer of cluster items (Crossplane, a pipeline) may do: items of this table, but not those that Ringfence keeps for
 * itself, through which an operator approves a large removal.
 */
export class WriterPolicy extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, place, table, reservedIds }: WriterPolicyProps) {
    super(scope, id);
    const policy = new IamPolicy(this, "Resource", {
      name: fitName(name, NAME_RULES.iamPolicy),
      path: iamBoundsOf(this).path,
      description: `Writes cluster items of ${name}`,
      policy: policyDocument([
        {
          sid: "WriteClusters",
          actions: [
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
          ],
          resources: [table.arn],
        },
        { sid: "DescribeTable", actions: ["dynamodb:DescribeTable"], resources: [table.arn] },
        {
          sid: "KeepOutOfReservedItems",
          effect: "Deny",
          // More than the policy admits: a role that may do more by other policies shall not do it to these items.
          actions: [
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:PartiQLDelete",
            "dynamodb:PartiQLInsert",
            "dynamodb:PartiQLUpdate",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
          ],
          resources: [table.arn],
          conditions: { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": reservedIds } },
        },
        ...(table.kmsKeyArn === undefined
          ? []
          : [
              {
                sid: "UseTableKey",
                actions: ["kms:Decrypt", "kms:GenerateDataKey"],
                resources: [table.kmsKeyArn],
                conditions: { StringEquals: { "kms:ViaService": `dynamodb.${place.region}.amazonaws.com` } },
              },
            ]),
      ]),
    });
    this.arn = policy.arn;
  }
}
