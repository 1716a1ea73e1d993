import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { Construct } from "constructs";

import type { IClusterTable } from "./cluster-table";

export interface ClusterItemsProps {
  readonly table: IClusterTable;
  /** The cluster's items in DynamoDB's JSON: one, or several with the composite key. */
  readonly items: readonly string[];
}

/** The addresses of one cluster in the table. The function takes the union of a cluster's items. */
export class ClusterItems extends Construct {
  constructor(scope: Construct, id: string, { table, items }: ClusterItemsProps) {
    super(scope, id);
    const isComposite = table.keySchema === "id+ips";
    for (const [index, item] of items.entries()) {
      new DynamodbTableItem(this, isComposite ? `part-${index}` : "Resource", {
        tableName: table.name,
        hashKey: "id",
        rangeKey: isComposite ? "ips" : undefined,
        item,
      });
    }
  }
}
