import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { APPROVAL, ATTRIBUTES } from "./contract";
import { createItemReader, type Reading } from "./items";

/** The part of `DynamoDBClient` in use. */
export interface TableClient {
  send(command: ScanCommand): Promise<ScanCommandOutput>;
}

/** The table of clusters. */
export interface ClusterTable {
  /** Reads the whole table, every page of it. */
  read(): Promise<Reading>;
}

const PROJECTION = {
  ProjectionExpression: "#id, #ips, #expires, #approvedBy",
  ExpressionAttributeNames: {
    "#id": ATTRIBUTES.id,
    "#ips": ATTRIBUTES.ips,
    "#expires": APPROVAL.expires,
    "#approvedBy": APPROVAL.approvedBy,
  },
};

/** The table of this name. */
export function clusterTable(client: TableClient, tableName: string): ClusterTable {
  return {
    async read() {
      const reader = createItemReader();
      let startKey: ScanCommandOutput["LastEvaluatedKey"];
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: tableName,
            // An eventually consistent scan can miss the very change that woke the function.
            ConsistentRead: true,
            ...PROJECTION,
            ExclusiveStartKey: startKey,
          }),
        );
        reader.add(page.Items ?? []);
        startKey = page.LastEvaluatedKey;
      } while (startKey !== undefined);
      return reader.reading();
    },
  };
}
