import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";

import { arnOf, type AwsPlace } from "../../names";
import { guarded } from "../../terraform";

/** `id`: one item per cluster. `id+ips`: `ips` is the range key, and a cluster may have several items. */
export type TableKeySchema = "id" | "id+ips";

/** The table of clusters and their addresses, whoever made it. */
export interface IClusterTable {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;
  readonly keySchema: TableKeySchema;
  /** Key that readers and writers need. @default - none: the AWS owned key */
  readonly kmsKeyArn?: string;
}

/** Properties of {@link ClusterTable}. */
export interface ClusterTableProps {
  readonly name: string;
  readonly keySchema: TableKeySchema;
  readonly kmsKeyArn: string;
  /** Deletion protection, on AWS's side and on Terraform's. */
  readonly protect: boolean;
}

/** A table made here: encrypted with the stack's key, restorable to any second, with a stream. */
export class ClusterTable extends Construct implements IClusterTable {
  readonly name: string;
  readonly arn: string;
  readonly streamArn: string;
  readonly keySchema: TableKeySchema;
  readonly kmsKeyArn: string;

  constructor(scope: Construct, id: string, props: ClusterTableProps) {
    super(scope, id);
    const isComposite = props.keySchema === "id+ips";
    const table = new DynamodbTable(this, "Resource", {
      name: props.name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "id",
      rangeKey: isComposite ? "ips" : undefined,
      attribute: [{ name: "id", type: "S" }, ...(isComposite ? [{ name: "ips", type: "S" }] : [])],
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: props.kmsKeyArn },
      deletionProtectionEnabled: props.protect,
      lifecycle: guarded(props.protect),
    });
    this.name = table.name;
    this.arn = table.arn;
    this.streamArn = table.streamArn;
    this.keySchema = props.keySchema;
    this.kmsKeyArn = props.kmsKeyArn;
  }
}

/** A table that somebody else manages, as the environment describes it. */
export function existingClusterTable(place: AwsPlace, existing: Omit<IClusterTable, "arn">): IClusterTable {
  return { ...existing, arn: arnOf(place, "dynamodb", `table/${existing.name}`) };
}
