import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateIPSetCommand,
  GetIPSetCommand,
  ListIPSetsCommand,
  UpdateIPSetCommand,
  WAFV2Client,
} from "@aws-sdk/client-wafv2";

import {
  ATTRIBUTES,
  EMPTY_DESCRIPTION,
  FAMILIES,
  type Family,
  ipSetName,
  ipSetPrefix,
  type TableKeySchema,
  VARIABLES,
} from "../../../lambda/allowlist-sync/contract";
import { clusterTableName } from "../../../lib/environment";
import { CLIENT } from "./aws-json";

const SCOPE = "REGIONAL";
/** The tests' clusters are small: one set of a family is enough. */
const SLOT = 0;
const VERSIONS = { ipv4: "IPV4", ipv6: "IPV6" } as const;

/** What a set holds and says of itself at one moment. The token changes with every write. */
export interface SetState {
  readonly addresses: readonly string[];
  readonly description: string | undefined;
  readonly lockToken: string;
}

/** The table, the bucket and the IP sets of one environment in an emulator, made as the stack does it. */
export class Allowlist {
  readonly #dynamoDb: DynamoDBClient;
  readonly #s3: S3Client;
  readonly #waf: WAFV2Client;
  readonly #setIds = new Map<string, string>();
  readonly tableName: string;
  readonly knowledgeBucket: string;
  streamArn = "";

  private constructor(
    url: string,
    readonly environment: string,
    readonly keySchema: TableKeySchema,
  ) {
    this.#dynamoDb = new DynamoDBClient({ ...CLIENT, endpoint: url });
    this.#s3 = new S3Client({ ...CLIENT, endpoint: url });
    this.#waf = new WAFV2Client({ ...CLIENT, endpoint: url });
    this.tableName = clusterTableName(environment, {});
    this.knowledgeBucket = `${environment}-allowlist-sync-knowledge-000000000000-${CLIENT.region}`;
  }

  static async create(url: string, environment: string, keySchema: TableKeySchema = "id"): Promise<Allowlist> {
    const allowlist = new Allowlist(url, environment, keySchema);
    await allowlist.#createTable();
    await allowlist.#createBucket();
    for (const family of FAMILIES) await allowlist.#createSet(allowlist.setName(family), family, [], EMPTY_DESCRIPTION);
    // A set beside its own, which it must leave alone.
    await allowlist.#createSet(allowlist.operatorsSet, "ipv4", ["198.51.100.0/24"], "Made by hand");
    return allowlist;
  }

  /** The variables by which the function finds all this. */
  get variables(): Readonly<Record<string, string>> {
    return {
      [VARIABLES.environment]: this.environment,
      [VARIABLES.tableName]: this.tableName,
      [VARIABLES.ipSetPrefix]: ipSetPrefix(this.environment),
      [VARIABLES.knowledgeBucket]: this.knowledgeBucket,
      [VARIABLES.ipv4Sets]: "1",
      [VARIABLES.ipv6Sets]: "1",
      [VARIABLES.guardMaxShare]: "0.2",
      [VARIABLES.guardMaxAddresses]: "50",
    };
  }

  get operatorsSet(): string {
    return `${this.environment}-access-operators-ipv4`;
  }

  setName(family: Family): string {
    return ipSetName(ipSetPrefix(this.environment), family, SLOT);
  }

  /** Puts an item with `ips` as given. */
  async put(cluster: string, ips: AttributeValue): Promise<void> {
    await this.putItem({ [ATTRIBUTES.id]: { S: cluster }, [ATTRIBUTES.ips]: ips });
  }

  async putItem(item: Record<string, AttributeValue>): Promise<void> {
    await this.#dynamoDb.send(new PutItemCommand({ TableName: this.tableName, Item: item }));
  }

  /** Deletes the item with this key: `id`, or `id` and `ips`. */
  async remove(key: Record<string, AttributeValue>): Promise<void> {
    await this.#dynamoDb.send(new DeleteItemCommand({ TableName: this.tableName, Key: key }));
  }

  async state(name: string): Promise<SetState> {
    const { IPSet, LockToken } = await this.#waf.send(
      new GetIPSetCommand({ Scope: SCOPE, Name: name, Id: this.#setIds.get(name) }),
    );
    if (IPSet === undefined || LockToken === undefined) throw new Error(`no IP set ${name}`);
    return { addresses: [...(IPSet.Addresses ?? [])].sort(), description: IPSet.Description, lockToken: LockToken };
  }

  /** What the function's set of a family holds. */
  async addresses(family: Family): Promise<readonly string[]> {
    return (await this.state(this.setName(family))).addresses;
  }

  /**
   * Writes the function's set of a family as somebody in the console would: with the token that is valid now, and with the
   * description as it stands, which then tells of another content.
   */
  async overwrite(family: Family, addresses: readonly string[]): Promise<void> {
    const name = this.setName(family);
    const { lockToken, description } = await this.state(name);
    await this.#waf.send(
      new UpdateIPSetCommand({
        Scope: SCOPE,
        Name: name,
        Id: this.#setIds.get(name),
        LockToken: lockToken,
        Addresses: [...addresses],
        Description: description,
      }),
    );
  }

  /** The lock token of every set there is, by name. */
  async lockTokens(): Promise<ReadonlyMap<string | undefined, string | undefined>> {
    const { IPSets } = await this.#waf.send(new ListIPSetsCommand({ Scope: SCOPE, Limit: 100 }));
    return new Map((IPSets ?? []).map(({ Name, LockToken }) => [Name, LockToken]));
  }

  async #createTable(): Promise<void> {
    const range = this.keySchema === "id+ips" ? [ATTRIBUTES.ips] : [];
    const { TableDescription } = await this.#dynamoDb.send(
      new CreateTableCommand({
        TableName: this.tableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [
          { AttributeName: ATTRIBUTES.id, KeyType: "HASH" },
          ...range.map((name) => ({ AttributeName: name, KeyType: "RANGE" as const })),
        ],
        AttributeDefinitions: [ATTRIBUTES.id, ...range].map((name) => ({ AttributeName: name, AttributeType: "S" })),
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
    this.streamArn = TableDescription?.LatestStreamArn ?? "";
  }

  async #createBucket(): Promise<void> {
    const CreateBucketConfiguration = { LocationConstraint: CLIENT.region };
    await this.#s3.send(new CreateBucketCommand({ Bucket: this.knowledgeBucket, CreateBucketConfiguration }));
  }

  async #createSet(name: string, family: Family, addresses: readonly string[], description: string): Promise<void> {
    const { Summary } = await this.#waf.send(
      new CreateIPSetCommand({
        Scope: SCOPE,
        Name: name,
        IPAddressVersion: VERSIONS[family],
        Addresses: [...addresses],
        Description: description,
      }),
    );
    if (Summary?.Id === undefined) throw new Error(`IP set ${name} was not created`);
    this.#setIds.set(name, Summary.Id);
  }
}
