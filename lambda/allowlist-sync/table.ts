import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { ATTRIBUTES } from "./contract";
import { readItems, type Item, type Reading } from "./items";

/** The part of `DynamoDBClient` in use. */
export interface TableClient {
  send(command: ScanCommand): Promise<ScanCommandOutput>;
}

/** The table of clusters. */
export interface ClusterTable {
  /** Reads the whole table, every page of it. */
  read(): Promise<Reading>;
}

/** The table of this name. */
export function clusterTable(client: TableClient, tableName: string): ClusterTable {
  return {
    async read() {
      const items: Item[] = [];
      let startKey: ScanCommandOutput["LastEvaluatedKey"];
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: tableName,
            // An eventually consistent scan can miss the very change that woke the function.
            ConsistentRead: true,
            ProjectionExpression: "#id, #ips",
            ExpressionAttributeNames: { "#id": ATTRIBUTES.id, "#ips": ATTRIBUTES.ips },
            ExclusiveStartKey: startKey,
          }),
        );
        items.push(...(page.Items ?? []));
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return readItems(items);
    },
  };
}
