import { createHash } from "node:crypto";

import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";

import type { IClusterTable } from "./cluster-table";

/** Properties of {@link ClusterItems}. */
export interface ClusterItemsProps {
  readonly table: IClusterTable;
  /** The cluster's items in DynamoDB's JSON: one, or several with the composite key. */
  readonly items: readonly string[];
}

/** The addresses of one cluster in the table. The function takes the union of a cluster's items. */
export class ClusterItems extends Construct {
  /** For what must come after the items and go before them. */
  readonly resources: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { table, items }: ClusterItemsProps) {
    super(scope, id);
    const rangeKey = table.keySchema === "id+ips" ? "ips" : undefined;
    this.resources = items.map((item, index) => {
      const itemId = rangeKey === undefined ? "Resource" : partId(item, index);
      return new DynamodbTableItem(this, itemId, { tableName: table.name, hashKey: "id", rangeKey, item });
    });
  }
}

/**
 * With the composite key an item is named after what it holds, which is its key. Named by number, one key could come to stand under
 * another name and be written by one resource and deleted by the other in the same apply. Items whose addresses are known only after
 * apply have nothing but their number.
 */
function partId(item: string, index: number): string {
  if (Token.isUnresolved(item)) return `part-${index}`;
  return `part-${createHash("sha256").update(item).digest("hex").slice(0, 8)}`;
}
