import { createHash } from "node:crypto";
import { ScanCommand, type ScanCommandOutput } from "@aws-sdk/client-dynamodb";
import { APPROVAL, ATTRIBUTES } from "./contract";
import { createItemReader, type Item, type Reading } from "./items";

/** The part of `DynamoDBClient` in use. */
export interface TableClient {
  send(command: ScanCommand): Promise<ScanCommandOutput>;
}

/** The table of clusters. */
export interface ClusterTable {
  /** Reads the whole table, every page of it. */
  read(): Promise<Reading>;
  /**
   * Reads the whole table again. When it meets exactly the items that it met before, at the price of a scan and hardly any
   * processor time, the answer is the earlier reading itself; else it is read once more.
   */
  readAgain(earlier: Reading): Promise<Reading>;
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
  const fingerprints = new WeakMap<Reading, string>();

  /** Takes every page, and returns a digest of all items in their order. */
  const scan = async (take: (items: readonly Item[]) => void): Promise<string> => {
    const digest = createHash("sha256");
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
      for (const item of page.Items ?? []) digest.update(JSON.stringify(item));
      take(page.Items ?? []);
      startKey = page.LastEvaluatedKey;
    } while (startKey !== undefined);
    return digest.digest("hex");
  };

  const read = async (): Promise<Reading> => {
    const reader = createItemReader();
    const fingerprint = await scan((items) => {
      reader.add(items);
    });
    const reading = reader.reading();
    fingerprints.set(reading, fingerprint);
    return reading;
  };

  return {
    read,
    async readAgain(earlier) {
      const fingerprint = await scan(() => undefined);
      return fingerprint === fingerprints.get(earlier) ? earlier : await read();
    },
  };
}
