import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { Token } from "cdktf";
import { Construct } from "constructs";

import type { IClusterTable } from "./cluster-table";

export interface ClusterItemsProps {
  readonly table: IClusterTable;
  /** The cluster's name: the item's `id`. */
  readonly cluster: string;
  /** Ranges in CIDR notation; other stacks' addresses may be among them. */
  readonly cidrs: readonly string[];
}

/** Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB": length of a sort key. */
const SORT_KEY_BYTES = 1024;

/** Length of the longest IPv4 range, which an address that is known only after apply may turn out to have. */
const LONGEST_UNKNOWN = "255.255.255.255/32".length;

/**
 * The addresses of one cluster in the table. With the composite key they are spread over as many items as the sort key's
 * length asks for; the function takes their union.
 */
export class ClusterItems extends Construct {
  constructor(scope: Construct, id: string, { table, cluster, cidrs }: ClusterItemsProps) {
    super(scope, id);
    const common = { tableName: table.name, hashKey: "id" };
    if (table.keySchema === "id") {
      // A list, not a string set: DynamoDB returns a set in an order of its own, which would show as a change in every plan.
      const item = { id: { S: cluster }, ips: { L: cidrs.map((cidr) => ({ S: cidr })) } };
      new DynamodbTableItem(this, "Resource", { ...common, item: JSON.stringify(item) });
      return;
    }
    for (const [index, part] of splitBySortKey(cidrs).entries()) {
      const item = { id: { S: cluster }, ips: { S: JSON.stringify(part) } };
      new DynamodbTableItem(this, `part-${index}`, { ...common, rangeKey: "ips", item: JSON.stringify(item) });
    }
  }
}

/** Cuts a list into parts whose JSON fits into a sort key, in the given order. */
export function splitBySortKey(cidrs: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let bytesLeft = 0;
  for (const cidr of cidrs) {
    const bytes = (Token.isUnresolved(cidr) ? LONGEST_UNKNOWN : cidr.length) + '"",'.length;
    const current = parts.at(-1);
    if (current !== undefined && bytes <= bytesLeft) {
      current.push(cidr);
      bytesLeft -= bytes;
    } else {
      parts.push([cidr]);
      bytesLeft = SORT_KEY_BYTES - "[]".length - bytes;
    }
  }
  return parts;
}
