import { DynamodbTableItem } from "@cdktf/provider-aws/lib/dynamodb-table-item";
import { type ITerraformDependable, TerraformIterator, Token } from "cdktf";
import { Construct } from "constructs";

import type { OtherState } from "../../terraform";
import type { IClusterTable } from "./cluster-table";
import { RangesOfState } from "./ranges-of-state";

/** Properties of {@link ClusterItemsOfState}. */
export interface ClusterItemsOfStateProps {
  readonly table: IClusterTable;
  readonly cluster: string;
  readonly state: OtherState;
  /** Output of that state's root module. */
  readonly output: string;
}

/**
 * Ranges of which as many fit into a sort key of 1,024 bytes (Amazon DynamoDB Developer Guide, "Quotas in Amazon DynamoDB") whatever
 * their length: IPv6 takes 43 characters at most, and four more in the list.
 */
const RANGES_PER_KEY = 21;

/** The addresses of one cluster in the table, as another configuration publishes them. */
export class ClusterItemsOfState extends Construct {
  /** For what must come after the items and go before them. */
  readonly resources: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, { table, cluster, ...source }: ClusterItemsOfStateProps) {
    super(scope, id);
    const ranges = new RangesOfState(this, "egress", { cluster, ...source });
    this.resources = [
      table.keySchema === "id" ? this.#item(table, cluster, ranges.list) : this.#parts(table, cluster, ranges.list),
    ];
  }

  #item(table: IClusterTable, cluster: string, ranges: string): DynamodbTableItem {
    return new DynamodbTableItem(this, "Resource", {
      tableName: table.name,
      hashKey: "id",
      item: itemWith(cluster, `{ L = [for range in ${ranges} : { S = range }] }`),
    });
  }

  /**
   * An item for each part of the list, named after what it holds, which is its key. The blanks in the key set it apart from that of a list
   * written out in the file: a cluster that goes from one to the other has no key that one resource writes while the other deletes it.
   */
  #parts(table: IClusterTable, cluster: string, ranges: string): DynamodbTableItem {
    const byContent = `{ for part in chunklist(${ranges}, ${RANGES_PER_KEY}) : substr(sha256(jsonencode(part)), 0, 8) => part }`;
    return new DynamodbTableItem(this, "part", {
      forEach: TerraformIterator.fromMap(Token.asAnyMap(`\${${byContent}}`)),
      tableName: table.name,
      hashKey: "id",
      rangeKey: "ips",
      item: itemWith(cluster, '{ S = "[ ${join(", ", [for range in each.value : jsonencode(range)])} ]" }'),
    });
  }
}

/** An item in DynamoDB's JSON, of which Terraform knows the addresses only when it runs. */
const itemWith = (cluster: string, ips: string): string =>
  `\${jsonencode({ id = { S = "${cluster}" }, ips = ${ips} })}`;
